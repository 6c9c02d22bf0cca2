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

from scleroscope.design.blocks import Workers
from scleroscope.design.conduct import Trials
from scleroscope.design.recruitment import forecast
from scleroscope.design.simulate import Estimated, Simulated, planned_patients, run_trials, sized, summarise
from scleroscope.design.stage import Stage

_HERE = Workers()


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What leaving out these criteria changes: without minus with.

    `n_for_same_power`: patients that the plan without them needs for the power it has with them (normal
    approximation: n grows with the square of SE over effect); None where there is no effect to find. Dose
    finding has no power.
    """

    criteria: tuple[str, ...]
    texts: tuple[str, ...]
    eligible: Estimated
    months: float | None
    power: Estimated | None
    n_for_same_power: float | None


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """The plan as it stands, and the cost of each criterion (and pair), largest gain in people first."""

    plan: Simulated
    costs: tuple[Cost, ...]


def criterion_costs(
    stage: Stage,
    *,
    pairs: bool = False,
    trials: int | None = None,
    workers: Workers = _HERE,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Leave out each criterion (with `pairs`, each two as well) and compare with the plan.

    `progress` is called with (done, total).
    """
    k = len(stage.entry.ids)
    sets: list[tuple[int, ...]] = [(row,) for row in range(k)]
    if pairs:
        sets += list(combinations(range(k), 2))
    stage = sized(stage, workers=workers)
    everybody = stage.entry.suitable()
    base = run_trials(stage, everybody, trials=trials, workers=workers)
    answer = summarise(stage, everybody, base)
    if progress is not None:
        progress(1, len(sets) + 1)
    costs = []
    for done, without in enumerate(sets, 2):
        costs.append(_cost(stage, without, base, answer, trials, workers))
        if progress is not None:
            progress(done, len(sets) + 1)
    costs.sort(key=lambda cost: -cost.eligible.value)
    return Sensitivity(plan=answer, costs=tuple(costs))


def _cost(
    stage: Stage,
    without: tuple[int, ...],
    base: Trials | None,
    answer: Simulated,
    trials: int | None,
    workers: Workers,
) -> Cost:
    suitable = stage.entry.suitable(without)
    share = float(suitable.mean())
    gained = share - answer.eligible.value
    plan = stage.plan
    months = None
    if plan.sites is not None and answer.recruitment is not None:
        months = forecast(plan.sites, planned_patients(stage, share), share, seed=plan.seed).mean
        months -= answer.recruitment.mean
    power = n = None
    if base is not None:
        other = run_trials(stage, suitable, trials=trials, workers=workers)
        if other is not None:
            difference = other.rejects.astype(float) - base.rejects
            power = Estimated(
                value=float(difference.mean()), error=float(difference.std() / np.sqrt(difference.size))
            )
            n = _same_power(answer.expected_n, other, base)
    return Cost(
        criteria=tuple(stage.entry.ids[row] for row in without),
        texts=tuple(stage.entry.texts[row] for row in without),
        eligible=Estimated(value=gained, error=float(np.sqrt(gained * (1 - gained) / suitable.size))),
        months=months,
        power=power,
        n_for_same_power=n,
    )


def _same_power(n: float, other: Trials, base: Trials) -> float | None:
    """n times (SE/effect)² of one set of trials over the other's; None where the effect is lost in noise."""
    ratios = []
    for each in (other, base):
        seen = np.isfinite(each.estimate) & np.isfinite(each.se)
        effect = float(each.estimate[seen].mean())
        noise = float(each.estimate[seen].std() / np.sqrt(seen.sum()))
        if abs(effect) < 4 * noise:
            return None
        ratios.append(float(each.se[seen].mean()) / effect)
    return n * float((ratios[0] / ratios[1]) ** 2)
