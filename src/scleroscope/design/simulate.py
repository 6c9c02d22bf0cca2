"""Run a plan: population, criteria, outcomes, many trials; what they show, with Monte-Carlo error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design.entry import Entry, judge_population
from scleroscope.design.outcome import Outcomes, outcomes
from scleroscope.design.plan import Plan
from scleroscope.design.population.baseline import draw_population
from scleroscope.design.population.course import draw_course
from scleroscope.design.population.parameters import Values
from scleroscope.design.recruitment import Forecast, forecast
from scleroscope.design.refuse import RefusedError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_BLOCK = 500
_LEAST_SUITABLE = 50  # fewer different people than this cannot stand for a trial's patients


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated figure and its Monte-Carlo standard error."""

    value: float
    error: float


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """What the trials of one plan show.

    `eligible`: share of the population that may enter; `power`: share of trials whose two-sided test rejects
    in favour of either side; `effect`: mean estimate (treated minus control); `se`: mean standard error;
    `screened_per_patient`: people who come to the door for each who enters; `expected_n`: patients used when
    trials may stop early; `recruitment`: months, when the plan names sites.
    """

    eligible: Estimated
    power: Estimated
    effect: Estimated
    se: float
    control: Estimated  # mean endpoint of those who may enter, untreated
    expected_n: float
    screened_per_patient: float
    recruitment: Forecast | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A plan set up once, so that many variants of it run on the same people."""

    plan: Plan
    population: pl.DataFrame
    entry: Entry
    outcomes: Outcomes


def set_up(plan: Plan) -> Stage:
    """Draw the population and both outcomes, judge the criteria. RefusedError names what is wrong."""
    population = _population(plan)
    entry = judge_population(population, plan.criteria)
    course = draw_course(population, plan.endpoint.weeks, plan.seed + 1, overrides=plan.population.overrides)
    ild = population["ild"].fill_null(value=False).to_numpy()
    both = outcomes(course, plan.endpoint, plan.effect, ild, Values(plan.population.overrides))
    return Stage(plan=plan, population=population, entry=entry, outcomes=both)


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


def simulate(plan: Plan, *, trials: int | None = None) -> Simulated:
    """Run the plan. The same seed gives the same answer, whatever the number of threads."""
    stage = set_up(plan)
    return summarise(stage, stage.entry.suitable(), run_trials(stage, stage.entry.suitable(), trials=trials))


@dataclass(frozen=True, kw_only=True)
class Trials:
    """One row a trial: rejection, estimate and SE at its last look, patients used, people seen."""

    rejects: Flags
    estimate: Floats
    se: Floats
    patients: Floats
    came: Floats


def run_trials(stage: Stage, suitable: Flags, *, trials: int | None = None, n: int | None = None) -> Trials:
    """All trials of a stage among these people (n and number of trials as planned unless given)."""
    if suitable.sum() < _LEAST_SUITABLE:
        raise RefusedError(
            "criteria",
            f"together they leave {suitable.sum()} of {suitable.size} people; at least {_LEAST_SUITABLE} are "
            "needed: relax one, or enlarge population.size",
        )
    plan = stage.plan
    size = n or plan.arms.n
    count = trials or plan.trials
    looks, bounds = _looks(plan)
    done = np.zeros(count, dtype=np.bool_)
    rejects = np.zeros(count, dtype=np.bool_)
    kept = np.full((count, 4), np.nan)
    patients = np.full(count, float(size))
    for fraction, bound in zip(looks, bounds, strict=True):
        here = max(6, round(size * fraction))
        table = _kernel(stage, suitable, here, count)
        crossed = _crossed(table, bound) & ~done
        last = fraction == looks[-1]
        new = ~done if last else crossed
        kept[new] = table[new]
        patients[new] = here
        rejects |= crossed
        done |= crossed
    return Trials(
        rejects=rejects,
        estimate=kept[:, 0],
        se=kept[:, 1],
        patients=patients,
        came=kept[:, 3] * patients,
    )


def _looks(plan: Plan) -> tuple[tuple[float, ...], Floats]:
    """Information fractions and the two-sided bound on |z| at each."""
    from scipy.special import ndtri

    if plan.design.kind == "fixed":
        return (1.0,), np.array([float(ndtri(1 - plan.analysis.alpha / 2))])
    from scleroscope.design.designs.sequential import spending_bounds
    from scleroscope.design.designs.spending import obrien_fleming, pocock

    rule = {"obrien_fleming": obrien_fleming, "pocock": pocock}[plan.design.spending]
    bounds = spending_bounds(plan.design.looks, rule, alpha=plan.analysis.alpha, sides=2)
    return plan.design.looks, np.asarray(bounds.upper, dtype=np.float64)


def _kernel(stage: Stage, suitable: Flags, n: int, trials: int) -> Floats:
    from scleroscope.design.trials import change_trials, in_blocks, responder_trials

    plan, both = stage.plan, stage.outcomes
    run: Callable[[int, int], Floats]
    if both.responder:

        def run(first: int, count: int) -> Floats:
            return responder_trials(
                plan.seed, first, count, suitable, both.untreated, both.treated, n, plan.arms.ratio
            )

    else:
        people = np.column_stack(
            [both.baseline, both.untreated, both.treated, both.untreated_weight, both.treated_weight]
        )

        def run(first: int, count: int) -> Floats:
            return change_trials(plan.seed, first, count, suitable, people, n, plan.arms.ratio)

    return in_blocks(trials, _BLOCK, run)


def _crossed(table: Floats, bound: float) -> Flags:
    """Whether |estimate/SE| passes the bound, the t distribution's where df is finite (same tail area)."""
    from scipy.special import ndtr, stdtrit

    df = table[:, 2]
    limit = np.full(df.shape, bound)
    finite = np.isfinite(df)
    limit[finite] = stdtrit(df[finite], ndtr(bound))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.abs(table[:, 0] / table[:, 1]) > limit, dtype=np.bool_)


def summarise(stage: Stage, suitable: Flags, trials: Trials) -> Simulated:
    """The trials as figures with their Monte-Carlo errors."""
    count = trials.rejects.size
    share = float(suitable.mean())
    power = float(trials.rejects.mean())
    seen = suitable & np.isfinite(stage.outcomes.untreated)
    untreated, weight = stage.outcomes.untreated[seen], stage.outcomes.untreated_weight[seen]
    plan = stage.plan
    months = forecast(plan.sites, plan.arms.n, share, seed=plan.seed) if plan.sites else None
    return Simulated(
        eligible=Estimated(value=share, error=float(np.sqrt(share * (1 - share) / suitable.size))),
        power=Estimated(value=power, error=float(np.sqrt(power * (1 - power) / count))),
        effect=Estimated(
            value=float(np.nanmean(trials.estimate)),
            error=float(np.nanstd(trials.estimate) / np.sqrt(count)),
        ),
        se=float(np.nanmean(trials.se)),
        control=Estimated(
            value=float(np.average(untreated, weights=weight)),
            error=float(untreated.std() / np.sqrt(untreated.size)),
        ),
        expected_n=float(trials.patients.mean()),
        screened_per_patient=1.0 / share,
        recruitment=months,
    )
