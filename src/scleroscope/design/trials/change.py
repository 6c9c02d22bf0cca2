"""Trials with a number for each patient, compared by (weighted) analysis of covariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.compiled import compiled, inlined
from scleroscope.design.trials.enrol import Door, Floats, Sizes, admit, room_for

# Columns of the table that people are drawn from.
BASELINE, UNTREATED, TREATED, WEIGHT_UNTREATED, WEIGHT_TREATED = range(5)


@inlined
def adjusted_difference(y: Any, arm: Any, x: Any, w: Any, layer: Any, sums: Any) -> Any:
    """(estimate, se, df) of the arm's coefficient in weighted least squares of y on arm, x and the strata.

    `layer` is the stratum of each patient; `sums` (strata, 4) is working space. With all weights 1 and one
    stratum this is `ancova_sums`. Weights are inverse variances up to a factor; NaN outcomes are left out;
    NaN where a fit is impossible. Means within strata are taken out first (Frisch and Waugh 1933,
    https://doi.org/10.2307/1907330), which leaves two regressors.
    """
    sums[:, :] = 0.0
    count = 0.0
    for i in range(y.size):
        if y[i] == y[i]:
            count += 1.0
            sums[layer[i], 0] += w[i]
            sums[layer[i], 1] += w[i] * arm[i]
            sums[layer[i], 2] += w[i] * x[i]
            sums[layer[i], 3] += w[i] * y[i]
    df = count - 2.0
    for level in range(sums.shape[0]):
        if sums[level, 0] > 0.0:
            df -= 1.0
            for column in range(1, 4):
                sums[level, column] /= sums[level, 0]
    aa = ax = ay = xx = xy = yy = 0.0
    for i in range(y.size):
        if y[i] == y[i]:
            da = arm[i] - sums[layer[i], 1]
            dx = x[i] - sums[layer[i], 2]
            dy = y[i] - sums[layer[i], 3]
            aa += w[i] * da * da
            ax += w[i] * da * dx
            ay += w[i] * da * dy
            xx += w[i] * dx * dx
            xy += w[i] * dx * dy
            yy += w[i] * dy * dy
    determinant = aa * xx - ax * ax
    if df < 1.0 or not determinant > 1e-12 * aa * xx:
        return math.nan, math.nan, math.nan
    estimate = (ay * xx - ax * xy) / determinant
    slope = (aa * xy - ax * ay) / determinant
    rest = max(yy - estimate * ay - slope * xy, 0.0) / df
    return estimate, math.sqrt(rest * xx / determinant), df


@compiled
def change_trials(
    door: Door,
    first: int,
    sizes: Sizes,
    people: Floats,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `suitable` and `stratum` have one entry a person of the population, `people` one row: covariate at
    baseline, outcome untreated, outcome treated (NaN is missing), and the weight of each outcome (1 for plain
    ANCOVA). One row a person keeps what a draw needs in one place of memory.
    """
    answers = np.empty((sizes.size, 4))
    room = room_for(sizes, door.strata)
    most = sizes.max()
    x, y, w = np.empty(most), np.empty(most), np.empty(most)
    sums = np.empty((door.strata, 4))
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        for i in range(n):
            person = room.entrants[i]
            treated = int(room.arm[i])
            x[i] = people[person, BASELINE]
            y[i] = people[person, UNTREATED + treated]
            w[i] = people[person, WEIGHT_UNTREATED + treated]
        answers[row, 0], answers[row, 1], answers[row, 2] = adjusted_difference(
            y[:n], room.arm[:n], x[:n], w[:n], room.layer[:n], sums
        )
    return answers
