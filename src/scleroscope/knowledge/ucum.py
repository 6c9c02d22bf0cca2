"""UCUM codes as units: https://ucum.org/ucum. A code is told apart by case; `{…}` in it is a comment."""

from __future__ import annotations

import re
from functools import cache

from scleroscope.knowledge.fields import field
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.units import convert

_COMMENT = re.compile(r"\{[^{}]*\}")
_PLAIN = ("", "points")  # units of fields that are mere numbers: a unit need not be given


def in_unit_of(name: str, value: float, unit: str) -> float:
    """A number in a UCUM unit, or in one as people write it, in the field's unit. ValueError otherwise.

    >>> in_unit_of("hemoglobin_g_dl", 91, "g/L")
    9.1
    >>> in_unit_of("platelets_10e9_l", 250, "10*3/uL")
    250.0
    """
    wanted = field(name).unit
    if not unit:
        if wanted in _PLAIN:
            return float(value)
        raise ValueError("no unit")
    for wording in _wordings(unit):
        try:
            return convert(value, wording, wanted, name)
        except ValueError:
            continue
    raise ValueError("the unit does not convert")


@cache
def _wordings(unit: str) -> tuple[str, ...]:
    """The units of `units.csv` that a code may mean, then the code itself as a wording."""
    bare = _COMMENT.sub("", unit) or "1"
    known = _table()
    return (*known.get(unit, ()), *(known.get(bare, ()) if bare != unit else ()), unit)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for row in rows("units"):
        for code in (row["ucum"], *cells(row["ucum_also"])):
            table[code] = (*table.get(code, ()), row["id"])
    return table
