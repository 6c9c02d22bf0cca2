"""Run a plan: population, criteria, outcomes, many trials; what they show, with Monte-Carlo error."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design import kinds
from scleroscope.design.blocks import Workers
from scleroscope.design.conduct import Bench, Trials, conduct
from scleroscope.design.curves import Curves, curves
from scleroscope.design.dose_finding import Doses, find_doses, most_patients
from scleroscope.design.endpoints.slope import yearly_slope
from scleroscope.design.follow_up import Pairs, Times
from scleroscope.design.outcome import Series
from scleroscope.design.plan import Plan
from scleroscope.design.recruitment import Forecast, forecast
from scleroscope.design.refuse import RefusedError
from scleroscope.design.stage import Stage, set_up

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_LEAST_SUITABLE = 50  # fewer different people than this cannot stand for a trial's patients
_HERE = Workers()


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated figure and its Monte-Carlo standard error."""

    value: float
    error: float


class Simulated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the trials of one plan show.

    - `eligible`: share of the population that may enter; `screened_per_patient`: people who come to the door
      for each who enters.
    - `patients`: planned (the most that can be needed); `expected_n`: used on average.
    - `power`: share of trials that claim an effect: of either direction when the test is two-sided.
    - `effect`: mean estimate (treated minus control); `se`: mean standard error; `control`: mean endpoint of
      those who may enter, untreated (for events: the share who have one).
    - `unanswered`: share of trials whose data gave no estimate; they claim nothing.
    - `also`: further figures of the design, by what they are called.
    - `recruitment`: months, when the plan names sites; `doses`: of dose finding; `curves`: of a plan with
      events of its own.
    """

    eligible: Estimated
    screened_per_patient: float
    patients: int
    expected_n: float
    power: Estimated | None = None
    effect: Estimated | None = None
    se: float | None = None
    control: Estimated | None = None
    unanswered: float = 0.0
    also: dict[str, Estimated] = {}
    recruitment: Forecast | None = None
    doses: Doses | None = None
    curves: Curves | None = None


def simulate(plan: Plan, *, trials: int | None = None, workers: Workers = _HERE) -> Simulated:
    """Run the plan. The same seed gives the same answer, whatever the number or kind of workers."""
    stage = sized(set_up(plan), workers=workers)
    suitable = stage.entry.suitable()
    return summarise(stage, suitable, run_trials(stage, suitable, trials=trials, workers=workers))


def run_trials(
    stage: Stage, suitable: Flags, *, trials: int | None = None, workers: Workers = _HERE
) -> Trials | None:
    """All trials of a stage among these people; None for dose finding, which has its own."""
    if suitable.sum() < _LEAST_SUITABLE:
        raise RefusedError(
            "criteria",
            f"together they leave {suitable.sum()} of {suitable.size} people; at least {_LEAST_SUITABLE} are "
            "needed: relax one, or enlarge population.size",
        )
    if stage.data is None:
        return None
    bench = Bench(stage=stage, suitable=suitable, count=trials or stage.plan.trials, workers=workers)
    return conduct(bench, stage.plan.arms.n or 0)


def planned_patients(stage: Stage, share: float) -> int:
    """The most patients that the plan's trial can need, when this share of the population may enter."""
    from scleroscope.design.conduct_other import platform_periods, two_stage

    match stage.plan.design:
        case kinds.Simon() as design:
            return two_stage(design, stage.plan.analysis.alpha).n
        case kinds.Platform():
            return int(platform_periods(stage.plan, share)[0].sum())
        case kinds.Reestimation() as design:
            return design.largest
        case kinds.ThreePlusThree() | kinds.Crm() | kinds.Boin() as design:
            return most_patients(design)
        case _:
            return stage.plan.arms.n or 0


def sized(stage: Stage, *, workers: Workers = _HERE) -> Stage:
    """The same stage with `arms.n` found where the plan asks for a power.

    The mean statistic grows with the root of n: three steps from 100 patients, each on 4000 trials.
    """
    from dataclasses import replace

    from scipy.special import ndtri

    wanted = stage.plan.arms.power
    if wanted is None:
        return stage
    n = 100
    for _ in range(3):
        arms = msgspec.structs.replace(stage.plan.arms, n=n, power=None)
        stage = replace(stage, plan=msgspec.structs.replace(stage.plan, arms=arms))
        trials = run_trials(stage, stage.entry.suitable(), trials=4000, workers=workers)
        power = 0.5 if trials is None else float(np.clip(trials.rejects.mean(), 0.002, 0.998))
        reach = float(ndtri(1 - stage.plan.analysis.alpha / 2))
        here, there = float(ndtri(power)) + reach, float(ndtri(wanted)) + reach
        n = max(6, round(n * (there / max(here, 0.1)) ** 2))
        if n > stage.population.height:
            raise RefusedError("arms.power", f"needs more than {stage.population.height} patients")
    arms = msgspec.structs.replace(stage.plan.arms, n=n)
    return replace(stage, plan=msgspec.structs.replace(stage.plan, arms=arms))


def summarise(stage: Stage, suitable: Flags, trials: Trials | None) -> Simulated:
    """The trials as figures with their Monte-Carlo errors."""
    plan = stage.plan
    share = float(suitable.mean())
    most = planned_patients(stage, share)
    common = {
        "eligible": Estimated(value=share, error=float(np.sqrt(share * (1 - share) / suitable.size))),
        "screened_per_patient": 1.0 / share,
        "patients": most,
        "recruitment": forecast(plan.sites, most, share, seed=plan.seed) if plan.sites else None,
    }
    if trials is None:
        doses = find_doses(plan)
        return Simulated(**common, expected_n=doses.size, doses=doses)  # type: ignore[arg-type]
    seen = np.isfinite(trials.estimate)
    errors = trials.se[seen & np.isfinite(trials.se)]  # Fisher's p of 1 has no error that gives it back
    return Simulated(
        **common,  # type: ignore[arg-type]
        expected_n=float(trials.patients.mean()),
        power=_mean(trials.rejects.astype(np.float64)),
        effect=_mean(trials.estimate[seen]),
        se=float(errors.mean()) if errors.size else None,
        control=_untreated(stage, suitable),
        unanswered=float(1 - seen.mean()),
        also={name: _mean(values[np.isfinite(values)]) for name, values in trials.also.items()},
        curves=curves(stage, suitable) if plan.events else None,
    )


def _mean(values: Floats) -> Estimated:
    if values.size == 0:
        return Estimated(value=float("nan"), error=float("nan"))
    return Estimated(value=float(values.mean()), error=float(values.std() / np.sqrt(values.size)))


def _untreated(stage: Stage, suitable: Flags) -> Estimated | None:
    """The endpoint's mean without treatment among those who may enter."""
    data = stage.data
    if data is None or isinstance(data, Pairs):
        return None
    if isinstance(data, Times):
        return _mean(data.events[suitable, 0])
    if isinstance(data, Series) and data.weeks[0] == 0:  # the random-slope model
        slope = yearly_slope(data.untreated[suitable], data.weeks)[0]
        return _mean(slope[np.isfinite(slope)])
    if isinstance(data, Series):
        last = data.untreated[suitable, -1]
        return _mean(last[np.isfinite(last)])
    seen = suitable & np.isfinite(data.untreated)
    value, weight = data.untreated[seen], data.untreated_weight[seen]
    return Estimated(
        value=float(np.average(value, weights=weight)), error=float(value.std() / np.sqrt(value.size))
    )
