"""A plan: one trial to be simulated, as a person writes it in TOML.

Everything that can be wrong with a plan is found here, before any simulation: an error names the place in
the plan and the reason.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from scleroscope.design.recruitment.sites import Sites
from scleroscope.design.refuse import RefusedError, fractions, patients, share

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
]
Kind = Literal["fixed", "group_sequential"]
SpendingName = Literal["obrien_fleming", "pocock"]


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


class Endpoint(_Part, frozen=True, kw_only=True):
    """What is measured and when; `visits` are weeks from baseline and end with `week`."""

    measure: Measure
    week: float
    visits: tuple[float, ...] = ()
    dropout: Literal["missing", "ignored"] = "missing"

    @property
    def weeks(self) -> tuple[float, ...]:
        """All visits from 0 to the endpoint's week."""
        return tuple(sorted({0.0, *self.visits, self.week}))


class Arms(_Part, frozen=True, kw_only=True):
    """How many patients in all, treated and control in this ratio."""

    n: int
    ratio: tuple[int, int] = (1, 1)

    @property
    def treated(self) -> int:
        """Patients in the treated arm."""
        return round(self.n * self.ratio[0] / sum(self.ratio))


class Effect(_Part, frozen=True, kw_only=True):
    """What treatment adds by the endpoint's week to each measure (treated minus control), growing linearly
    from baseline: skin in points, FVC in mL, HAQ-DI in points, globals on 0 to 10."""

    mrss: float = 0.0
    fvc_ml: float = 0.0
    haq_di: float = 0.0
    patient_global: float = 0.0
    physician_global: float = 0.0


class Analysis(_Part, frozen=True, kw_only=True):
    """ANCOVA on baseline for numbers, score test for responders; two-sided alpha."""

    alpha: float = 0.05


class Design(_Part, frozen=True, kw_only=True):
    """One analysis, or several with early stopping for efficacy."""

    kind: Kind = "fixed"
    looks: tuple[float, ...] = (1.0,)
    spending: SpendingName = "obrien_fleming"


class Plan(_Part, frozen=True, kw_only=True):
    """One trial to be simulated."""

    title: str
    like: str | None = None  # the catalogue trial that it is modelled on
    source: str | None = None
    seed: int = 1
    trials: int = 10_000
    population: Population = Population()
    criteria: Criteria = Criteria()
    endpoint: Endpoint
    arms: Arms
    effect: Effect = Effect()
    analysis: Analysis = Analysis()
    design: Design = Design()
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
    try:
        answer = msgspec.convert(values, Plan)
    except msgspec.ValidationError as error:
        raise _refused(error) from None
    return checked(answer)


def checked(answer: Plan) -> Plan:
    """The same plan when a trial can be so; RefusedError otherwise."""
    patients(answer.arms.n, "arms.n", least=6)
    if min(answer.arms.ratio) < 1:
        raise RefusedError("arms.ratio", "each arm needs a weight of at least 1")
    share(answer.analysis.alpha, "analysis.alpha")
    fractions(answer.design.looks, "design.looks")
    if answer.design.kind == "fixed" and len(answer.design.looks) > 1:
        raise RefusedError("design.looks", 'several looks need kind = "group_sequential"')
    if answer.trials < 1:
        raise RefusedError("trials", "at least one trial is needed")
    if answer.population.size < 1000:
        raise RefusedError("population.size", "at least 1000 people, so that the criteria leave some")
    weeks = answer.endpoint.weeks
    if answer.endpoint.week <= 0 or weeks[0] < 0 or weeks[-1] != answer.endpoint.week:
        raise RefusedError("endpoint.visits", "weeks from 0 to the endpoint's week, none beyond")
    _overrides(answer)
    return answer


def _overrides(answer: Plan) -> None:
    from scleroscope.design.population.parameters import Values, parameters

    try:
        Values(answer.population.overrides)
    except ValueError as error:
        raise RefusedError("population.overrides", str(error)) from None
    for name, value in answer.population.overrides.items():
        known = parameters()[name]
        if known.unit == "share" and not 0 <= value <= 1:
            raise RefusedError(f"population.overrides.{name}", "a share lies from 0 to 1")
        if name.endswith(("_sd", ".sd")) and value < 0:
            raise RefusedError(f"population.overrides.{name}", "a standard deviation is not below 0")


def _refused(error: msgspec.ValidationError) -> RefusedError:
    """msgspec's message as place and reason: it ends with "- at `$.arms.n`"."""
    message, _, place = str(error).partition(" - at `$")
    return RefusedError(place.strip("`.").strip(".") or "plan", message[:1].lower() + message[1:])
