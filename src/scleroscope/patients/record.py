"""What a medical record says of one person, whatever its format: statements, each with its place.

FHIR and OMOP are read into these; `patients.understood` makes a patient of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from scleroscope.model.patient import Value
from scleroscope.patients.days import Day


class Said(msgspec.Struct, frozen=True):
    """Where a statement stands: the resource or row, its code and the words beside the code."""

    place: str
    kind: str
    code: str = ""
    words: str = ""


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A measured number in its field's unit; None, with the reason, where it cannot be used."""

    said: Said
    field: str
    value: float | None
    on: Day | None
    reason: str = ""
    breaks: bool = False  # whether it breaks the contract: implausible, no such day


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a field that is said outright: by a diagnosis, a procedure or the answer of a test.

    `tested`: a later test replaces an earlier one; a diagnosis stands beside other diagnoses. What holds for
    `ever` is not replaced by what is said later.
    """

    said: Said
    field: str
    value: Value
    on: Day | None
    tested: bool = False
    ever: bool = False
    holds_weeks: float | None = None  # how long it speaks of now; None: until something later is said


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """A day from which a field counts its weeks, months or years.

    Of several days the `earliest` counts (a disease began), or the latest (an event was last). It counts only
    where the field `later_than` began earlier.
    """

    said: Said
    field: str
    on: Day
    earliest: bool = False
    later_than: str = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A drug or procedure that was given. What is None is not said.

    `taking`: now; `began` and `ended` are the days of this course as the record states them; `given` the
    day of which the record speaks (of an order, an administration).
    """

    said: Said
    treatment: str
    taking: bool | None
    began: Day | None = None
    ended: Day | None = None
    given: Day | None = None
    dose: str | None = None
    route: str | None = None


Statement = Number | Fact | Since | Taken


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """What was found and could not be mapped, with the reason; `count` like ones are one entry.

    `part` is empty when the whole statement is left aside, else what of it is (its onset, its dose).
    `place` is where the first one stands.
    """

    kind: str
    code: str
    words: str
    reason: str
    place: str
    count: int = 1
    part: str = ""
    breaks: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the patient with where it comes from and of which day it is (None: not told)."""

    field: str
    value: Value
    on: str | None
    kind: str
    code: str
    words: str
    place: str


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One person as read: the patient file, what each fact rests on, and the books.

    `patient` has the keys of the patient contract; times in it run to `as_of`. Of the `found` statements,
    `mapped` are understood and the others are in `not_mapped`: found = mapped + the counts there of whole
    statements. `died` is the day of death, or true where only the death is told.
    """

    patient: dict[str, Any]
    as_of: date
    known: tuple[Known, ...]
    not_mapped: tuple[Aside, ...]
    found: int
    mapped: int
    died: str | bool | None = None


class Person(msgspec.Struct):
    """The statements on one person while a record is read."""

    id: str
    statements: list[Statement] = []
    asides: list[Aside] = []
    found: int = 0
    born: Day | None = None
    died: str | bool | None = None
    said: Said = Said("", "")  # where the record speaks of the person as such

    def leave(self, said: Said, reason: str, *, part: str = "", breaks: bool = False) -> None:
        """Keep a statement, or a part of one, aside."""
        self.asides.append(
            Aside(
                kind=said.kind,
                code=said.code,
                words=said.words,
                place=said.place,
                reason=reason,
                part=part,
                breaks=breaks,
            )
        )


def alike(asides: Iterable[Aside]) -> tuple[Aside, ...]:
    """One entry for what is alike but for its place, the commonest first."""
    found: dict[tuple[object, ...], Aside] = {}
    for each in asides:
        key = (each.kind, each.code, each.words, each.reason, each.part, each.breaks)
        first = found.get(key)
        found[key] = each if first is None else msgspec.structs.replace(first, count=first.count + each.count)
    return tuple(sorted(found.values(), key=lambda each: -each.count))
