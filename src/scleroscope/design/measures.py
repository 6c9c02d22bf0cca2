"""What kind of thing each endpoint is, and which analyses compare such things."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from scleroscope.design.plan import Measure, Method, Plan
from scleroscope.design.refuse import RefusedError

Family = Literal["change", "index", "slope", "response", "time", "hierarchy"]

FAMILY: dict[Measure, Family] = {
    "mrss_change": "change",
    "fvc_ml_change": "change",
    "fvc_percent_change": "change",
    "haq_di_change": "change",
    "acr_criss": "index",
    "fvc_ml_slope": "slope",
    "mrss_responder": "response",
    "acr_criss_responder": "response",
    "revised_criss_responder": "response",
    "death": "time",
    "event_free_survival": "time",
    "hierarchy": "hierarchy",
}

# The first is taken when the plan names none.
METHODS: dict[Family, tuple[Method, ...]] = {
    "change": ("ancova", "mmrm", "random_slope"),
    "index": ("ancova",),
    "slope": ("ancova", "random_slope"),
    "response": ("score", "fisher", "cmh"),
    "time": ("log_rank", "cox", "rmst"),
    "hierarchy": ("finkelstein_schoenfeld", "win_ratio"),
}
STRATIFIED: tuple[Method, ...] = ("ancova", "mmrm", "random_slope", "cmh", "log_rank", "cox")

_LESS_IS_BETTER = ("mrss_change", "haq_di_change")
_OUTCOMES: dict[Family, str] = {
    "change": "changes",
    "index": "an index",
    "slope": "slopes",
    "response": "responders",
    "time": "times to an event",
    "hierarchy": "pairs of patients, by a hierarchy",
}


def family(plan: Plan) -> Family:
    """The kind of endpoint of a plan that has one."""
    if plan.endpoint is None:
        raise RefusedError("endpoint", "is missing")
    return FAMILY[plan.endpoint.measure]


def method(plan: Plan) -> Method:
    """The analysis of the plan: as named, or the usual one. RefusedError where it does not fit."""
    kind = family(plan)
    named = plan.analysis.method
    if named is None:
        return METHODS[kind][0]
    if named not in METHODS[kind]:
        raise RefusedError(
            "analysis.method",
            f"{named} does not compare {_OUTCOMES[kind]}; {', '.join(METHODS[kind])} do",
        )
    return named


def free_of(measure: Measure) -> str:
    """What the share without that event is called."""
    return _words("measures")[measure]["free"]


def benefit(plan: Plan) -> int:
    """The sign of an estimate (treated minus control, or log of a ratio) that is good for the patient."""
    if family(plan) == "time":
        return 1 if method(plan) == "rmst" else -1
    return -1 if plan.endpoint is not None and plan.endpoint.measure in _LESS_IS_BETTER else 1


@cache
def _words(table: str) -> dict[str, dict[str, str]]:
    """`measures` or `methods`, with their words."""
    return tomllib.loads((files("scleroscope.design") / "data" / f"{table}.toml").read_text(encoding="utf-8"))


def name_of(measure: Measure) -> str:
    """What an endpoint is called.

    >>> name_of("death")
    'death'
    """
    return _words("measures").get(measure, {}).get("name", measure)


def scale(plan: Plan) -> str:
    """In what the effect is told: a unit, or the name of a ratio."""
    if plan.endpoint is None:
        return ""
    unit = _words("measures").get(plan.endpoint.measure, {}).get("unit", "")
    if method(plan) == "random_slope":
        return unit.removesuffix(" a year") + " a year"
    return _words("methods")[method(plan)].get("scale") or unit


def method_words(plan: Plan) -> str:
    """The plan's analysis in words."""
    return _words("methods")[method(plan)]["words"]
