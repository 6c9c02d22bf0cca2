"""What each virtual patient would show untreated and treated, in the form that the plan's analysis needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.endpoints.criss import acr_criss, lung_failure, revised_criss
from scleroscope.design.endpoints.slope import yearly_slope
from scleroscope.design.plan import Effect, Endpoint, Measure
from scleroscope.design.population.course import Course
from scleroscope.design.population.parameters import Values

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_NAMES = ("mrss", "fvc_ml", "fvc_percent", "haq_di", "patient_global", "physician_global")


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """For each person: the covariate at baseline, the endpoint untreated and treated (NaN is missing), and
    the weight of each in the analysis."""

    baseline: Floats
    untreated: Floats
    treated: Floats
    untreated_weight: Floats
    treated_weight: Floats
    responder: bool  # the endpoint is yes/no, as 0 and 1


@dataclass(frozen=True, kw_only=True)
class Series:
    """For each person the value at baseline and the changes from it at each later visit (NaN is missing)."""

    weeks: Floats  # of the visits after baseline
    baseline: Floats
    untreated: Floats  # (people, visits)
    treated: Floats


def ramp(weeks: Floats) -> tuple[Floats, Floats]:
    """The share of the effect that the control and the treated have at each visit: none, and growing linearly
    to all of it at the last."""
    return np.zeros(weeks.size), weeks / weeks[-1]


def outcomes(
    course: Course,
    endpoint: Endpoint,
    effect: Effect,
    ild: Flags,
    values: Values,
    *,
    ramps: tuple[Floats, Floats] | None = None,
) -> Outcomes:
    """What each person of the course would show in either arm at the last visit.

    `course` was drawn at `endpoint.weeks`. People who left before the endpoint's week are missing unless the
    endpoint ignores it or counts it as a failure; a slope uses the visits before they left, and counts the
    less the fewer they are, as a random-slope model does. `ramps` is the share of the effect that control and
    treated have at each visit.
    """
    covariate, value, responder = _MEASURES[endpoint.measure]
    arms = [_seen(_treated(course, effect, each), endpoint) for each in ramps or ramp(course.weeks)]
    both = [value(each, ild) for each in arms]
    failed = _gone(course, endpoint, "failure")[:, -1]
    if failed.any():
        both = [np.where(failed, 0.0, each) for each in both]
    weights = [np.ones(course.mrss.shape[0])] * 2
    if endpoint.measure == "fvc_ml_slope":
        weights = [_slope_weight(each, values) for each in arms]
    return Outcomes(
        baseline=covariate(course),
        untreated=both[0],
        treated=both[1],
        untreated_weight=weights[0],
        treated_weight=weights[1],
        responder=responder,
    )


_SERIES: dict[Measure, str] = {
    "mrss_change": "mrss",
    "fvc_ml_change": "fvc_ml",
    "fvc_ml_slope": "fvc_ml",
    "fvc_percent_change": "fvc_percent",
    "haq_di_change": "haq_di",
}


def series(
    course: Course, endpoint: Endpoint, effect: Effect, *, ramps: tuple[Floats, Floats] | None = None
) -> Series:
    """The endpoint's measure at every visit, as change from baseline; `ramps` as in `outcomes`."""
    name = _SERIES[endpoint.measure]
    both = []
    for each in ramps or ramp(course.weeks):
        seen: Floats = getattr(_seen(_treated(course, effect, each), endpoint), name)
        both.append(np.ascontiguousarray(seen[:, 1:] - seen[:, :1]))
    start: Floats = getattr(course, name)
    return Series(
        weeks=course.weeks[1:],
        baseline=np.ascontiguousarray(start[:, 0]),
        untreated=both[0],
        treated=both[1],
    )


def _slope_weight(course: Course, values: Values) -> Floats:
    """Inverse variance of each slope: between patients plus measurement error over the spread of the visits.

    The weights of a random-slope model whose variances are known (Laird and Ware 1982,
    https://doi.org/10.2307/2529876), relative to a person whose slope has no measurement error.
    """
    between = values["course.fvc.slope_sd"] ** 2
    _, spread = yearly_slope(course.fvc_ml, course.weeks)
    with np.errstate(divide="ignore"):
        return between / (between + values["course.fvc.measurement_sd"] ** 2 / spread)


def _treated(course: Course, effect: Effect, share: Floats) -> Course:
    """The same course with a share of the effect at each visit."""
    if not share.any():
        return course
    there = share[None, :]
    predicted = course.fvc_percent[:, :1] / course.fvc_ml[:, :1]
    return replace(
        course,
        mrss=(course.mrss + effect.mrss * there).clip(0, 51),
        fvc_ml=course.fvc_ml + effect.fvc_ml * there,
        fvc_percent=course.fvc_percent + effect.fvc_ml * there * predicted,
        haq_di=(course.haq_di + effect.haq_di * there).clip(0, 3),
        patient_global=(course.patient_global + effect.patient_global * there).clip(0, 10),
        physician_global=(course.physician_global + effect.physician_global * there).clip(0, 10),
    )


def _gone(course: Course, endpoint: Endpoint, rule: str) -> Flags:
    """(people, visits): whether an event that the endpoint treats by this rule came before the visit."""
    gone = np.zeros(course.mrss.shape, dtype=np.bool_)
    if endpoint.dropout == rule:
        gone |= np.minimum(course.dropout_week, course.death_week)[:, None] <= course.weeks[None, :]
    if endpoint.rescue == rule:
        gone |= course.rescue_week[:, None] <= course.weeks[None, :]
    gone[:, 0] = False
    return gone


def _seen(course: Course, endpoint: Endpoint) -> Course:
    """The course with visits after drop-out, death or rescue missing, where the endpoint says so."""
    gone = _gone(course, endpoint, "missing")
    if not gone.any():
        return course
    return replace(course, **{name: np.where(gone, np.nan, getattr(course, name)) for name in _NAMES})


def _change(name: str) -> Callable[[Course, Flags], Floats]:
    def value(course: Course, ild: Flags) -> Floats:
        seen: Floats = getattr(course, name)
        return seen[:, -1] - seen[:, 0]

    return value


def _skin_responder(course: Course, ild: Flags) -> Floats:
    """Skin fell by more than 5 points and at least a quarter (PMC5036205)."""
    fall = course.mrss[:, 0] - course.mrss[:, -1]
    return _or_missing((fall > 5) & (fall >= 0.25 * course.mrss[:, 0]), fall)


def _slope(course: Course, ild: Flags) -> Floats:
    return yearly_slope(course.fvc_ml, course.weeks)[0]


def _criss(course: Course, ild: Flags) -> Floats:
    change = {
        name: getattr(course, name)[:, -1] - getattr(course, name)[:, 0]
        for name in ("mrss", "fvc_percent", "patient_global", "physician_global", "haq_di")
    }
    failed = lung_failure(course.fvc_percent[:, 0], course.fvc_percent[:, -1], ild)
    return acr_criss(**change, failed=failed)


def _criss_responder(course: Course, ild: Flags) -> Floats:
    probability = _criss(course, ild)
    return _or_missing(probability >= 0.6, course.mrss[:, -1])


def _revised_responder(course: Course, ild: Flags) -> Floats:
    names = ("mrss", "fvc_percent", "patient_global", "physician_global", "haq_di")
    before = {name: getattr(course, name)[:, 0] for name in names}
    after = {name: getattr(course, name)[:, -1] for name in names}
    failed = lung_failure(before["fvc_percent"], after["fvc_percent"], ild)
    return _or_missing(revised_criss(before, after, failed=failed), after["mrss"])


def _or_missing(flag: Flags, seen: Floats) -> Floats:
    return np.where(np.isfinite(seen), flag.astype(np.float64), np.nan)


def _first(name: str) -> Callable[[Course], Floats]:
    def value(course: Course) -> Floats:
        seen: Floats = getattr(course, name)
        return np.ascontiguousarray(seen[:, 0])

    return value


_MEASURES: dict[Measure, tuple[Callable[[Course], Floats], Callable[[Course, Flags], Floats], bool]] = {
    "mrss_change": (_first("mrss"), _change("mrss"), False),
    "mrss_responder": (_first("mrss"), _skin_responder, True),
    "fvc_ml_change": (_first("fvc_ml"), _change("fvc_ml"), False),
    "fvc_ml_slope": (_first("fvc_ml"), _slope, False),
    "fvc_percent_change": (_first("fvc_percent"), _change("fvc_percent"), False),
    "haq_di_change": (_first("haq_di"), _change("haq_di"), False),
    "acr_criss": (_first("mrss"), _criss, False),
    "acr_criss_responder": (_first("mrss"), _criss_responder, True),
    "revised_criss_responder": (_first("mrss"), _revised_responder, True),
}
