"""Units: a number in any known unit, in another; doses per day; all of it data in `units.csv`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from scleroscope.knowledge.load import cells, rows

DIGITS = 12  # significant digits kept, so that 80 g/L is 8 g/dL and not 8.000000000000002


class Unit(NamedTuple):
    """One unit: its dimension, and how many of the dimension's first unit it is."""

    id: str
    dimension: str
    factor: float
    ucum: str


class Dose(NamedTuple):
    """An amount of a drug in mg: a day (unless `per_day` is false), for each kg of body (`per_kg`)."""

    mg: float
    per_day: bool
    per_kg: bool


def convert(value: float, unit: str, to: str, field: str | None = None) -> float:
    """`value` in `unit`, given in the unit `to`.

    `field` allows conversions that hold for one measure only (creatinine in µmol/L).
    ValueError when a unit is unknown or the two do not measure the same.

    >>> convert(118, "g/L", "g/dL")
    11.8
    >>> convert(5, "years", "months")
    60.0
    """
    if _key(unit) == _key(to):
        return float(value)
    special = _factors().get((field or "", _key(unit)))
    if special is not None:
        return tidy(value * special[0] + special[1])
    options = [(a, b) for a in _units(unit) for b in _units(to) if a.dimension == b.dimension]
    if not options:
        for name in (unit, to):
            if not _units(name):
                raise ValueError(f"unknown unit {name!r}")
        raise ValueError(f"{unit} cannot be given in {to}")
    one, other = options[0]
    return tidy(value * one.factor / other.factor)


def tidy(value: float) -> float:
    """The number without the last digits that floating point adds.

    >>> tidy(0.1 * 3)
    0.3
    """
    return float(f"{value:.{DIGITS}g}")


def is_unit(text: str) -> bool:
    """Whether the text names a known unit."""
    return bool(_units(text))


def ucum(unit: str) -> str:
    """The UCUM code of a unit; ValueError when the unit is unknown."""
    known = _units(unit)
    if not known:
        raise ValueError(f"unknown unit {unit!r}")
    return known[0].ucum


_DOSE = re.compile(r"\s*([\d.,]+)\s*(.*?)\s*", re.DOTALL)


def dose(text: str) -> Dose | None:
    """A dose as written (`"2 g/day"`, `"15 mg weekly"`, `"500 mg bid"`), in mg and a day.

    None when it is not understood.

    >>> dose("1 g twice daily")
    Dose(mg=2000.0, per_day=True, per_kg=False)
    """
    match = _DOSE.fullmatch(text)
    if match is None:
        return None
    number = match[1].replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", match[1]) else match[1]
    try:
        value = float(number.replace(",", "."))
    except ValueError:
        return None
    return dose_in(value, match[2])


@cache
def dose_in(value: float, unit: str) -> Dose | None:
    """A dose given as number and unit (`mg/day`, `g/week`, `mg/kg/day`, `mg twice daily`).

    >>> dose_in(14, "mg/week")
    Dose(mg=2.0, per_day=True, per_kg=False)
    """
    match = _dose_unit().fullmatch(_key(unit))
    if match is None:
        return None
    mg, rate = value * _masses()[match[1]], match[3]
    return Dose(mg=tidy(mg * _frequencies()[rate] if rate else mg), per_day=bool(rate), per_kg=bool(match[2]))


@cache
def pattern() -> str:
    """A regular expression that matches every known unit and every unit of dose, longest first."""
    mass = _alternatives(name for name, unit in _spelled() if unit == "mass")
    rate = _alternatives(name for name, unit in _spelled() if unit == "frequency")
    dose = rf"{mass}(\s*/\s*kg|\s+per\s+kg)?((\s*/\s*|\s+per\s+|\s+){rate})?"
    plain = _alternatives(name for name, _ in _spelled())
    return rf"({dose}|{plain})(?![\w/])"


def _spelled() -> list[tuple[str, str]]:
    """(wording, dimension) of every unit as it is written in the file."""
    return [
        (name, row["dimension"])
        for row in rows("units")
        for name in (row["id"], *cells(row["aliases"]))
        if name and not name[0].isdigit()
    ]


def _alternatives(names: Iterable[str]) -> str:
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return "(" + "|".join(re.sub(r"\\ |[ux239]", _as_typed, re.escape(name)) for name in ordered) + ")"


def _as_typed(part: re.Match[str]) -> str:
    return {r"\ ": r"\s+", "u": "[uµμ]", "x": "[x×]", "2": "[2²]", "3": "[3³]", "9": "[9⁹]"}[part[0]]


def form_factor(drug: str, name: str) -> float:
    """How much of the drug's usual form one unit of the named form stands for (1 where nothing is known).

    Mycophenolate sodium, say, counts 1.39 times as mycophenolate mofetil.
    """
    text = name.casefold()
    for row in rows("dose_forms"):
        if row["drug"] == drug and row["wording"] in text:
            return float(row["factor"])
    return 1.0


def _key(unit: str) -> str:
    text = unicodedata.normalize("NFKC", unit).replace("μ", "u").replace("µ", "u").replace("×", "x")
    return re.sub(r"\s+", "", text).casefold().replace("^", "")


@cache
def _table() -> dict[str, list[Unit]]:
    table: dict[str, list[Unit]] = {}
    for row in rows("units"):
        unit = Unit(row["id"], row["dimension"], float(row["factor"]), row["ucum"])
        for name in (row["id"], *cells(row["aliases"])):
            table.setdefault(_key(name), []).append(unit)
    return table


def _units(text: str) -> list[Unit]:
    return _table().get(_key(text), [])


def _factors_of(dimension: str) -> dict[str, float]:
    found = ((name, unit) for name, units in _table().items() for unit in units)
    return {name: unit.factor for name, unit in found if unit.dimension == dimension}


@cache
def _masses() -> dict[str, float]:
    """Wording of a mass → milligrams."""
    return {name: factor * 1000 for name, factor in _factors_of("mass").items()}


@cache
def _frequencies() -> dict[str, float]:
    """Wording of a frequency → times a day."""
    return _factors_of("frequency")


@cache
def _dose_unit() -> re.Pattern[str]:
    mass = "|".join(map(re.escape, _masses()))
    rate = "|".join(map(re.escape, _frequencies()))
    return re.compile(rf"({mass})((?:/|per)kg(?:bodyweight)?)?(?:(?:/|per)?({rate}))?")


@cache
def _factors() -> dict[tuple[str, str], tuple[float, float]]:
    return {
        (row["field"], _key(row["unit"])): (float(row["factor"]), float(row["offset"]))
        for row in rows("unit_factors")
    }
