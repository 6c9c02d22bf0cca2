"""Both outcomes of each virtual patient: untreated and treated, for the plan's endpoint."""

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


def outcomes(course: Course, endpoint: Endpoint, effect: Effect, ild: Flags, values: Values) -> Outcomes:
    """What each person of the course would show without and with treatment.

    `course` was drawn at `endpoint.weeks`. People who left before the endpoint's week are missing unless the
    endpoint ignores drop-out; a slope uses the visits before they left, and counts the less the fewer they
    are, as a random-slope model does.
    """
    covariate, value, responder = _MEASURES[endpoint.measure]
    untreated, treated = _seen(course, endpoint), _seen(_treated(course, effect), endpoint)
    both = [value(each, ild) for each in (untreated, treated)]
    weights = [np.ones(course.mrss.shape[0])] * 2
    if endpoint.measure == "fvc_ml_slope":
        weights = [_slope_weight(each, values) for each in (untreated, treated)]
    return Outcomes(
        baseline=covariate(course),
        untreated=both[0],
        treated=both[1],
        untreated_weight=weights[0],
        treated_weight=weights[1],
        responder=responder,
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


def _treated(course: Course, effect: Effect) -> Course:
    """The same course with the effect growing linearly to its size at the last visit."""
    ramp = course.weeks / course.weeks[-1]
    predicted = course.fvc_percent[:, :1] / course.fvc_ml[:, :1]
    return replace(
        course,
        mrss=(course.mrss + effect.mrss * ramp).clip(0, 51),
        fvc_ml=course.fvc_ml + effect.fvc_ml * ramp,
        fvc_percent=course.fvc_percent + effect.fvc_ml * ramp * predicted,
        haq_di=(course.haq_di + effect.haq_di * ramp).clip(0, 3),
        patient_global=(course.patient_global + effect.patient_global * ramp).clip(0, 10),
        physician_global=(course.physician_global + effect.physician_global * ramp).clip(0, 10),
    )


def _seen(course: Course, endpoint: Endpoint) -> Course:
    """The course with visits after drop-out or death missing."""
    if endpoint.dropout == "ignored":
        return course
    gone = np.minimum(course.dropout_week, course.death_week)[:, None] <= course.weeks[None, :]
    gone[:, 0] = False
    names = ("mrss", "fvc_ml", "fvc_percent", "haq_di", "patient_global", "physician_global")
    return replace(course, **{name: np.where(gone, np.nan, getattr(course, name)) for name in names})


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
