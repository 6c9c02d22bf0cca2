"""Looking into FHIR JSON that may have any shape: what is not there or not as it should be is None."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scleroscope.knowledge.codes import OWN, OWN_URI, Code, system_of
from scleroscope.patients.days import Day, day
from scleroscope.patients.record import Said

Json = dict[str, Any]


def at(value: Any, *path: str | int) -> Any:
    """What lies at the end of a path of keys and positions; None where the path ends before.

    >>> at({"code": {"coding": [{"code": "x"}]}}, "code", "coding", 0, "code")
    'x'
    """
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def words(value: Any, *path: str | int) -> str:
    """The text at the end of a path; empty where there is none."""
    found = at(value, *path)
    return found.strip() if isinstance(found, str) else ""


def items(value: Any, *path: str | int) -> list[Any]:
    """The list at the end of a path; empty where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def number(value: Any, *path: str | int) -> float | None:
    """The number at the end of a path."""
    found = at(value, *path)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def codes(concept: Any) -> Iterator[Code]:
    """The codes of a CodeableConcept in systems that are known here."""
    for coding in items(concept, "coding"):
        uri, code = words(coding, "system"), words(coding, "code")
        system = OWN if uri == OWN_URI else system_of(uri) if uri else None
        if system is not None and code:
            yield Code(system, code)


def told(concept: Any) -> str:
    """The words of a CodeableConcept: its text, or the first display."""
    displays = (words(coding, "display") for coding in items(concept, "coding"))
    return words(concept, "text") or next((display for display in displays if display), "")


def said(resource: Json, place: str, concept: Any = None) -> Said:
    """Where a resource stands and what it is about."""
    first = at(concept, "coding", 0)
    code = " ".join(part for part in (words(first, "system"), words(first, "code")) if part)
    return Said(place, words(resource, "resourceType"), code, told(concept))


def is_code(concept: Any, *wanted: str) -> bool:
    """Whether some code of the concept is one of these, in whatever system."""
    return any(words(coding, "code") in wanted for coding in items(concept, "coding"))


class NoSuchDay(ValueError):  # noqa: N818  (said as it is)
    """A date that no calendar has."""


def day_at(value: Any, *path: str | int) -> Day | None:
    """The day at the end of a path; None where none is given. NoSuchDay where it cannot be."""
    written = words(value, *path)
    if not written:
        return None
    found = day(written)
    if found is None:
        raise NoSuchDay
    return found


def first_day(value: Any, *names: str) -> Day | None:
    """The first day that is given under these names: `effectiveDateTime`, `effectivePeriod.end`, …"""
    for name in names:
        found = day_at(value, *name.split("."))
        if found is not None:
            return found
    return None
