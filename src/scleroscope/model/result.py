"""A published result: what was found, in whom, when, how sure, and where it stands.

Numbers are as printed in their source; nothing is computed here. What the source does not
print is None. The sign is the source's: a change of −6.14 in mRSS is an improvement.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Statistic = Literal[
    "change",  # change from baseline, in the endpoint's unit
    "mean",
    "median",
    "rate",  # per year
    "percent",
    "count",  # participants
    "hazard_ratio",
    "odds_ratio",
    "rate_ratio",
    "mean_difference",
    "standardised_mean_difference",
    "pairwise_percent",  # share of pairwise comparisons won (global rank scores)
    "survival_percent",
    "direction",  # the source says better, worse or no different, and prints no number
]

Direction = Literal["better", "worse", "no_difference"]

SpreadKind = Literal["sd", "se", "iqr"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts share: frozen, keyword-only, absent numbers not written."""


class ArmResult(_Part, frozen=True, kw_only=True):
    """What was found in one arm."""

    arm: str
    n: int | None = None  # analysed
    value: float | None = None
    spread: float | None = None
    spread_kind: SpreadKind | None = None
    low: float | None = None  # of the interval around `value`, at the result's `confidence`
    high: float | None = None


class Contrast(_Part, frozen=True, kw_only=True):
    """One arm against another: the first named minus (or over) the second."""

    arm: str
    against: str
    estimate: float | None = None
    spread: float | None = None
    spread_kind: SpreadKind | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_below: float | None = None  # printed as "p < 0.03"
    one_sided: bool = False
    direction: Direction | None = None  # for a finding without a number


class Result(_Part, frozen=True, kw_only=True):
    """One endpoint of one trial at one time point.

    >>> Result(endpoint="mrss", statistic="change", weeks=48, source=("abstract",)).weeks
    48
    """

    endpoint: str  # id of knowledge/data/instruments.csv
    statistic: Statistic  # of the arms' values
    source: tuple[str, ...]  # keys of the trial's sources
    level: Literal["primary", "secondary", "post_hoc", "extension"] | None = None
    measure: str | None = None  # which form of the endpoint, in own words
    unit: str | None = None  # of the values: "% of predicted", "mL/year", "m"; absent: the instrument's own
    population: str | None = None  # absent: all randomised
    weeks: float | None = None
    contrast_statistic: Statistic | None = None
    confidence: float = 0.95
    arms: tuple[ArmResult, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    n: int | None = None  # in all, where the source does not give it by arm
    note: str | None = None


class ArmHarm(_Part, frozen=True, kw_only=True):
    """How many in one arm."""

    arm: str
    n: int | None = None
    count: int | None = None  # participants with the event
    percent: float | None = None


class Harm(_Part, frozen=True, kw_only=True):
    """One kind of harm, by arm."""

    event: str  # "death", "serious adverse event", "diarrhoea": own words, lower case
    source: tuple[str, ...]
    arms: tuple[ArmHarm, ...] = ()
    weeks: float | None = None
    note: str | None = None


class Origin(_Part, frozen=True, kw_only=True):
    """Where a number stands: a page, or a registry's record of a date."""

    what: str | None = None  # "abstract", "table 2"
    url: str | None = None
    registry: str | None = None
    record: str | None = None
    date: str | None = None


class Published(_Part, frozen=True, kw_only=True):
    """What is published of one trial; `sources` names every key that results and harms cite."""

    results: tuple[Result, ...] = ()
    harms: tuple[Harm, ...] = ()
    sources: dict[str, Origin] = {}
    randomised: bool | None = None
