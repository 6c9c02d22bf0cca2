"""Trials in which each treated patient is compared with each control, by a hierarchy of endpoints."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.analyses.wins import pair_scores, win_sums
from scleroscope.design.compiled import compiled
from scleroscope.design.trials.enrol import Door, Floats, Sizes, admit, room_for

FINKELSTEIN_SCHOENFELD, WIN_RATIO = range(2)


@compiled
def pair_trials(
    door: Door,
    first: int,
    sizes: Sizes,
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
    room = room_for(sizes, door.strata)
    endpoints = kinds.size
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        value, event = np.empty((endpoints, n)), np.empty((endpoints, n))
        for i in range(n):
            for endpoint in range(endpoints):
                value[endpoint, i] = values[int(room.arm[i]), endpoint, room.entrants[i]]
                event[endpoint, i] = events[int(room.arm[i]), endpoint, room.entrants[i]]
        won, lost, scores = np.empty(n), np.empty(n), np.empty(n)
        pair_scores(value, event, room.arm[:n], kinds, thresholds, won, lost, scores)
        answers[row, 0] = math.nan
        answers[row, 1] = math.nan
        if method == WIN_RATIO:
            win, loss, a, b, c = win_sums(room.arm[:n], won, lost)
            if win > 0.0 and loss > 0.0:
                answers[row, 0] = math.log(win / loss)
                spread = a / (win * win) + b / (loss * loss) - 2.0 * c / (win * loss)
                answers[row, 1] = math.sqrt(max(spread, 0.0))
        else:
            total = squares = treated = 0.0
            for i in range(n):
                squares += scores[i] * scores[i]
                if room.arm[i] > 0.0:
                    treated += 1.0
                    total += scores[i]
            pairs = treated * (n - treated)
            if pairs > 0.0:
                answers[row, 0] = total / pairs
                answers[row, 1] = math.sqrt(pairs / (n * (n - 1.0)) * squares) / pairs
        answers[row, 2] = math.inf
    return answers
