"""A plan set up once, so that many variants of it run on the same people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design import kinds
from scleroscope.design.entry import Entry, judge_population, levels_of, meets
from scleroscope.design.follow_up import Pairs, Times, pairs, times, without_course_deaths
from scleroscope.design.measures import family, method
from scleroscope.design.outcome import Outcomes, Series, outcomes, ramp, series
from scleroscope.design.plan import Effect, Plan
from scleroscope.design.population.baseline import draw_population
from scleroscope.design.population.course import Course, draw_course
from scleroscope.design.population.parameters import Values
from scleroscope.design.random import normals
from scleroscope.design.refuse import RefusedError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Data = Outcomes | Series | Times | Pairs
_OWN = 120  # what the random numbers of a plan's own changes are for; one stream a visit
_NOBODY = 2**40


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The people of a plan, what the criteria say of each, and what she would show in either arm.

    - `data`: None for dose finding, which counts toxicities alone.
    - `switch`: of a delayed start, the data at the switch.
    - `treatments`: of a platform, the data with each treatment.
    - `levels`: the stratum of each person, of `strata` in all; `subgroup`: who belongs to it.
    """

    plan: Plan
    population: pl.DataFrame
    entry: Entry
    data: Data | None
    switch: Data | None = None
    treatments: tuple[Outcomes, ...] = ()
    levels: NDArray[np.int64]
    strata: int
    subgroup: Flags | None = None

    def __reduce__(self) -> tuple[Callable[[bytes], Stage], tuple[bytes]]:
        """A stage travels as its plan: a worker elsewhere sets it up again, once."""
        return _unpacked, (msgspec.json.encode(self.plan),)


@lru_cache(maxsize=2)
def _unpacked(plan: bytes) -> Stage:
    return set_up(msgspec.json.decode(plan, type=Plan))


def set_up(plan: Plan) -> Stage:
    """Draw the population and both outcomes, judge the criteria. RefusedError names what is wrong."""
    population = _population(plan)
    entry = judge_population(population, plan.criteria)
    levels, strata = levels_of(population, plan.arms.strata)
    subgroup = None
    if isinstance(plan.design, kinds.Enrichment):
        subgroup = _subgroup(population, entry, plan.design.subgroup)
    found: dict[str, Any] = {"data": None}
    if not isinstance(plan.design, kinds.DoseFinding):
        found = _outcomes(plan, population, entry)
    return Stage(
        plan=plan,
        population=population,
        entry=entry,
        levels=levels,
        strata=strata,
        subgroup=subgroup,
        **found,
    )


def _population(plan: Plan) -> pl.DataFrame:
    asked = plan.population
    if asked.cohort is None:
        return draw_population(asked.size, plan.seed, mix=asked.mix, overrides=asked.overrides)
    import polars as pl

    path = Path(asked.cohort)
    if not path.is_file():
        raise RefusedError("population.cohort", "no such file")
    read = pl.read_parquet if path.suffix == ".parquet" else pl.read_csv
    return read(path)


def _subgroup(population: pl.DataFrame, entry: Entry, line: str) -> Flags:
    flags = meets(population, line, "design.subgroup")
    share = float(flags[entry.suitable()].mean()) if entry.suitable().any() else 0.0
    if not 0.02 < share < 0.98:
        raise RefusedError(
            "design.subgroup", f"holds {share:.1%} of those who may enter: too few on one side"
        )
    return flags


def _outcomes(plan: Plan, population: pl.DataFrame, entry: Entry) -> dict[str, Any]:
    endpoint = plan.endpoint
    if endpoint is None:
        raise RefusedError("endpoint", "is missing")
    course = draw_course(population, endpoint.weeks, plan.seed + 1, overrides=plan.population.overrides)
    if plan.events:
        course = without_course_deaths(course)
    if endpoint.changes is not None:
        course = _own_changes(plan, course)
    entrants = entry.suitable()
    if family(plan) == "time":
        return {"data": times(plan, course, population, entrants, endpoint.measure)}
    if family(plan) == "hierarchy":
        return {"data": pairs(plan, course, population, entrants)}
    if isinstance(plan.design, kinds.Platform):
        effects = plan.design.effects or (1.0,) * len(plan.design.opens)
        each = tuple(_data(plan, course, population, _scaled(plan.effect, size)) for size in effects)
        return {"data": each[0], "treatments": each}
    if isinstance(plan.design, kinds.DelayedStart):
        return _delayed(plan, plan.design, course, population)
    return {"data": _data(plan, course, population, plan.effect)}


def _scaled(effect: Effect, size: float) -> Effect:
    names = ("mrss", "fvc_ml", "haq_di", "patient_global", "physician_global")
    return msgspec.structs.replace(effect, **{name: size * getattr(effect, name) for name in names})


def _data(
    plan: Plan,
    course: Course,
    population: pl.DataFrame,
    effect: Effect,
    ramps: tuple[Floats, Floats] | None = None,
) -> Outcomes | Series:
    endpoint = plan.endpoint
    if endpoint is None:
        raise RefusedError("endpoint", "is missing")
    by_visit = method(plan) in ("mmrm", "random_slope") or plan.analysis.missing != "left_out"
    if by_visit:
        found = series(course, endpoint, effect, ramps=ramps)
        if method(plan) == "random_slope":
            return _from_baseline(found)
        return found
    ild = population["ild"].fill_null(value=False).to_numpy()
    return outcomes(course, endpoint, effect, ild, Values(plan.population.overrides), ramps=ramps)


def _from_baseline(found: Series) -> Series:
    """The random-slope model takes the baseline as a visit like the others: a change of 0 from a level."""
    start = found.baseline[:, None]
    return replace(
        found,
        weeks=np.append(0.0, found.weeks),
        untreated=np.ascontiguousarray(np.hstack([start, start + found.untreated])),
        treated=np.ascontiguousarray(np.hstack([start, start + found.treated])),
    )


def _delayed(
    plan: Plan, design: kinds.DelayedStart, course: Course, population: pl.DataFrame
) -> dict[str, Any]:
    """Early and late starters, at the end and at the switch."""

    def share(weeks: Floats) -> Floats:
        treated = np.maximum(weeks, 0.0) / design.switch_week
        return np.asarray((1 - design.lasting) * np.minimum(treated, 1.0) + design.lasting * treated)

    ramps = share(course.weeks - design.switch_week), share(course.weeks)
    kept = course.weeks <= design.switch_week
    before = replace(
        course,
        weeks=course.weeks[kept],
        **{
            name: getattr(course, name)[:, kept]
            for name in ("mrss", "fvc_ml", "fvc_percent", "haq_di", "patient_global", "physician_global")
        },
    )
    return {
        "data": _data(plan, course, population, plan.effect, ramps),
        "switch": _data(plan, before, population, plan.effect, ramp(before.weeks)),
    }


def _own_changes(plan: Plan, course: Course) -> Course:
    """The course with the endpoint's measure as the plan's own numbers say."""
    endpoint = plan.endpoint
    if endpoint is None or endpoint.changes is None:
        return course
    it = endpoint.changes
    people, visits = course.mrss.shape[0], len(it.mean)
    low = np.linalg.cholesky(it.correlation) if it.correlation else np.eye(visits)
    z = np.column_stack([normals(plan.seed, _NOBODY, _OWN + visit, people) for visit in range(visits)])
    change = np.asarray(it.mean) + np.asarray(it.sd) * (z @ low.T)
    names = {"mrss_change": "mrss", "haq_di_change": "haq_di", "fvc_ml_change": "fvc_ml"}
    name = names.get(endpoint.measure, "fvc_percent")
    start: Floats = getattr(course, name)[:, :1]
    return replace(course, **{name: np.hstack([start, start + change])})
