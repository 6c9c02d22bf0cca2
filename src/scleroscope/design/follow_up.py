"""Times to events, and hierarchies that begin with them, for each virtual patient untreated and treated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.analyses.wins import LATER_IS_BETTER, LESS_IS_BETTER, MORE_IS_BETTER
from scleroscope.design.hazards import WEEKS_A_MONTH, Hazard, risk_of, treated_hazards, untreated_hazards
from scleroscope.design.measures import FAMILY
from scleroscope.design.outcome import outcomes
from scleroscope.design.plan import Endpoint, Measure, Plan
from scleroscope.design.population.course import Course
from scleroscope.design.population.parameters import Values
from scleroscope.design.random import uniforms

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_EVENTS = 110  # what the random numbers are for; one stream an event
_NOBODY = 2**40  # a trial number that no simulated trial has


@dataclass(frozen=True, kw_only=True)
class Times:
    """Weeks of follow-up and whether the event happened, (people, 2): untreated and treated."""

    times: Floats
    events: Floats


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Values and events (2, endpoints, people), untreated then treated; kinds and thresholds as in `wins`."""

    values: Floats
    events: Floats
    kinds: NDArray[np.int64]
    thresholds: Floats


@dataclass(frozen=True, kw_only=True)
class Fates:
    """The hazards of both arms, and when each event comes to each person: (people,) weeks by event."""

    untreated: list[Hazard]
    treated: list[Hazard]


def fates(plan: Plan, population: pl.DataFrame, entrants: Flags) -> Fates:
    """The plan's events for these people; averages are taken over the `entrants`."""
    risk = risk_of(population, plan.risk, entrants)
    of_treatment = risk_of(population, plan.effect.treatment_death_risk, entrants)
    untreated = untreated_hazards(plan.events, risk)
    return Fates(untreated=untreated, treated=treated_hazards(untreated, plan.effect, of_treatment))


def times(plan: Plan, course: Course, population: pl.DataFrame, entrants: Flags, measure: Measure) -> Times:
    """Follow-up for death, or for death and all else that the plan's events name.

    Everybody is followed to the endpoint's week, or until she drops out (unless the endpoint ignores that).
    The same person has the same luck in both arms.
    """
    endpoint = plan.endpoint
    if endpoint is None:
        raise ValueError("a plan without an endpoint has no follow-up")
    if plan.events:
        both = fates(plan, population, entrants)
        first = [
            _first(each, measure, plan.seed, population.height) for each in (both.untreated, both.treated)
        ]
    else:
        first = [course.death_week, _later(course.death_week, plan)]
    end = np.full(population.height, endpoint.week)
    if endpoint.dropout == "missing":
        end = np.minimum(end, course.dropout_week)
    if endpoint.rescue == "missing":
        end = np.minimum(end, course.rescue_week)
    both_arms = np.column_stack(first)
    return Times(
        times=np.minimum(both_arms, end[:, None]), events=(both_arms <= end[:, None]).astype(np.float64)
    )


def _first(hazards: list[Hazard], measure: Measure, seed: int, people: int) -> Floats:
    """The week of the first event that the measure counts."""
    week = np.full(people, np.inf)
    for place, hazard in enumerate(hazards):
        if measure == "death" and not hazard.fatal:
            continue
        week = np.minimum(week, hazard.times(uniforms(seed, _NOBODY, _EVENTS + place, people)))
    return week


def _later(death: Floats, plan: Plan) -> Floats:
    """The course's deaths, at the effect's hazard ratio from its delay on."""
    delay = plan.effect.delay_months * WEEKS_A_MONTH
    return np.where(death <= delay, death, delay + (death - delay) / plan.effect.hazard_ratio)


def pairs(plan: Plan, course: Course, population: pl.DataFrame, entrants: Flags) -> Pairs:
    """The hierarchy's endpoints in order. A measure of somebody who has died or left decides nothing."""
    endpoint = plan.endpoint
    if endpoint is None:
        raise ValueError("a plan without an endpoint has no hierarchy")
    ild = population["ild"].fill_null(value=False).to_numpy()
    values, events, kinds = [], [], []
    for rank in endpoint.hierarchy:
        if FAMILY[rank.measure] == "time":
            found = times(plan, course, population, entrants, rank.measure)
            values.append(found.times.T)
            events.append(found.events.T)
            kinds.append(LATER_IS_BETTER)
            continue
        kinds.append(LESS_IS_BETTER if rank.measure in ("mrss_change", "haq_di_change") else MORE_IS_BETTER)
        one = replace_measure(endpoint, rank.measure)
        both = outcomes(course, one, plan.effect, ild, Values(plan.population.overrides))
        values.append(np.stack([both.untreated, both.treated]))
        events.append(np.zeros((2, population.height)))
    if plan.events:
        values = _silent_after_death(plan, course, population, entrants, values, kinds)
    return Pairs(
        values=np.ascontiguousarray(np.stack(values, axis=1)),
        events=np.ascontiguousarray(np.stack(events, axis=1)),
        kinds=np.array(kinds, np.int64),
        thresholds=np.array([rank.threshold for rank in endpoint.hierarchy]),
    )


def replace_measure(endpoint: Endpoint, measure: Measure) -> Endpoint:
    """The same endpoint with another measure."""
    import msgspec

    return msgspec.structs.replace(endpoint, measure=measure, hierarchy=())


def _silent_after_death(
    plan: Plan,
    course: Course,
    population: pl.DataFrame,
    entrants: Flags,
    values: list[Floats],
    kinds: list[int],
) -> list[Floats]:
    """Measures of those whom the plan's own events killed are missing, in the arm in which they did."""
    dead = times(plan, course, population, entrants, "death").events.T > 0
    return [
        value if kind == LATER_IS_BETTER else np.where(dead, np.nan, value)
        for value, kind in zip(values, kinds, strict=True)
    ]


def without_course_deaths(course: Course) -> Course:
    """The course of a plan that names its own events: nobody dies by the population's hazard as well."""
    return replace(course, death_week=np.full(course.death_week.shape, np.inf))
