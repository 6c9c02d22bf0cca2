"""Platform trials: several treatments and one control, each patient drawn from those arms that are open."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled
from scleroscope.design.random import pair
from scleroscope.design.trials.change import BASELINE, TREATED, UNTREATED, adjusted_difference
from scleroscope.design.trials.enrol import Flags, Floats, enrol
from scleroscope.design.trials.response import SCORE, compare_responders

_ARM = 104  # what the random numbers are for: which arm


@compiled
def _shuffled(seed: int, trial: int, counts: Any, arm: Any, period: Any) -> None:
    """Arms in random order within each period: row p of `counts` holds the patients of each arm, the control
    last (written as −1)."""
    place = 0
    for row in range(counts.shape[0]):
        begin = place
        for column in range(counts.shape[1]):
            for _ in range(counts[row, column]):
                arm[place] = column if column < counts.shape[1] - 1 else -1
                period[place] = row
                place += 1
        for i in range(place - 1, begin, -1):  # Fisher and Yates's shuffle
            j = begin + int(pair(seed, trial, _ARM, i)[0] * (i - begin + 1))
            arm[i], arm[j] = arm[j], arm[i]


@compiled
def platform_trials(
    seed: int,
    first: int,
    count: int,
    suitable: Flags,
    people: Floats,
    counts: NDArray[np.int64],
    concurrent: bool,
    responder: bool,
) -> Floats:
    """Trials first … first+count−1 → (count, 3 · treatments + 1).

    Columns: estimate, SE, df of each treatment against the control; people who came per patient. `people`
    (treatments, people, 5) holds the table of `change_trials` for each treatment; `counts` (periods,
    treatments + 1) who enters when. A treatment's controls are those of the periods in which it recruited (or
    all, where not `concurrent`); ANCOVA takes the periods as strata.
    """
    arms = people.shape[0]
    n = counts.sum()
    answers = np.empty((count, 3 * arms + 1))
    entrants = np.empty(n, np.int64)
    arm, period = np.empty(n, np.int64), np.empty(n, np.int64)
    y, x, w, side, layer = np.empty(n), np.empty(n), np.ones(n), np.empty(n), np.empty(n, np.int64)
    sums, tables = np.empty((counts.shape[0], 4)), np.empty((1, 2, 2))
    for row in range(count):
        came = enrol(seed, first + row, suitable, entrants)
        _shuffled(seed, first + row, counts, arm, period)
        for k in range(arms):
            size = 0
            tables[:, :, :] = 0.0
            for i in range(n):
                if arm[i] != k and not (arm[i] == -1 and (not concurrent or counts[period[i], k] > 0)):
                    continue
                treated = int(arm[i] == k)
                y[size] = people[k, entrants[i], UNTREATED + treated * (TREATED - UNTREATED)]
                x[size] = people[k, entrants[i], BASELINE]
                side[size] = treated
                layer[size] = period[i] if concurrent else 0
                if responder and y[size] == y[size]:
                    tables[0, 1 - treated, 1 - int(y[size])] += 1.0
                size += 1
            if responder:
                answers[row, 3 * k], answers[row, 3 * k + 1] = compare_responders(tables, SCORE)
                answers[row, 3 * k + 2] = math.inf
            else:
                answers[row, 3 * k], answers[row, 3 * k + 1], answers[row, 3 * k + 2] = adjusted_difference(
                    y[:size], side[:size], x[:size], w[:size], layer[:size], sums
                )
        answers[row, 3 * arms] = came / n
    return answers
