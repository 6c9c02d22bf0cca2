"""Dose finding from a plan: what the design does, and what the clinic needs to run it."""

from __future__ import annotations

import msgspec

from scleroscope.design import kinds
from scleroscope.design.plan import Plan


class DoseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One dose: its true toxicity, how often it is chosen, patients and toxicities in a trial on average."""

    toxicity: float
    selected: float
    patients: float
    toxicities: float
    skeleton: float | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """BOIN's table: with `treated` at the dose, go up with at most `escalate` toxicities, down with at least
    `deescalate`, and give the dose up with at least `eliminate` (None: never)."""

    treated: int
    escalate: int
    deescalate: int
    eliminate: int | None


class Doses(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Operating characteristics: a row a dose, the share of trials that choose none, the mean size, the
    largest Monte-Carlo error of a share; for BOIN also the table to take to the clinic."""

    rows: tuple[DoseRow, ...]
    none: float
    size: float
    error: float
    table: tuple[Rule, ...] = ()
    escalation_limit: float | None = None
    deescalation_limit: float | None = None


def most_patients(design: kinds.DoseFinding) -> int:
    """The most patients that the design can treat."""
    if isinstance(design, kinds.ThreePlusThree):
        return 6 * len(design.toxicity)
    return design.cohort * design.cohorts


def find_doses(plan: Plan) -> Doses:
    """Simulate the plan's dose-finding trials."""
    from scleroscope.design.designs.boin import boin, boin_characteristics
    from scleroscope.design.designs.crm import crm_characteristics
    from scleroscope.design.designs.three_plus_three import three_plus_three_characteristics

    design = plan.design
    skeleton: tuple[float, ...] = ()
    table: dict[str, object] = {}
    if isinstance(design, kinds.Boin):
        found = boin_characteristics(
            design.toxicity, design.target, cohort=design.cohort, cohorts=design.cohorts,
            trials=plan.trials, seed=plan.seed,
        )  # fmt: skip
        rules = boin(design.target, design.cohort * design.cohorts)
        table = {
            "table": tuple(_rule(n, rules.row(n)) for n in range(1, design.cohort * design.cohorts + 1)),
            "escalation_limit": rules.escalation_limit,
            "deescalation_limit": rules.deescalation_limit,
        }
    elif isinstance(design, kinds.Crm):
        skeleton = design.skeleton or _skeleton(design)
        found = crm_characteristics(
            design.toxicity, skeleton, design.target, sd=design.sd, cohort=design.cohort,
            cohorts=design.cohorts, stop=design.stop, trials=plan.trials, seed=plan.seed,
        )  # fmt: skip
    elif isinstance(design, kinds.ThreePlusThree):
        found = three_plus_three_characteristics(design.toxicity, trials=plan.trials, seed=plan.seed)
    else:
        raise TypeError("the plan finds no dose")
    rows = tuple(
        DoseRow(
            toxicity=design.toxicity[place],
            selected=found.selected[place],
            patients=found.patients[place],
            toxicities=found.toxicities[place],
            skeleton=skeleton[place] if skeleton else None,
        )
        for place in range(len(design.toxicity))
    )
    return Doses(rows=rows, none=found.none, size=found.size, error=found.se, **table)  # type: ignore[arg-type]


def _rule(n: int, row: tuple[int, int, int | None]) -> Rule:
    up, down, gone = row
    return Rule(treated=n, escalate=up, deescalate=down, eliminate=gone)


def _skeleton(design: kinds.Crm) -> tuple[float, ...]:
    from scleroscope.design.designs.crm import skeleton

    return skeleton(design.halfwidth, design.target, len(design.toxicity) // 2, len(design.toxicity))
