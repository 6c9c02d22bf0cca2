"""Criteria for other systems."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import jsonschema
import pytest

from scleroscope.criteria.exchange.fhir import to_group
from scleroscope.criteria.exchange.own import from_json, schema, to_json
from scleroscope.criteria.exchange.sdtm import to_ti
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Clause, Eligibility
from scleroscope.model.problem import BadRequest

LINES = (
    ("inclusion", "15 <= mrss <= 40 and subset = diffuse and not pregnant"),
    ("inclusion", "fvc_percent_predicted < 50 or dlco_percent_predicted < 40"),
    ("exclusion", "hemoglobin_g_dl < 8 or ever taking rituximab"),
    ("exclusion", 'taking prednisone within 4 weeks at > 10 mg/day and "a note"'),
    ("exclusion", "5 < mrss < 7"),
)


def eligibility() -> Eligibility:
    counts = {"inclusion": 0, "exclusion": 0}
    clauses = []
    for kind, line in LINES:
        counts[kind] += 1
        given: Any = {"kind": kind, "id": f"{kind[0].upper()}{counts[kind]}"}
        clauses.append(
            Clause(**given, text=f"words {line}", start=0, end=9, tree=parse(line), reading="partly")
        )
    return Eligibility(clauses=tuple(clauses))


def test_own_json_comes_back_whole_and_fits_its_schema() -> None:
    written = to_json(eligibility())
    jsonschema.validate(json.loads(written), schema())
    assert from_json(written) == eligibility()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not a document of criteria"),
        (b'{"format": "other"}', "not a document of criteria"),
        (b'{"version": 2, "eligibility": {"clauses": []}}', "version 2; this program reads version 1"),
        (b'{"eligibility": {"clauses": [{"id": "I1"}]}}', "not a document of criteria"),
    ],
)
def test_json_that_does_not_fit_says_so(data: bytes, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        from_json(data)


def _own_code(characteristic: dict[str, Any]) -> str | None:
    codings = characteristic["code"].get("coding")
    return codings[0]["code"] if codings else None


def test_a_group_has_a_characteristic_a_leaf() -> None:
    group = to_group(eligibility(), "NCT1")
    assert (group["resourceType"], group["type"], group["actual"]) == ("Group", "person", False)
    found = [(_own_code(one), one["exclude"]) for one in group["characteristic"]]
    assert found == [
        ("mrss", False), ("subset", False), ("pregnant", True),
        (None, False),
        ("hemoglobin_g_dl", True), (None, True),
        (None, True),
        (None, True),
    ]  # fmt: skip
    score, _, _, either, blood, drug, note, between = group["characteristic"]
    assert score["valueRange"]["low"]["value"] == 15
    assert blood["valueQuantity"]["comparator"] == "<"
    assert (blood["valueQuantity"]["value"], blood["valueQuantity"]["code"]) == (8.0, "g/dL")
    assert (
        either["valueCodeableConcept"]["text"] == "fvc_percent_predicted < 50 or dlco_percent_predicted < 40"
    )
    assert drug["valueCodeableConcept"]["text"] == "rituximab"
    assert "a note" in note["valueCodeableConcept"]["text"]
    assert between["valueCodeableConcept"]["text"] == "5 < mrss < 7"  # a FHIR Range would include its ends


def test_a_group_of_r5_is_definitional() -> None:
    group = to_group(eligibility(), "NCT1", "R5")
    assert (group["membership"], group["combinationMethod"]) == ("definitional", "all-of")
    assert "actual" not in group


def test_the_ti_table_has_a_row_a_criterion() -> None:
    rows = list(csv.DictReader(StringIO(to_ti(eligibility(), "NCT1"))))
    assert [row["IETESTCD"] for row in rows] == ["INCL001", "INCL002", "EXCL001", "EXCL002", "EXCL003"]
    assert {row["IECAT"] for row in rows} == {"INCLUSION", "EXCLUSION"}
    assert rows[4]["TIRL"] == "5 < mrss < 7"
    assert all(len(row["IETESTCD"]) <= 8 and len(row["IETEST"]) <= 200 for row in rows)


def test_marks_of_the_list_do_not_travel_and_what_was_not_understood_keeps_its_own_words() -> None:
    clause = Clause(
        kind="inclusion",
        id="I1",
        text='- A "fair" hand\n  on Mondays',
        start=0,
        end=28,
        tree=parse(json.dumps('- A "fair" hand\n  on Mondays')),
        reading="opaque",
    )
    alone = Eligibility(clauses=(clause,))
    words = 'A "fair" hand on Mondays'
    assert next(csv.DictReader(StringIO(to_ti(alone, "NCT1"))))["IETEST"] == words
    assert to_group(alone, "NCT1")["characteristic"][0]["valueCodeableConcept"] == {"text": words}
