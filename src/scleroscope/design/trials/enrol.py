"""Who enters a trial, and in which arm."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import inlined
from scleroscope.design.random import pair

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sizes = NDArray[np.int64]
Levels = NDArray[np.int64]

DOOR = 101  # what the random numbers are for: who comes
ARM = 102  # which arm


@inlined
def enrol(seed: int, trial: int, suitable: Any, entrants: Any) -> int:
    """Fill `entrants` with places of suitable people in the order of their coming; returns how many came."""
    size = suitable.size
    found = 0
    came = 0
    block = 0
    while found < entrants.size:
        one, two = pair(seed, trial, DOOR, block)
        block += 1
        for u in (one, two):
            person = int(u * size)
            came += 1
            if suitable[person] and found < entrants.size:
                entrants[found] = person
                found += 1
    return came


@inlined
def draw_arms(
    seed: int, trial: int, ratio: Any, stratum: Any, entrants: Any, left: Any, waiting: Any, arm: Any
) -> None:
    """Ones for treated, zeros for control in permuted blocks of twice the ratio within each stratum: a look
    at the first patients sees the same arms as the final analysis, and the arms are never far from their
    ratio. `left` and `waiting` are working space, one entry a stratum."""
    left[:] = 0
    waiting[:] = 0
    for index in range(arm.size):
        level = stratum[entrants[index]]
        if waiting[level] == 0:
            left[level] = 2 * ratio[0]
            waiting[level] = 2 * (ratio[0] + ratio[1])
        one, _ = pair(seed, trial, ARM, index)
        arm[index] = 1.0 if one * waiting[level] < left[level] else 0.0
        left[level] -= int(arm[index])
        waiting[level] -= 1
