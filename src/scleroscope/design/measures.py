"""What kind of thing each endpoint is, and which analyses compare such things."""

from __future__ import annotations

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


def benefit(plan: Plan) -> int:
    """The sign of an estimate (treated minus control, or log of a ratio) that is good for the patient."""
    if family(plan) == "time":
        return 1 if method(plan) == "rmst" else -1
    return -1 if plan.endpoint is not None and plan.endpoint.measure in _LESS_IS_BETTER else 1


_SCALES: dict[Method, str] = {
    "log_rank": "log hazard ratio",
    "cox": "log hazard ratio",
    "rmst": "weeks of restricted mean survival",
    "score": "difference in the share of responders",
    "fisher": "difference in the share of responders",
    "cmh": "log odds ratio (Peto)",
    "finkelstein_schoenfeld": "net benefit, wins minus losses",
    "win_ratio": "log win ratio",
}
_UNITS: dict[Measure, str] = {
    "mrss_change": "points of mRSS",
    "fvc_ml_change": "mL of FVC",
    "fvc_percent_change": "% predicted of FVC",
    "haq_di_change": "points of HAQ-DI",
    "acr_criss": "ACR-CRISS, 0 to 1",
    "fvc_ml_slope": "mL of FVC a year",
}


def scale(plan: Plan) -> str:
    """In what the effect is told: a unit, or the name of a ratio."""
    if plan.endpoint is None:
        return ""
    if method(plan) == "random_slope":
        return _UNITS[plan.endpoint.measure].removesuffix(" a year") + " a year"
    return _SCALES.get(method(plan)) or _UNITS[plan.endpoint.measure]


METHOD_WORDS: dict[Method, str] = {
    "ancova": "analysis of covariance on the value at baseline",
    "mmrm": "a mixed model for repeated measures (unstructured covariance, REML, Satterthwaite)",
    "random_slope": "a random-slope model (REML, Satterthwaite)",
    "score": "the score test of two proportions",
    "fisher": "Fisher's exact test",
    "cmh": "the Cochran–Mantel–Haenszel test",
    "log_rank": "the log-rank test",
    "cox": "Cox regression",
    "rmst": "the difference in restricted mean survival time",
    "finkelstein_schoenfeld": "the test of Finkelstein and Schoenfeld",
    "win_ratio": "the win ratio",
}
