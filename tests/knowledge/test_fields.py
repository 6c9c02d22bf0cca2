"""The patient contract, its units and implications are sound data."""

from __future__ import annotations

import itertools

import pytest

from scleroscope.knowledge.fields import Field, field, fields
from scleroscope.knowledge.implications import NONE, implications
from scleroscope.knowledge.load import rows
from scleroscope.knowledge.units import convert, dose, is_unit, ucum


def test_ids_are_unique() -> None:
    for name in ("fields", "implications", "text_values", "routes", "units"):
        ids = [row["id"] for row in rows(name)]
        assert len(ids) == len(set(ids)), name


@pytest.mark.parametrize("known", fields().values(), ids=lambda known: known.id)
def test_a_field_is_complete(known: Field) -> None:
    assert known.name
    assert known.plain
    assert known.question.endswith("?")
    assert known.source
    assert is_unit(known.unit)
    if known.type == "number":
        assert known.low is not None
        assert known.high is not None
        assert known.low < known.high
    if known.type == "bool":
        assert known.plain.split()[0] in ("have", "are", "meet", "use", "smoke"), known.plain


def test_every_unit_has_a_ucum_code() -> None:
    assert all(ucum(row["id"]) for row in rows("units"))


def test_every_implication_speaks_of_known_fields_and_values() -> None:
    for row in implications():
        field(row.field)
        known = field(row.then)
        if known.type == "text":
            assert row.then_value in (*known.values, NONE)


def test_an_implication_of_two_facts_also_runs_backwards() -> None:
    """If A then B, and each has two values, then not B gives not A: both rows stand in the file."""
    facts = {(row.field, row.values, row.then, row.then_value) for row in implications()}
    for row in implications():
        if row.relation == "=" and isinstance(row.values[0], bool) and isinstance(row.then_value, bool):
            assert (row.then, (not row.then_value,), row.field, not row.values[0]) in facts or _chained(
                row.then, not row.then_value, row.field, not row.values[0]
            ), row.id


def _chained(premise: str, value: bool, conclusion: str, then: bool) -> bool:
    from scleroscope.knowledge.implications import close

    return close({premise: value}).get(conclusion) == then


def test_no_two_facts_imply_opposites() -> None:
    from scleroscope.knowledge.implications import close

    for known, value in itertools.product(
        (one for one in fields().values() if one.type == "bool"), (True, False)
    ):
        closed = close({known.id: value})
        for row in implications():
            if row.holds(closed):
                assert closed[row.then] == row.then_value, (known.id, row.id)


@pytest.mark.parametrize(
    ("value", "unit", "to", "field_id", "expected"),
    [
        (9.1, "g/dL", "g/L", None, 91),
        (80, "g/l", "g/dL", None, 8),
        (1, "year", "months", None, 12),
        (2, "wk", "days", None, 14),
        (1500, "/mm³", "10^9/L", None, 1.5),
        (1.5, "×10⁹/L", "10^9/L", None, 1.5),
        (100, "K/uL", "10^9/L", None, 100),
        (240, "dyn·s·cm-5", "Wood units", None, 3),
        (88.4, "µmol/L", "mg/dL", "creatinine_mg_dl", 1),
        (53, "mmol/mol", "%", "hba1c_percent", 7.0),
        (2.1, "L", "mL", None, 2100),
        (70, "%", "", "fev1_fvc_ratio", 0.7),
        (154, "lb", "kg", None, 69.85),
    ],
)
def test_a_unit_is_converted(value: float, unit: str, to: str, field_id: str | None, expected: float) -> None:
    assert convert(value, unit, to, field_id) == pytest.approx(expected, rel=1e-3)


def test_units_of_different_things_do_not_mix() -> None:
    with pytest.raises(ValueError, match="mg cannot be given in days"):
        convert(1, "mg", "days")
    with pytest.raises(ValueError, match="unknown unit 'furlong'"):
        convert(1, "furlong", "m")


@pytest.mark.parametrize(
    ("text", "mg", "per_day", "per_kg"),
    [
        ("2 g/day", 2000, True, False),
        ("15 mg/week", 15 / 7, True, False),
        ("500 mg bid", 1000, True, False),
        ("1 g twice daily", 2000, True, False),
        ("400 mcg/day", 0.4, True, False),
        ("2 mg/kg/day", 2, True, True),
        ("8 mg/kg", 8, False, True),
        ("1,000 mg daily", 1000, True, False),
        ("7,5 mg/d", 7.5, True, False),
        ("1000mg", 1000, False, False),
        ("1000 mg every 2 weeks", 1000 / 14, True, False),
    ],
)
def test_a_dose_is_read(text: str, mg: float, per_day: bool, per_kg: bool) -> None:
    read = dose(text)
    assert read is not None
    assert (read.mg, read.per_day, read.per_kg) == (pytest.approx(mg), per_day, per_kg)


@pytest.mark.parametrize("text", ["", "some", "2 tablets", "mg/day", "1.2.3 mg", "5 mg per blue moon"])
def test_a_dose_that_is_not_understood_is_none(text: str) -> None:
    assert dose(text) is None
