"""Trials in which each treated patient is compared with each control, by a hierarchy of endpoints."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.analyses.wins import pair_scores, win_sums
from scleroscope.design.compiled import compiled
from scleroscope.design.trials.enrol import Flags, Floats, Levels, Sizes, draw_arms, enrol

FINKELSTEIN_SCHOENFELD, WIN_RATIO = range(2)


@compiled
def pair_trials(
    seed: int,
    first: int,
    sizes: Sizes,
    ratio: tuple[int, int],
    suitable: Flags,
    stratum: Levels,
    strata: int,
    values: Floats,
    events: Floats,
    kinds: NDArray[np.int64],
    thresholds: Floats,
    method: int,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `values` and `events` (2, endpoints, people), untreated then treated; `kinds` and `thresholds` as in
    `wins`. Estimates: the net benefit with the error of Finkelstein and Schoenfeld's permutation (so that
    their ratio is the test's z), or the log win ratio with its own.
    """
    answers = np.empty((sizes.size, 4))
    most = sizes.max()
    endpoints = kinds.size
    entrants, arm = np.empty(most, np.int64), np.empty(most)
    left, waiting = np.empty(strata, np.int64), np.empty(strata, np.int64)
    for row in range(sizes.size):
        n = sizes[row]
        came = enrol(seed, first + row, suitable, entrants[:n])
        draw_arms(seed, first + row, ratio, stratum, entrants[:n], left, waiting, arm[:n])
        value, event = np.empty((endpoints, n)), np.empty((endpoints, n))
        for i in range(n):
            for endpoint in range(endpoints):
                value[endpoint, i] = values[int(arm[i]), endpoint, entrants[i]]
                event[endpoint, i] = events[int(arm[i]), endpoint, entrants[i]]
        won, lost, scores = np.empty(n), np.empty(n), np.empty(n)
        pair_scores(value, event, arm[:n], kinds, thresholds, won, lost, scores)
        answers[row, 0] = math.nan
        answers[row, 1] = math.nan
        if method == WIN_RATIO:
            win, loss, a, b, c = win_sums(arm[:n], won, lost)
            if win > 0.0 and loss > 0.0:
                answers[row, 0] = math.log(win / loss)
                spread = a / (win * win) + b / (loss * loss) - 2.0 * c / (win * loss)
                answers[row, 1] = math.sqrt(max(spread, 0.0))
        else:
            total = squares = treated = 0.0
            for i in range(n):
                squares += scores[i] * scores[i]
                if arm[i] > 0.0:
                    treated += 1.0
                    total += scores[i]
            pairs = treated * (n - treated)
            if pairs > 0.0:
                answers[row, 0] = total / pairs
                answers[row, 1] = math.sqrt(pairs / (n * (n - 1.0)) * squares) / pairs
        answers[row, 2] = math.inf
        answers[row, 3] = came / n
    return answers
