"""Bit planes: the yes/no/unknown answers of many patients, 64 a machine word.

Patient i is bit i mod 64 of word i div 64. Bits behind the last patient are 0 in every plane made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WORD = 64
Plane = NDArray[np.uint64]


class Planes(NamedTuple):
    """Who is surely in, and who is surely out; nobody is in both, and who is in neither is unknown."""

    yes: Plane
    no: Plane


def words(patients: int) -> int:
    """How many words a plane of so many patients has."""
    return -(-patients // WORD)


def whole(patients: int) -> Plane:
    """The plane of all patients."""
    return packed(np.ones(patients, dtype=np.bool_))


def packed(flags: NDArray[np.bool_]) -> Plane:
    """One flag a patient as a plane.

    >>> packed(np.array([True, False, True]))
    array([5], dtype=uint64)
    """
    octets = np.zeros(words(len(flags)) * 8, dtype=np.uint8)
    octets[: -(-len(flags) // 8)] = np.packbits(flags, bitorder="little")
    return octets.view("<u8")


def unpacked(plane: Plane, patients: int) -> NDArray[np.bool_]:
    """A plane as one flag a patient; of several planes (rows) as many rows.

    >>> unpacked(np.array([5], dtype=np.uint64), 3).tolist()
    [True, False, True]
    """
    octets = np.ascontiguousarray(plane).view(np.uint8)
    flags: NDArray[np.bool_] = np.unpackbits(octets, axis=-1, count=patients, bitorder="little").view(
        np.bool_
    )
    return flags


def every(parts: Sequence[Planes], everybody: Plane) -> Planes:
    """Kleene's *and* of many: of no parts, yes for everybody."""
    yes = reduce(and_, (part.yes for part in parts), everybody)
    return Planes(yes, reduce(or_, (part.no for part in parts), everybody ^ everybody))


def some(parts: Sequence[Planes], everybody: Plane) -> Planes:
    """Kleene's *or* of many: of no parts, no for everybody."""
    return opposite(every([opposite(part) for part in parts], everybody))


def opposite(part: Planes) -> Planes:
    """Kleene's *not*."""
    return Planes(part.no, part.yes)


def at_least(count: int, parts: Sequence[Planes], everybody: Plane) -> Planes:
    """Yes where `count` parts are yes; no where even all unknown ones could not reach `count`."""
    return Planes(
        _so_many([part.yes for part in parts], count, everybody),
        _so_many([part.no for part in parts], len(parts) - count + 1, everybody),
    )


def _so_many(planes: Sequence[Plane], count: int, everybody: Plane) -> Plane:
    """Where at least `count` of the planes have a bit."""
    if count <= 0:
        return everybody
    reached = [everybody ^ everybody] * count  # of place k: at least k + 1 planes so far
    for plane in planes:
        for place in reversed(range(1, count)):
            reached[place] = reached[place] | reached[place - 1] & plane
        reached[0] = reached[0] | plane
    return reached[-1]
