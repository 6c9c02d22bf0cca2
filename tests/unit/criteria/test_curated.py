"""Reviewed readings."""

from __future__ import annotations

from scleroscope.criteria.curated import curated, line_tree, text_hash
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.judge import judge
from scleroscope.model.truth import Truth
from scleroscope.patients.profile import patient
from scleroscope.registries.curated import CuratedEligibility, Line
from scleroscope.registries.curated import Reading as Other

TEXT = "Inclusion: adults\n"


def reading(**keys: object) -> CuratedEligibility:
    given = {"source": ("page",), "extent": "whole", "reviewed": "2026-11-22", **keys}
    return CuratedEligibility(**given)  # type: ignore[arg-type]


def test_lines_become_clauses_with_ids() -> None:
    found = curated(reading(inclusion=("age >= 18", "ild"), exclusion=('pregnant or "frail"',)))
    assert [(one.id, one.kind, one.reading) for one in found.eligibility.clauses] == [
        ("I1", "inclusion", "computable"),
        ("I2", "inclusion", "computable"),
        ("E1", "exclusion", "partly"),
    ]


def test_a_reading_of_part_of_the_list_calls_no_one_eligible() -> None:
    adult = patient({"id": "x", "age": 40})
    assert judge(curated(reading(inclusion=("age >= 18",))).eligibility, adult).verdict == "eligible"
    part = curated(reading(inclusion=("age >= 18",), extent="excerpt"))
    assert judge(part.eligibility, adult).verdict == "possible"
    child = patient({"id": "x", "age": 4})
    assert judge(part.eligibility, child).verdict == "ineligible"


def test_where_sources_differ_only_what_both_say_is_settled() -> None:
    tree = line_tree(
        Line(
            criterion="months_since_diagnosis <= 48",
            disputed=(Other(criterion="months_since_diagnosis <= 60", source=("b",)),),
        )
    )
    answers = {
        months: evaluate(tree, patient({"id": "x", "months_since_diagnosis": months}))
        for months in (40, 50, 70)
    }
    assert answers == {40: Truth.YES, 50: Truth.UNKNOWN, 70: Truth.NO}


def test_a_reading_is_stale_when_the_text_has_changed() -> None:
    entry = reading(inclusion=("age >= 18",), text_sha256=text_hash(TEXT))
    assert curated(entry, "Inclusion:  adults").stale is False
    assert curated(entry, "Inclusion: adults and children").stale is True
    assert curated(entry).stale is None
    assert curated(reading(inclusion=()), TEXT).stale is None
