"""The tables of codes: sourced, without doubles, and of fields, drugs and answers that there are."""

import re
from collections import Counter

import pytest

from scleroscope.knowledge import codes, drugs
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.text_values import known_value

TABLES = ("codes_systems", "codes_measures", "codes_findings", "codes_drugs", "codes_answers")
CODE = {
    "loinc": re.compile(r"\d{1,6}-\d|LA\d+-\d"),
    "snomed": re.compile(r"\d{6,18}"),
    "icd10": re.compile(r"[A-Z]\d[\dA-Z](\.\d{1,2})?"),
    "rxnorm": re.compile(r"\d{2,7}"),
    "omop": re.compile(r"\d+"),
    "hl7_interpretation": re.compile(r"[A-Z]+"),
}


def check_digit(code: str) -> bool:
    """LOINC's own check: the last digit is made from the others (Luhn, modulus 10)."""
    number, digit = code.split("-")
    doubled = [int(one) * (2 if place % 2 == 0 else 1) for place, one in enumerate(reversed(number))]
    return (10 - sum(one // 10 + one % 10 for one in doubled) % 10) % 10 == int(digit)


def verhoeff(code: str) -> bool:
    """SNOMED CT's own check digit."""
    rotate = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    permuted, so_far = [list(range(10))], 0
    for _ in range(7):
        permuted.append([permuted[-1][one] for one in rotate])
    for place, one in enumerate(reversed(code)):
        so_far = times(so_far, permuted[place % 8][int(one)])
    return so_far == 0


def times(a: int, b: int) -> int:
    """The product in the dihedral group of the pentagon."""
    turned = (a + b) % 5 if a < 5 else (a - b) % 5
    return turned + (0 if (a < 5) == (b < 5) else 5)


@pytest.mark.parametrize("table", TABLES)
def test_each_row_has_a_source(table: str) -> None:
    assert [row for row in rows(table) if not row["source"].startswith(("http://", "https://"))] == []


@pytest.mark.parametrize("table", TABLES[1:])
def test_each_code_is_written_as_its_system_writes_it(table: str) -> None:
    for row in codes.code_rows(table):
        assert CODE[row["system"]].fullmatch(row["code"]), row
        if row["system"] == "loinc" and not row["code"].startswith("LA"):
            assert check_digit(row["code"]), row
        if row["system"] == "snomed":
            assert verhoeff(row["code"]), row


def test_no_code_stands_twice() -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for table in TABLES[1:]:
        for row in codes.code_rows(table):
            more = (row.get("field", ""), row.get("question", ""))
            seen[(table, row["system"], row["code"], *more)] += 1
    assert [key for key, count in seen.items() if count > 1] == []


def test_one_concept_of_omop_stands_for_one_code() -> None:
    told: dict[str, set[tuple[str, str]]] = {}
    for table in TABLES[1:]:
        for row in rows(table):
            for concept in cells(row["omop"]):
                told.setdefault(concept, set()).add((row["system"], row["code"]))
    assert {concept: both for concept, both in told.items() if len(both) > 1} == {}


def test_measures_are_of_fields_and_read_as_their_kind() -> None:
    for row in rows("codes_measures"):
        known = fields()[row["field"]]
        assert (row["reads"] == "answer") == (known.type != "number"), row


def test_facts_are_values_of_their_fields() -> None:
    facts = [
        fact
        for table, columns in {
            "codes_findings": ("now", "lasting", "ever"),
            "codes_answers": ("facts",),
        }.items()
        for row in rows(table)
        if row.get("question", "here")
        for column in columns
        for fact in codes.facts_in(row[column])
    ]
    assert len(facts) > 90
    for name, value in facts:
        known = fields()[name]
        if known.type == "text":
            assert value in known.values or known_value(name, str(value)) == value, (name, value)


def test_days_are_of_fields_that_count_time() -> None:
    for row in rows("codes_findings"):
        for column in ("since", "later_than", "diagnosed", "ended"):
            if row[column]:
                assert fields()[row[column]].unit in ("weeks", "months", "years"), row


def test_drugs_are_known() -> None:
    for row in rows("codes_drugs"):
        assert row["drug"] in drugs.drugs(), row


def test_the_codes_of_a_field_are_read_back_as_that_field() -> None:
    coded = 0
    for name, known in fields().items():
        if known.loinc:
            coded += 1
            assert name in {one.field for one in codes.measures(codes.Code("loinc", known.loinc))}
        if known.snomed:
            coded += 1
            found = codes.finding(codes.Code("snomed", known.snomed))
            assert found
            assert name in dict((*found.now, *found.lasting, *found.ever))
    assert coded >= 40


def test_a_code_that_tells_nothing_stops_those_above_it() -> None:
    by_drug = codes.finding(codes.Code("icd10", "M34.2"))
    assert by_drug == codes.Finding()
    other = codes.finding(codes.Code("icd10", "M34.81"))
    assert other
    assert other.lasting == (("ssc", True),)
