"""A plan: one trial to be simulated, as a person writes it in TOML.

Everything that can be wrong with a plan is found before any simulation (`checks`): an error names the place
in the plan and the reason.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from scleroscope.design.kinds import Design, Fixed
from scleroscope.design.recruitment.sites import Sites
from scleroscope.design.refuse import RefusedError

Measure = Literal[
    "mrss_change",
    "mrss_responder",
    "fvc_ml_change",
    "fvc_ml_slope",
    "fvc_percent_change",
    "haq_di_change",
    "acr_criss",
    "acr_criss_responder",
    "revised_criss_responder",
    "death",
    "event_free_survival",
    "hierarchy",
]
Method = Literal[
    "ancova",
    "mmrm",
    "random_slope",
    "score",
    "fisher",
    "cmh",
    "log_rank",
    "cox",
    "rmst",
    "finkelstein_schoenfeld",
    "win_ratio",
]
Missing = Literal["left_out", "at_random", "jump_to_reference", "copy_reference", "copy_increments"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the plan; a key that it does not know is an error."""


class Population(_Part, frozen=True, kw_only=True):
    """The virtual patients, or a cohort file of the patient contract's columns to resample."""

    size: int = 200_000
    mix: Literal["eustar", "royal_free"] = "eustar"
    cohort: str | None = None
    overrides: dict[str, float] = {}


class Criteria(_Part, frozen=True, kw_only=True):
    """Who may enter, in criteria notation."""

    inclusion: tuple[str, ...] = ()
    exclusion: tuple[str, ...] = ()


class Rank(_Part, frozen=True, kw_only=True):
    """One endpoint of a hierarchy; a pair is decided by it when they differ by `threshold` or more."""

    measure: Measure
    threshold: float = 0.0


class Changes(_Part, frozen=True, kw_only=True):
    """Untreated changes from baseline in numbers of one's own, instead of the population's course.

    One entry a visit after baseline: mean change, its standard deviation, and how the visits correlate.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    correlation: tuple[tuple[float, ...], ...] = ()


class Endpoint(_Part, frozen=True, kw_only=True):
    """What is measured and when; `visits` are weeks from baseline and end with `week`.

    `dropout` and `rescue` say what those events do: the values after them count (`ignored`), are `missing`,
    or make the patient a `failure` (yes/no endpoints only).
    """

    measure: Measure
    week: float
    visits: tuple[float, ...] = ()
    dropout: Literal["missing", "ignored", "failure"] = "missing"
    rescue: Literal["missing", "ignored", "failure"] = "ignored"
    hierarchy: tuple[Rank, ...] = ()
    changes: Changes | None = None

    @property
    def weeks(self) -> tuple[float, ...]:
        """All visits from 0 to the endpoint's week."""
        return tuple(sorted({0.0, *self.visits, self.week}))


class Event(_Part, frozen=True, kw_only=True):
    """Something that can happen to an untreated patient, at hazards constant in periods.

    Periods begin at `years` (the first at 0); `per_year` is the hazard in each, averaged over those who may
    enter.
    """

    name: str
    per_year: tuple[float, ...]
    years: tuple[float, ...] = (0.0,)
    fatal: bool = False
    source: str | None = None


class Arms(_Part, frozen=True, kw_only=True):
    """How many patients in all, treated and control in this ratio, in permuted blocks within `strata`.

    Instead of `n`, ask for a `power`: the number of patients that has it is found first. A stratum is a line
    of criteria notation; those whom it fits, does not fit, or of whom it is unknown are kept apart.
    """

    n: int | None = None
    power: float | None = None
    ratio: tuple[int, int] = (1, 1)
    strata: tuple[str, ...] = ()


class Effect(_Part, frozen=True, kw_only=True):
    """What treatment does.

    To measures it adds, by the endpoint's week and growing linearly from baseline (treated minus control):
    skin in points, FVC in mL, HAQ-DI in points, globals on 0 to 10. The hazards of the disease's events it
    multiplies by `hazard_ratio` from `delay_months` on. Of the treated a share `treatment_death` dies of the
    treatment itself within `treatment_death_months`, more or fewer by `treatment_death_risk` (see
    `Plan.risk`).
    """

    mrss: float = 0.0
    fvc_ml: float = 0.0
    haq_di: float = 0.0
    patient_global: float = 0.0
    physician_global: float = 0.0
    hazard_ratio: float = 1.0
    delay_months: float = 0.0
    treatment_death: float = 0.0
    treatment_death_months: float = 3.0
    treatment_death_risk: dict[str, float] = {}


class Analysis(_Part, frozen=True, kw_only=True):
    """How the arms are compared, at a two-sided alpha.

    Without a `method` the measure's usual one is taken: ANCOVA on baseline for changes, the score test for
    responders, log-rank for times, Finkelstein–Schoenfeld for a hierarchy. `missing` says what is assumed
    of the values after a patient left; `horizon_week` is where a restricted mean ends.
    """

    method: Method | None = None
    alpha: float = 0.05
    missing: Missing = "left_out"
    imputations: int = 20
    horizon_week: float | None = None


class Plan(_Part, frozen=True, kw_only=True):
    """One trial to be simulated.

    `risk` says who has events sooner: field of the patient contract → hazard ratio for one unit more (for a
    yes/no field: for yes), relative to the average of those who may enter.
    """

    title: str
    like: str | None = None  # the catalogue trial that it is modelled on
    source: str | None = None
    seed: int = 1
    trials: int = 10_000
    population: Population = Population()
    criteria: Criteria = Criteria()
    endpoint: Endpoint | None = None
    events: tuple[Event, ...] = ()
    risk: dict[str, float] = {}
    arms: Arms = Arms()
    effect: Effect = Effect()
    analysis: Analysis = Analysis()
    design: Design = Fixed()
    sites: Sites | None = None


def read_plan(path: Path) -> Plan:
    """The plan in a TOML file. RefusedError names the file, the place and the reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(str(path), f"cannot be read ({type(error).__name__})") from None
    try:
        return plan(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RefusedError(str(path), f"is not TOML: {error}") from None


def plan(values: dict[str, Any]) -> Plan:
    """A checked plan from the tables of its TOML. RefusedError names the place and the reason.

    >>> plan({"title": "x", "endpoint": {"measure": "mrss_change", "week": 52}, "arms": {"n": 100}}).seed
    1
    """
    from scleroscope.design.checks import checked

    design = values.get("design")
    if isinstance(design, dict) and "kind" not in design:
        values = values | {"design": {"kind": "fixed"} | design}
    try:
        answer = msgspec.convert(values, Plan)
    except msgspec.ValidationError as error:
        raise _refused(error, values) from None
    return checked(answer)


def _refused(error: msgspec.ValidationError, values: dict[str, Any]) -> RefusedError:
    """msgspec's message as place and reason: it ends with "- at `$.arms.n`"."""
    message, _, place = str(error).partition(" - at `$")
    place = place.strip("`.").strip(".")
    unknown = message.partition("Object contains unknown field `")[2].rstrip("`")
    if unknown:
        place = f"{place}.{unknown}" if place else unknown
        kind = values.get("design", {}).get("kind", "fixed") if place.startswith("design.") else None
        return RefusedError(place, f"no key of a {kind} design" if kind else "no such key in a plan")
    return RefusedError(place or "plan", message[:1].lower() + message[1:])
