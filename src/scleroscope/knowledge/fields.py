"""The facts that a patient file may hold: `fields.csv`, one row a fact."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Literal

import msgspec

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.units import convert

FieldType = Literal["bool", "number", "text"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: its id, type, canonical unit and plausible range, and how to speak of it."""

    id: str
    type: FieldType
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    name: str
    plain: str
    question: str
    group: str
    loinc: str = ""
    snomed: str = ""
    source: str


@cache
def fields() -> dict[str, Field]:
    """All fields by id, in file order."""
    return {row["id"]: _field(row) for row in rows("fields")}


def field(identity: str) -> Field:
    """The field of this id; ValueError that names the nearest known ids when there is none."""
    found = fields().get(identity)
    if found is None:
        raise ValueError(f"unknown field {identity!r}{nearest(identity)}")
    return found


def nearest(identity: str, known: tuple[str, ...] = ()) -> str:
    """`"; did you mean mrss?"`, or nothing when no known id is near.

    >>> nearest("mrs")
    '; did you mean mrss?'
    """
    close = get_close_matches(identity.lower(), known or tuple(fields()), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def canonical(identity: str, value: float, unit: str | None = None) -> float:
    """A number of this field in the field's own unit. ValueError when the unit does not fit.

    >>> canonical("hemoglobin_g_dl", 91, "g/L")
    9.1
    """
    known = field(identity)
    return convert(value, unit, known.unit, identity) if unit is not None else float(value)


def _field(row: dict[str, str]) -> Field:
    kind = row["type"]
    if kind not in ("bool", "number", "text"):
        raise ValueError(f"fields.csv, {row['id']}: no such type: {kind!r}")
    return Field(
        id=row["id"],
        type=kind,  # type: ignore[arg-type]
        unit=row["unit"],
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        values=cells(row["values"]),
        name=row["name"],
        plain=row["plain"],
        question=row["question"],
        group=row["group"],
        loinc=row["loinc"],
        snomed=row["snomed"],
        source=row["source"],
    )
