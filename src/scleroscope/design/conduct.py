"""How a trial of each kind of design goes: when it looks, what it then does, what it claims at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from scleroscope.design import kinds
from scleroscope.design.blocks import Workers, run_blocks
from scleroscope.design.measures import benefit
from scleroscope.design.plan import Plan

if TYPE_CHECKING:
    from scleroscope.design.designs.spending import Spending
    from scleroscope.design.stage import Stage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SECOND_STAGE = 2**40  # patients of a second stage are those of trial t + this: others than in the first


@dataclass(frozen=True, kw_only=True)
class Trials:
    """One row a trial: rejection, estimate and SE at its last look, patients used, people seen.

    `also` holds further figures of each trial, by what they are called.
    """

    rejects: Flags
    estimate: Floats
    se: Floats
    patients: Floats
    came: Floats
    also: dict[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a design draws its trials from: `table` gives one row a trial."""

    stage: Stage
    suitable: Flags
    count: int
    workers: Workers

    def table(
        self,
        sizes: int | NDArray[np.int64],
        *,
        part: str = "end",
        second: bool = False,
        among: Flags | None = None,
    ) -> Floats:
        """The trials with so many patients each (one number, or one a trial), of people `among` the suitable;
        `second` draws other people than the first stage did."""
        each = np.full(self.count, sizes, np.int64) if isinstance(sizes, int) else sizes
        people = self.suitable if among is None else self.suitable & among
        offset = SECOND_STAGE if second else 0
        return run_blocks(self.stage, part, people, each, self.workers, offset=offset)


def conduct(bench: Bench, n: int) -> Trials:
    """All trials of the plan's design with `n` planned patients."""
    from scleroscope.design import conduct_adaptive, conduct_other

    match bench.stage.plan.design:
        case kinds.GroupSequential() as design:
            return _looks(bench, design, n)
        case kinds.Reestimation() as design:
            return conduct_adaptive.reestimation(bench, design, n)
        case kinds.Enrichment() as design:
            return conduct_adaptive.enrichment(bench, design, n)
        case kinds.DelayedStart():
            return conduct_other.delayed_start(bench, n)
        case kinds.Simon() as design:
            return conduct_other.simon(bench, design)
        case kinds.Platform() as design:
            return conduct_other.platform(bench, design)
        case _:
            return fixed(bench, n)


def fixed(bench: Bench, n: int, part: str = "end") -> Trials:
    """One analysis of all patients."""
    table = bench.table(n, part=part)
    bound = float(ndtri(1 - bench.stage.plan.analysis.alpha / 2))
    return Trials(
        rejects=np.abs(z_scores(table)) > bound,
        estimate=table[:, 0],
        se=table[:, 1],
        patients=np.full(bench.count, float(n)),
        came=table[:, 3] * n,
    )


def z_scores(table: Floats) -> Floats:
    """Estimate over error as a standard normal score: t statistics keep their tail area. No answer is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = table[:, 0] / table[:, 1]
    df = table[:, 2]
    finite = np.isfinite(df)
    z = np.where(np.isfinite(t), t, 0.0)
    z[finite] = np.sign(z[finite]) * -ndtri(stdtr(df[finite], -np.abs(z[finite])))
    return np.nan_to_num(z, nan=0.0)


def spending_rule(name: kinds.SpendingName, gamma: float) -> Spending:
    """The spending function of that name."""
    from scleroscope.design.designs import spending

    if name == "hwang_shih_decani":
        return spending.hwang_shih_decani(gamma)
    return spending.obrien_fleming if name == "obrien_fleming" else spending.pocock


def look_bounds(plan: Plan, design: kinds.GroupSequential) -> tuple[Floats, Floats]:
    """(upper, lower) bounds on z towards benefit. Without futility the lower mirror the upper (harm)."""
    from scleroscope.design.designs.sequential import futility_bounds, spending_bounds

    rule = spending_rule(design.spending, design.gamma)
    if design.futility is None:
        upper = spending_bounds(design.looks, rule, alpha=plan.analysis.alpha, sides=2).upper
        return np.asarray(upper), -np.asarray(upper)
    one_sided = spending_bounds(design.looks, rule, alpha=plan.analysis.alpha / 2, sides=1)
    both, _ = futility_bounds(
        one_sided, spending_rule(design.futility, design.futility_gamma), power=design.power
    )
    lower = np.array(both.lower)
    lower[-1] = -np.inf  # at the end a trial claims or does not
    return np.asarray(both.upper), lower


def _looks(bench: Bench, design: kinds.GroupSequential, n: int) -> Trials:
    plan = bench.stage.plan
    upper, lower = look_bounds(plan, design)
    done = np.zeros(bench.count, np.bool_)
    rejects, futile = done.copy(), done.copy()
    kept = np.full((bench.count, 4), np.nan)
    patients = np.full(bench.count, float(n))
    for place, fraction in enumerate(design.looks):
        here = max(6, round(n * fraction))
        table = bench.table(here)
        z = benefit(plan) * z_scores(table)
        above, below = (z > upper[place]) & ~done, (z < lower[place]) & ~done
        claims = above if design.futility is not None else above | below
        new = ~done if place == len(design.looks) - 1 else above | below
        kept[new] = table[new]
        patients[new] = here
        rejects |= claims
        futile |= below & ~claims
        done |= above | below
    also = {"stopped for futility": futile.astype(float)} if design.futility is not None else {}
    last = max(6, round(n * design.looks[-1]))
    also["stopped before the end"] = (patients < last).astype(float)
    return Trials(
        rejects=rejects,
        estimate=kept[:, 0],
        se=kept[:, 1],
        patients=patients,
        came=kept[:, 3] * patients,
        also=also,
    )


def tail_z(alpha: float) -> float:
    """The one-sided normal bound of a two-sided alpha."""
    return float(ndtri(1 - alpha / 2))
