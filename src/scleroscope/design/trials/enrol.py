"""Who enters a trial, and in which arm."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled, inlined
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


class Door(NamedTuple):
    """Who may come in, and how arms are drawn: seed, treated : control, and for each person of the population
    whether she is suitable and which stratum (of `strata`) she belongs to."""

    seed: int
    ratio: tuple[int, int]
    suitable: Flags
    stratum: Levels
    strata: int


class Room(NamedTuple):
    """Working space for the patients of a trial: their places in the population, strata and arms (1 treated),
    and what `draw_arms` needs, one entry a stratum."""

    entrants: Levels
    layer: Levels
    arm: Floats
    left: Levels
    waiting: Levels


@compiled
def room_for(sizes: Any, strata: int) -> Any:
    """Room for the largest of these trials."""
    most = sizes.max()
    return Room(
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(strata, np.int64),
        np.empty(strata, np.int64),
    )


@compiled
def admit(door: Any, trial: int, n: int, room: Any) -> float:
    """Fill the first n places of the room for one trial; returns people who came per patient who entered."""
    entrants = room.entrants[:n]
    came = enrol(door.seed, trial, door.suitable, entrants)
    draw_arms(door.seed, trial, door.ratio, door.stratum, entrants, room.left, room.waiting, room.arm[:n])
    for i in range(n):
        room.layer[i] = door.stratum[entrants[i]]
    return came / n
