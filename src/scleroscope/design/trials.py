"""Whole trials on the virtual population: people come to the door, the criteria decide who enters, an arm is
drawn, the outcome seen, the analysis made.

Who comes to the door of trial t, and in which order, depends on (seed, t) alone. Change the criteria or the
effect and the same people come again: differences between designs are free of most of the noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled, inlined
from scleroscope.design.random import pair

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DOOR = 101  # what the numbers are for: who comes
_ARM = 102  # which arm


@inlined
def _enrol(seed: int, trial: int, suitable: Any, entrants: Any) -> int:
    """Fill `entrants` with places of suitable people in the order of their coming; returns how many came."""
    size = suitable.size
    found = 0
    came = 0
    block = 0
    while found < entrants.size:
        one, two = pair(seed, trial, _DOOR, block)
        block += 1
        for u in (one, two):
            person = int(u * size)
            came += 1
            if suitable[person] and found < entrants.size:
                entrants[found] = person
                found += 1
    return came


@inlined
def _arms(seed: int, trial: int, treated: int, control: int, arm: Any) -> None:
    """Ones for treated, zeros for control in permuted blocks of twice the ratio: a look at the first patients
    sees the same arms as the final analysis, and the arms are never far from their ratio."""
    size = 2 * (treated + control)
    left = 0
    waiting = 0
    for index in range(arm.size):
        place = index % size
        if place == 0:
            left = 2 * treated
            waiting = size
        one, _ = pair(seed, trial, _ARM, index)
        arm[index] = 1.0 if one * waiting < left else 0.0
        left -= int(arm[index])
        waiting -= 1


@inlined
def _weighted_difference(y: Any, arm: Any, x: Any, w: Any) -> Any:
    """(estimate, se, df) of the arm's coefficient in weighted least squares of y on arm and x.

    With all weights 1 this is `ancova_sums`. Weights are inverse variances up to a factor; NaN outcomes are
    left out; NaN where a fit is impossible.
    """
    count = 0.0
    w0 = w1 = x0 = x1 = y0 = y1 = 0.0
    for i in range(y.size):
        if y[i] == y[i]:
            count += 1.0
            if arm[i] > 0:
                w1 += w[i]
                x1 += w[i] * x[i]
                y1 += w[i] * y[i]
            else:
                w0 += w[i]
                x0 += w[i] * x[i]
                y0 += w[i] * y[i]
    df = count - 3.0
    if df < 1.0 or w0 <= 0.0 or w1 <= 0.0:
        return math.nan, math.nan, math.nan
    x0 /= w0
    y0 /= w0
    x1 /= w1
    y1 /= w1
    xx = xy = yy = 0.0
    for i in range(y.size):
        if y[i] == y[i]:
            dx = x[i] - (x1 if arm[i] > 0 else x0)
            dy = y[i] - (y1 if arm[i] > 0 else y0)
            xx += w[i] * dx * dx
            xy += w[i] * dx * dy
            yy += w[i] * dy * dy
    if xx <= 0.0:
        return math.nan, math.nan, math.nan
    slope = xy / xx
    gap = x1 - x0
    rest = max(yy - slope * xy, 0.0) / df
    return y1 - y0 - slope * gap, math.sqrt(rest * (1.0 / w1 + 1.0 / w0 + gap * gap / xx)), df


# Columns of the table that `change_trials` draws people from.
BASELINE, UNTREATED, TREATED, WEIGHT_UNTREATED, WEIGHT_TREATED = range(5)


@compiled
def change_trials(
    seed: int, first: int, count: int, suitable: Flags, people: Floats, n: int, ratio: tuple[int, int]
) -> Floats:
    """Trials first … first+count−1 with a continuous endpoint, analysed by (weighted) ANCOVA → (count, 4).

    `suitable` has one entry a person of the population, `people` one row: covariate at baseline, outcome
    untreated, outcome treated (NaN is missing), and the weight of each outcome (1 for plain ANCOVA). One row
    a person keeps what a draw needs in one place of memory. Columns of the answer: estimate, SE, df, people
    who came per patient who entered.
    """
    answers = np.empty((count, 4))
    entrants = np.empty(n, np.int64)
    arm = np.empty(n)
    x = np.empty(n)
    y = np.empty(n)
    w = np.empty(n)
    for row in range(count):
        came = _enrol(seed, first + row, suitable, entrants)
        _arms(seed, first + row, ratio[0], ratio[1], arm)
        for i in range(n):
            person = entrants[i]
            treated = int(arm[i])
            x[i] = people[person, BASELINE]
            y[i] = people[person, UNTREATED + treated]
            w[i] = people[person, WEIGHT_UNTREATED + treated]
        answers[row, 0], answers[row, 1], answers[row, 2] = _weighted_difference(y, arm, x, w)
        answers[row, 3] = came / n
    return answers


@compiled
def responder_trials(
    seed: int,
    first: int,
    count: int,
    suitable: Flags,
    untreated: Floats,
    treated_outcome: Floats,
    n: int,
    ratio: tuple[int, int],
) -> Floats:
    """Trials with a yes/no endpoint: `untreated` and `treated_outcome` are 0, 1 or NaN for each person.

    → (count, 4): difference of proportions, its pooled SE, infinite df, people who came per entrant. The
    ratio of the first two is the score test.
    """
    answers = np.empty((count, 4))
    entrants = np.empty(n, np.int64)
    arm = np.empty(n)
    for row in range(count):
        came = _enrol(seed, first + row, suitable, entrants)
        _arms(seed, first + row, ratio[0], ratio[1], arm)
        n1 = n0 = r1 = r0 = 0.0
        for i in range(n):
            person = entrants[i]
            y = treated_outcome[person] if arm[i] > 0 else untreated[person]
            if y == y:
                if arm[i] > 0:
                    n1 += 1.0
                    r1 += y
                else:
                    n0 += 1.0
                    r0 += y
        if n1 > 0 and n0 > 0:
            pooled = (r1 + r0) / (n1 + n0)
            answers[row, 0] = r1 / n1 - r0 / n0
            answers[row, 1] = math.sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0))
        else:
            answers[row, 0] = answers[row, 1] = math.nan
        answers[row, 2] = math.inf
        answers[row, 3] = came / n
    return answers


def in_blocks(trials: int, block: int, run: Callable[[int, int], Floats], workers: int = 2) -> Floats:
    """Run trials 0 … trials−1 in blocks on threads (the kernels hold no lock) and join them in order."""
    from concurrent.futures import ThreadPoolExecutor

    starts = range(0, trials, block)
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(lambda start: run(start, min(block, trials - start)), starts)
        return np.concatenate(list(parts))
