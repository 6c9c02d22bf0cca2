"""Trials with a yes or no for each patient: score test, Fisher's exact test, Cochran–Mantel–Haenszel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.proportions import cmh_sums, fisher_p
from scleroscope.design.compiled import compiled
from scleroscope.design.random import normal
from scleroscope.design.trials.enrol import Door, Flags, Floats, Sizes, admit, enrol, room_for

SCORE, FISHER, CMH = range(3)


@compiled
def compare_responders(tables: Any, method: int) -> Any:
    """(estimate, se) from tables (strata, arm: treated then control, response: yes then no).

    Score: difference of shares over its pooled error. Fisher: the same difference, with the error that gives
    back the exact p. CMH: Peto's log odds ratio, (O − E) / V with error 1/√V.
    """
    if method == CMH:
        gap, variance = cmh_sums(tables)
        if not variance > 0.0:
            return math.nan, math.nan
        return gap / variance, 1.0 / math.sqrt(variance)
    a = b = c = d = 0.0
    for level in range(tables.shape[0]):
        a += tables[level, 0, 0]
        b += tables[level, 0, 1]
        c += tables[level, 1, 0]
        d += tables[level, 1, 1]
    if a + b == 0.0 or c + d == 0.0:
        return math.nan, math.nan
    gap = a / (a + b) - c / (c + d)
    if method == FISHER:
        p = fisher_p(int(a), int(b), int(c), int(d))
        z = -normal(max(p, 1e-300) / 2.0)
        return gap, abs(gap) / z if z > 1e-9 else math.inf
    pooled = (a + c) / (a + b + c + d)
    return gap, math.sqrt(pooled * (1.0 - pooled) * (1.0 / (a + b) + 1.0 / (c + d)))


@compiled
def responder_trials(
    door: Door,
    first: int,
    sizes: Sizes,
    both: Floats,
    method: int,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `both` (people, 2) is the response untreated and treated: 0, 1 or NaN (missing).
    """
    answers = np.empty((sizes.size, 4))
    room = room_for(sizes, door.strata)
    tables = np.empty((door.strata, 2, 2))
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        tables[:, :, :] = 0.0
        for i in range(n):
            person = room.entrants[i]
            y = both[person, int(room.arm[i])]
            if y == y:
                tables[room.layer[i], 1 - int(room.arm[i]), 1 - int(y)] += 1.0
        answers[row, 0], answers[row, 1] = compare_responders(tables, method)
        answers[row, 2] = math.inf
    return answers


@compiled
def simon_trials(
    seed: int, first: int, count: int, suitable: Flags, response: Floats, r1: int, n1: int, r: int, n: int
) -> Floats:
    """One-arm trials in two stages → (count, 4): worthy (0/1), patients, responses, came per entrant.

    `response` (people,) is 0, 1 or NaN; a missing response counts as none.
    """
    answers = np.empty((count, 4))
    entrants = np.empty(n, np.int64)
    for row in range(count):
        came = enrol(seed, first + row, suitable, entrants)
        responses = 0
        treated = n
        for i in range(n):
            if i == n1 and responses <= r1:
                treated = n1
                break
            responses += response[entrants[i]] == 1.0
        answers[row, 0] = treated == n and responses > r
        answers[row, 1] = treated
        answers[row, 2] = responses
        answers[row, 3] = came / n
    return answers
