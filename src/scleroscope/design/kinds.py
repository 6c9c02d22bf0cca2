"""The kinds of design that a plan may name, each with the keys that belong to it and no others.

In TOML: `[design]` with `kind = "boin"` and that kind's keys. A key of another kind is refused.
"""

from __future__ import annotations

from typing import Literal

import msgspec

SpendingName = Literal["obrien_fleming", "pocock", "hwang_shih_decani"]


class _Kind(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    """A design; a key that it does not know is an error."""


class Fixed(_Kind, frozen=True, kw_only=True, tag="fixed"):
    """Parallel arms, one analysis at the end."""


class GroupSequential(_Kind, frozen=True, kw_only=True, tag="group_sequential"):
    """Several analyses, at these shares of the patients.

    `spending` says how the error is used up (`gamma` shapes Hwang–Shih–DeCani's family). With `futility` a
    trial also stops when benefit has become unlikely: non-binding bounds that spend 1 − `power`, and a test
    of benefit alone at half of alpha.
    """

    looks: tuple[float, ...]
    spending: SpendingName = "obrien_fleming"
    gamma: float = -4.0
    futility: SpendingName | None = None
    futility_gamma: float = -4.0
    power: float = 0.9


class Reestimation(_Kind, frozen=True, kw_only=True, tag="reestimation"):
    """After a share `interim` of the patients the second stage may grow, to `largest` patients in all.

    It grows where conditional power under the trend lies from `promising` to below `power`. The final test
    weighs the stages as planned, so that the type I error holds.
    """

    largest: int
    interim: float = 0.5
    promising: float = 0.36
    power: float = 0.9


class Enrichment(_Kind, frozen=True, kw_only=True, tag="enrichment"):
    """Start with everybody; go on with the `subgroup` (criteria notation) alone if only it seems to gain.

    After a share `interim` of the patients: stop if z towards benefit is below `futile` in all and in the
    subgroup; go on with the subgroup alone if z of the others is below `enrich`; else with everybody.
    """

    subgroup: str
    interim: float = 0.5
    futile: float = 0.0
    enrich: float = 0.0


class Simon(_Kind, frozen=True, kw_only=True, tag="simon"):
    """One arm in two stages: is the response rate `poor`, or at least `good`?"""

    poor: float
    good: float
    power: float = 0.8
    choice: Literal["optimal", "minimax"] = "optimal"


class ThreePlusThree(_Kind, frozen=True, kw_only=True, tag="three_plus_three"):
    """Doses in order, with the share of patients who have a dose-limiting toxicity at each."""

    toxicity: tuple[float, ...]


class Crm(_Kind, frozen=True, kw_only=True, tag="crm"):
    """The continual reassessment method; `skeleton` holds the rates expected before the trial.

    Without a skeleton it is calibrated: indifference interval `target` ± `halfwidth`, the middle dose having
    the target. A trial ends without a dose once P(the lowest is too toxic) exceeds `stop`.
    """

    toxicity: tuple[float, ...]
    target: float
    skeleton: tuple[float, ...] = ()
    halfwidth: float = 0.05
    sd: float = 1.34**0.5
    cohort: int = 1
    cohorts: int = 30
    stop: float = 0.95


class Boin(_Kind, frozen=True, kw_only=True, tag="boin"):
    """The Bayesian optimal interval design; its table is part of the answer."""

    toxicity: tuple[float, ...]
    target: float
    cohort: int = 3
    cohorts: int = 10


class Platform(_Kind, frozen=True, kw_only=True, tag="platform"):
    """Treatments that come and go against one shared control.

    Treatment k opens in month `opens[k]`, takes `patients[k]` and has `effects[k]` times the plan's effect.
    With `control = "concurrent"` each is compared with those controls who came while it was open.
    `control_weight` patients go to the control for each one to a treatment (default: the root of the number
    of open treatments).
    """

    opens: tuple[float, ...]
    patients: tuple[int, ...]
    effects: tuple[float, ...] = ()
    control_weight: float | None = None
    control: Literal["concurrent", "all"] = "concurrent"


class DelayedStart(_Kind, frozen=True, kw_only=True, tag="delayed_start"):
    """Controls start treatment at `switch_week` (delayed start, open-label extension, long-term follow-up).

    The effect reaches its planned size after `switch_week` weeks of treatment. Of it the share `lasting` is
    kept for good and goes on growing at that pace; the rest is relief that late starters catch up with.
    """

    switch_week: float
    lasting: float = 0.5


Design = (
    Fixed
    | GroupSequential
    | Reestimation
    | Enrichment
    | Simon
    | ThreePlusThree
    | Crm
    | Boin
    | Platform
    | DelayedStart
)
DoseFinding = ThreePlusThree | Crm | Boin


def kind_of(design: Design) -> str:
    """The design's `kind`, as a plan writes it."""
    return str(design.__struct_config__.tag)
