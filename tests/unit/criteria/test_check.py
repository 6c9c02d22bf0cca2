"""What is wrong with criteria before any patient is seen."""

from __future__ import annotations

from typing import Any

import pytest

from scleroscope.criteria.check import check
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Clause, Eligibility


def study(*lines: str) -> Eligibility:
    """`I mrss >= 15`, `E ild` …"""
    clauses = []
    for number, line in enumerate(lines, 1):
        kind: Any = "inclusion" if line[0] == "I" else "exclusion"
        tree = parse(line[2:])
        clauses.append(
            Clause(
                id=f"{line[0]}{number}", kind=kind, text="", start=0, end=0, tree=tree, reading="computable"
            )
        )
    return Eligibility(clauses=tuple(clauses))


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        (["I mrss >= 15", "I mrss <= 40", "E mrss > 45"], []),
        (["I fvc_percent_predicted < 50", "I fvc_percent_predicted >= 50"], ["typo"]),
        (["I mrss >= 20", "I mrss <= 10"], ["contradiction"]),
        (["I mrss >= 20", "E mrss > 15"], ["swallowed"]),
        (["I mrss >= 20", "E mrss >= 20"], ["swallowed"]),
        (["I mrss >= 20", "E mrss > 20"], []),  # just 20 is left
        (["I ild", "E ild or pah"], ["swallowed"]),
        (["I ild", "E ild and pah"], []),
        (["I not pregnant", "E pregnant"], []),
        (["I subset = diffuse", "E not subset = diffuse"], []),
        (["I subset = diffuse", "I subset = limited"], ["contradiction"]),
        (["I subset = diffuse", "E subset in (diffuse, sine)"], ["swallowed"]),
        (["I taking rituximab", "E taking rituximab"], ["swallowed"]),
        (["I taking rituximab", "E taking rituximab within 6 months"], []),
        (["I 40 <= mrss <= 15"], ["impossible"]),
        (["I 10 < mrss <= 10"], ["impossible"]),
        (["I fvc_percent_predicted > 400"], ["implausible"]),
        (["I mrss >= 20 or ild", "I mrss < 20"], []),
        (['I "mrss of 20"', "E mrss > 15"], []),
    ],
)
def test_what_is_found(lines: list[str], problems: list[str]) -> None:
    assert [found.problem for found in check(study(*lines))] == problems


def test_a_finding_names_both_clauses_in_words() -> None:
    (found,) = check(study("I mrss >= 20", "E mrss > 15"))
    assert found.clauses == ("I1", "E2")
    assert "modified Rodnan skin score ≥ 20" in found.message


@pytest.mark.parametrize(
    ("line", "minimum", "maximum", "count"),
    [
        ("I 18 <= age <= 75", 18, 75, 0),
        ("I 18 <= age < 76", 18, 75, 0),
        ("I 18 <= age <= 70", 18, 75, 1),
        ("I age >= 16", 18, None, 1),
        ("E age < 18", 18, None, 0),
        ("E age > 65", None, 70, 1),
        ("I age >= 18", None, None, 0),
    ],
)
def test_the_text_is_held_against_the_registrys_ages(
    line: str, minimum: float | None, maximum: float | None, count: int
) -> None:
    found = check(study(line), minimum_age=minimum, maximum_age=maximum)
    assert [one.problem for one in found] == ["age"] * count
