"""Trials whose missing visits are filled in many times under an assumption, then compared by ANCOVA.

The compiled form of `analyses.imputation.impute`, which says what is done and where it comes from.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.ancova import ancova_sums
from scleroscope.design.analyses.matrix import factor
from scleroscope.design.compiled import compiled
from scleroscope.design.random import normal, pair
from scleroscope.design.trials.enrol import Door, Floats, Sizes, admit, room_for

AT_RANDOM, JUMP_TO_REFERENCE, COPY_REFERENCE, COPY_INCREMENTS = range(4)
_DRAW = 103  # what the random numbers are for


@compiled
def _learn(y: Any, start: Any, arm: Any, group: int, visit: int, low: Any, beta: Any) -> Any:
    """Regress a visit on 1, baseline and the visits before it in one arm: (residual sum of squares, spare).

    Writes the Cholesky factor of X'X into `low` and the coefficients into `beta`; NaN where there is no fit.
    """
    width = visit + 2
    square, cross = np.zeros((width, width)), np.zeros(width)
    x = np.empty(width)
    count = 0
    total = 0.0
    for i in range(arm.size):
        if arm[i] == group and y[i, visit] == y[i, visit]:
            x[0], x[1] = 1.0, start[i]
            for k in range(visit):
                x[2 + k] = y[i, k]
            for a in range(width):
                cross[a] += x[a] * y[i, visit]
                for b in range(a + 1):
                    square[a, b] += x[a] * x[b]
            total += y[i, visit] * y[i, visit]
            count += 1
    for a in range(width):
        for b in range(a):
            square[b, a] = square[a, b]
    if count - width < 2 or not factor(square, low):
        return math.nan, 0
    for a in range(width):  # solve L L' beta = cross
        beta[a] = cross[a]
        for b in range(a):
            beta[a] -= low[a, b] * beta[b]
        beta[a] /= low[a, a]
    for a in range(width):
        total -= beta[a] * beta[a]
    _back(low, beta, width)
    return max(total, 0.0), count - width


@compiled
def _back(low: Any, x: Any, width: int) -> None:
    """Solve L' x = x in place."""
    for a in range(width - 1, -1, -1):
        for b in range(a + 1, width):
            x[a] -= low[b, a] * x[b]
        x[a] /= low[a, a]


@compiled
def _chi_square(seed: int, trial: int, df: int, place: int) -> Any:
    """A χ² number with `df` degrees of freedom, from uniforms from `place` on; (number, next place)."""
    total = 0.0
    for _ in range(df // 2):
        total -= 2.0 * math.log(pair(seed, trial, _DRAW, place)[0])
        place += 1
    if df % 2:
        z = normal(pair(seed, trial, _DRAW, place)[0])
        total += z * z
        place += 1
    return total, place


@compiled
def _draw_model(
    seed: int, trial: int, place: int, rest: Any, spare: Any, low: Any, beta: Any, drawn: Any, sd: Any
) -> int:
    """One draw of an arm's model from its posterior (flat prior), by numbers from `place` on; the next."""
    for visit in range(rest.size):
        chi, place = _chi_square(seed, trial, spare[visit], place)
        sd[visit] = math.sqrt(rest[visit] / chi)
        width = visit + 2
        for a in range(width):
            drawn[visit, a] = normal(pair(seed, trial, _DRAW, place)[0])
            place += 1
        _back(low[visit], drawn[visit], width)
        for a in range(width):
            drawn[visit, a] = beta[visit, a] + sd[visit] * drawn[visit, a]
    return place


@compiled
def _means(beta: Any, start: float, mean: Any) -> None:
    """Mean outcome at each visit given baseline."""
    for visit in range(mean.size):
        mean[visit] = beta[visit, 0] + beta[visit, 1] * start
        for k in range(visit):
            mean[visit] += beta[visit, 2 + k] * mean[k]


@compiled
def _fill(y: Any, own: Any, reference: Any, gone: int, assumption: int, after: Any, noise: Any) -> None:
    """Complete a patient's visits from `gone` on; `after` is (beta, sd) of the model she then follows."""
    beta, sd = after
    visits = y.size
    centre = np.empty(visits)
    for visit in range(visits):
        centre[visit] = own[visit]
        if assumption == COPY_REFERENCE or (assumption == JUMP_TO_REFERENCE and visit >= gone):
            centre[visit] = reference[visit]
        elif assumption == COPY_INCREMENTS and visit >= gone:
            centre[visit] = reference[visit]
            if gone > 0:
                centre[visit] += own[gone - 1] - reference[gone - 1]
    for visit in range(gone, visits):
        y[visit] = centre[visit] + sd[visit] * noise[visit]
        for k in range(visit):
            y[visit] += beta[visit, 2 + k] * (y[k] - centre[k])


@compiled
def imputed_difference(
    seed: int, trial: int, y: Any, start: Any, arm: Any, assumption: int, imputations: int
) -> Any:
    """(estimate, se, df) of the last visit by Rubin's rules; `y` (n, visits), NaN once a patient left."""
    n, visits = y.shape
    low = np.zeros((2, visits, visits + 2, visits + 2))
    beta = np.zeros((2, visits, visits + 2))
    rest, spare = np.empty((2, visits)), np.empty((2, visits), np.int64)
    for group in range(2):
        for visit in range(visits):
            rest[group, visit], spare[group, visit] = _learn(
                y, start, arm, group, visit, low[group, visit], beta[group, visit]
            )
            if spare[group, visit] == 0:
                return math.nan, math.nan, math.nan
    drawn, sd = np.zeros((2, visits, visits + 2)), np.empty((2, visits))
    own, reference, noise = np.empty(visits), np.empty(visits), np.empty(visits)
    filled = np.empty((n, visits))
    estimates = np.empty(imputations)
    within = 0.0
    df = 0.0
    place = 0
    for turn in range(imputations):
        for group in range(2):
            place = _draw_model(
                seed,
                trial,
                place,
                rest[group],
                spare[group],
                low[group],
                beta[group],
                drawn[group],
                sd[group],
            )
        for i in range(n):
            gone = visits
            for visit in range(visits):
                filled[i, visit] = y[i, visit]
                if gone == visits and y[i, visit] != y[i, visit]:
                    gone = visit
            if gone == visits:
                continue
            group = int(arm[i])
            for visit in range(gone, visits):
                noise[visit] = normal(pair(seed, trial, _DRAW, place)[0])
                place += 1
            _means(drawn[group], start[i], own)
            _means(drawn[0], start[i], reference)
            follows = group if assumption == AT_RANDOM else 0
            _fill(filled[i], own, reference, gone, assumption, (drawn[follows], sd[follows]), noise)
        estimates[turn], error, df = ancova_sums(filled[:, visits - 1], arm, start)
        within += error * error / imputations
    return _rubin(estimates, within, df)


@compiled
def _rubin(estimates: Any, within: float, df: float) -> Any:
    """Rubin's total variance and Barnard and Rubin's degrees of freedom (see `imputation.rubin`)."""
    count = estimates.size
    mean = estimates.mean()
    between = ((estimates - mean) ** 2).sum() / (count - 1)
    extra = (1.0 + 1.0 / count) * between
    total = within + extra
    lost = extra / total
    seen = (df + 1.0) / (df + 3.0) * df * (1.0 - lost)
    joint = seen if lost < 1e-12 else 1.0 / (lost * lost / (count - 1.0) + 1.0 / seen)
    return mean, math.sqrt(total), joint


@compiled
def imputed_trials(
    door: Door,
    first: int,
    sizes: Sizes,
    baseline: Floats,
    untreated: Floats,
    treated: Floats,
    assumption: int,
    imputations: int,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `baseline` (people,), `untreated` and `treated` (people, visits) with NaN from the visit at which a
    patient's own data end.
    """
    answers = np.empty((sizes.size, 4))
    room = room_for(sizes, door.strata)
    most = sizes.max()
    visits = untreated.shape[1]
    start = np.empty(most)
    y = np.empty((most, visits))
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        for i in range(n):
            start[i] = baseline[room.entrants[i]]
            for visit in range(visits):
                side = treated if room.arm[i] > 0.0 else untreated
                y[i, visit] = side[room.entrants[i], visit]
        answers[row, 0], answers[row, 1], answers[row, 2] = imputed_difference(
            door.seed, first + row, y[:n], start[:n], room.arm[:n], assumption, imputations
        )
    return answers
