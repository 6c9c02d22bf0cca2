"""Truth with three values: yes, no, unknown (Kleene's strong logic).

Unknown is never no. To make that hard to forget, a `Truth` has no boolean value:
`if truth:` raises. Ask `truth is Truth.YES` instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """One of yes, no, unknown."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # there is one of each: a name need not be hashed again and again

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth has three values; compare it with Truth.YES, Truth.NO or Truth.UNKNOWN")

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.NO if self is Truth.YES else Truth.YES

    def __and__(self, other: Truth) -> Truth:
        return every((self, other))

    def __or__(self, other: Truth) -> Truth:
        return some((self, other))


def truth(value: bool | None) -> Truth:
    """A Python boolean, or None for unknown, as a Truth.

    >>> truth(None)
    <Truth.UNKNOWN: 'unknown'>
    """
    if value is None:
        return Truth.UNKNOWN
    return Truth.YES if value else Truth.NO


def every(parts: Iterable[Truth]) -> Truth:
    """Kleene's *and*: no if any part is no, else unknown if any is unknown, else yes."""
    answer = Truth.YES
    for part in parts:
        if part is Truth.NO:
            return Truth.NO
        if part is Truth.UNKNOWN:
            answer = Truth.UNKNOWN
    return answer


def some(parts: Iterable[Truth]) -> Truth:
    """Kleene's *or*: yes if any part is yes, else unknown if any is unknown, else no."""
    answer = Truth.NO
    for part in parts:
        if part is Truth.YES:
            return Truth.YES
        if part is Truth.UNKNOWN:
            answer = Truth.UNKNOWN
    return answer


def at_least(count: int, parts: Iterable[Truth]) -> Truth:
    """Yes when `count` parts are yes; no when even all unknown ones could not reach `count`."""
    yes = unknown = 0
    for part in parts:
        yes += part is Truth.YES
        unknown += part is Truth.UNKNOWN
    if yes >= count:
        return Truth.YES
    return Truth.UNKNOWN if yes + unknown >= count else Truth.NO
