"""Which entry criterion buys or costs how much.

Each criterion is left out in turn; the same people come to the same doors (common random numbers), so
that the difference is the criterion's and not chance's. Monte-Carlo errors are those of the paired
difference.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import msgspec
import numpy as np

from scleroscope.design.recruitment import forecast
from scleroscope.design.simulate import Estimated, Simulated, Stage, Trials, run_trials, summarise


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What leaving out these criteria changes: without minus with.

    `n_for_same_power`: patients that the plan without them needs for the power it has with them (normal
    approximation: n grows with the square of SE over effect).
    """

    criteria: tuple[str, ...]
    texts: tuple[str, ...]
    eligible: Estimated
    months: float | None
    power: Estimated
    n_for_same_power: float


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """The plan as it stands, and the cost of each criterion (and pair), largest gain in people first."""

    plan: Simulated
    costs: tuple[Cost, ...]


def criterion_costs(
    stage: Stage,
    *,
    pairs: bool = False,
    trials: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Leave out each criterion (with `pairs`, each two as well) and compare with the plan.

    `progress` is called with (done, total).
    """
    k = len(stage.entry.ids)
    sets: list[tuple[int, ...]] = [(row,) for row in range(k)]
    if pairs:
        sets += list(combinations(range(k), 2))
    everybody = stage.entry.suitable()
    base = run_trials(stage, everybody, trials=trials)
    answer = summarise(stage, everybody, base)
    costs = []
    for done, without in enumerate(sets, 1):
        costs.append(_cost(stage, without, base, answer, trials))
        if progress is not None:
            progress(done, len(sets))
    costs.sort(key=lambda cost: -cost.eligible.value)
    return Sensitivity(plan=answer, costs=tuple(costs))


def _cost(
    stage: Stage, without: tuple[int, ...], base: Trials, answer: Simulated, trials: int | None
) -> Cost:
    suitable = stage.entry.suitable(without)
    gained = suitable.mean() - answer.eligible.value
    other = run_trials(stage, suitable, trials=trials)
    difference = other.rejects.astype(float) - base.rejects
    plan = stage.plan
    months = None
    if plan.sites is not None and answer.recruitment is not None:
        months = forecast(plan.sites, plan.arms.n, float(suitable.mean()), seed=plan.seed).mean
        months -= answer.recruitment.mean
    return Cost(
        criteria=tuple(stage.entry.ids[row] for row in without),
        texts=tuple(stage.entry.texts[row] for row in without),
        eligible=Estimated(value=float(gained), error=float(np.sqrt(gained * (1 - gained) / suitable.size))),
        months=months,
        power=Estimated(
            value=float(difference.mean()), error=float(difference.std() / np.sqrt(difference.size))
        ),
        n_for_same_power=plan.arms.n * _size_ratio(other, base),
    )


def _size_ratio(other: Trials, base: Trials) -> float:
    """(SE/effect)² of one set of trials over the other's."""
    ratios = [np.nanmean(each.se) / np.nanmean(each.estimate) for each in (other, base)]
    return float((ratios[0] / ratios[1]) ** 2)
