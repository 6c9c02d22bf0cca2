"""Criteria as one line of text."""

from __future__ import annotations

import pytest

from scleroscope.criteria.notation import NotationError, duration, format_tree, parse
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Has, Interval, Is, Not, Opaque, Taking

ILD, PAH, ANA = Has(field="ild"), Has(field="pah"), Has(field="ana")


@pytest.mark.parametrize(
    ("line", "tree"),
    [
        ("age >= 18", Compare(field="age", low=18)),
        ("15 <= mrss <= 40", Compare(field="mrss", low=15, high=40)),
        ("40 > mrss >= 15", Compare(field="mrss", low=15, high=40, high_open=True)),
        ("subset = diffuse", Is(field="subset", values=("diffuse",))),
        ("not pregnant", Not(part=Has(field="pregnant"))),
        ("ild and pah or ana", Any(parts=(All(parts=(ILD, PAH)), ANA))),
        ("(ild and pah) and ana", All(parts=(All(parts=(ILD, PAH)), ANA))),
        ("taking rituximab within 6 months",
         Taking(names=("rituximab",), when="ever", within_weeks=26.0892857143)),
        ("prednisone <= 10 mg/day",
         Taking(names=("prednisone",), dose=Interval(high=10, unit="mg/day"))),
        ('"text not understood"', Opaque(text="text not understood")),
        ("at least 2 of (ild, pah, ana)",
         AtLeast(count=2, parts=(ILD, PAH, ANA))),
    ],
)  # fmt: skip
def test_a_line_is_a_tree(line: str, tree: object) -> None:
    assert parse(line) == tree


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("fvc_percent_predicted<50 %", "fvc_percent_predicted < 50"),
        ("18 <= age", "age >= 18"),
        ("mrss ≥ 15", "mrss >= 15"),
        ("creatinine_mg_dl > 176.8 µmol/L", "creatinine_mg_dl > 2"),
        ("subset != sine", "not subset = sine"),
        ("taking Actemra", "taking tocilizumab"),
        ("taking mycophenolate mofetil at >= 2 g/day", "mycophenolate >= 2 g/day"),
        ("taking methotrexate stable >= 12 weeks at <= 25 mg/week",
         "taking methotrexate at <= 25 mg/week stable for >= 12 weeks"),
        ("if ild then pah", "not ild or pah"),
        ("not (ild and pah)", "not (ild and pah)"),
        ("all of (ild)", "all of (ild)"),
    ],
)  # fmt: skip
def test_a_line_prints_canonically(written: str, canonical: str) -> None:
    assert format_tree(parse(written)) == canonical


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("ild and mrs > 3", 9, "did you mean mrss"),
        ("taking rituxmab", 8, "did you mean rituximab"),
        ("mrss", 1, "mrss is a number"),
        ("rituximab", 1, "write: taking rituximab"),
        ("mrss >", 7, "ends too early"),
        ("mrss > 3 > 2", 10, "'>' is not expected"),
        ("3 < mrss > 2", 10, "do not make a range"),
        ("taking methotrexate at <= 3 weeks", 29, "not a unit of dose"),
        ("taking methotrexate for >= 3 mg", 30, "mg cannot be given in weeks"),
        ("taking methotrexate route rectal", 27, "a route is one of"),
        ("ssc = yes", 1, "no named values"),
        ("rituximab > 3 weeks", 13, "give a dose"),
        ("", 1, "ends too early"),
        ("mrss >= 1e400", 6, "too large"),
    ],
)
def test_an_error_names_column_and_remedy(line: str, column: int, message: str) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse(line)
    assert caught.value.column == column


def test_a_duration_prints_in_whole_units() -> None:
    assert [duration(weeks) for weeks in (4, 26.0892857143, 0.5)] == ["4 weeks", "6 months", "0.5 weeks"]
