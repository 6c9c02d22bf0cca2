"""The 3 + 3 design: groups of three, up while at most one of six has a toxicity.

The rule as most protocols state it (Storer 1989, https://doi.org/10.2307/2531693): none of three, go up;
one of three, treat three more; two or more at a dose, stop there. The dose selected is the highest with at
most one toxicity among six; three more are treated at it where only three were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled
from scleroscope.design.designs.doses import Characteristics, characteristics, rates
from scleroscope.design.random import pair


@compiled
def _three_more(seed: int, trial: int, dose: int, answer: NDArray[np.int64], rate: float, doses: int) -> None:
    """Treat three at a dose and write patients and toxicities down."""
    before = answer[1 + dose]
    for member in range(3):
        # A patient's number belongs to her place at the dose, so that escalation elsewhere does not move it.
        answer[1 + doses + dose] += pair(seed, trial, 8, 6 * dose + before + member)[0] < rate
    answer[1 + dose] += 3


@compiled
def simulate_three_plus_three(
    seed: int, first: int, count: int, truth: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Trials first … first+count−1 → (count, 1 + 2 doses): dose (−1 none), patients, toxicities by dose."""
    doses = truth.size
    answers = np.zeros((count, 1 + 2 * doses), np.int64)
    for row in range(count):
        answer = answers[row]
        dose = 0
        while dose < doses:
            _three_more(seed, first + row, dose, answer, truth[dose], doses)
            if answer[1 + doses + dose] == 1:
                _three_more(seed, first + row, dose, answer, truth[dose], doses)
            if answer[1 + doses + dose] > 1:
                break
            dose += 1
        dose -= 1
        while dose >= 0 and answer[1 + dose] < 6:
            _three_more(seed, first + row, dose, answer, truth[dose], doses)
            if answer[1 + doses + dose] <= 1:
                break
            dose -= 1
        answer[0] = dose
    return answers


def three_plus_three_characteristics(
    truth: Sequence[float], *, trials: int = 10_000, seed: int = 1
) -> Characteristics:
    """What the design does when the doses have these true toxicity rates.

    >>> three_plus_three_characteristics([0.05, 0.1, 0.4], trials=1000).selected[1] > 0.4
    True
    """
    return characteristics(simulate_three_plus_three(seed, 0, trials, rates(truth, "truth")))
