"""NDJSON of a bulk export, and folders of Bundles."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scleroscope.patients import fhir
from scleroscope.patients.files import PatientError

DAY = date(2026, 6, 1)
PEOPLE = [
    {"resourceType": "Patient", "id": "a", "birthDate": "1970-03-04", "gender": "female"},
    {"resourceType": "Patient", "id": "b", "birthDate": "1980-03-04", "gender": "male"},
]


def lines(*resources: Any) -> str:
    return "".join(json.dumps(one) + "\n" for one in resources)


def about(who: str, **more: Any) -> dict[str, Any]:
    return {"id": "x", "subject": {"reference": f"Patient/{who}"}, **more}


def diabetes(who: str) -> dict[str, Any]:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "73211009"}]}
    return about(who, resourceType="Condition", code=code)


def export(folder: Path) -> Path:
    """A file a kind; the drug of a statement stands in a file of its own, read later."""
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "rituximab"}}
    takes = {"status": "active", "medicationReference": {"reference": "Medication/m"}}
    (folder / "Condition.ndjson").write_text(lines(diabetes("b"), diabetes("nobody")) + "\n", "utf-8")
    (folder / "Patient.ndjson").write_text(lines(*PEOPLE), "utf-8")
    (folder / "MedicationStatement.ndjson").write_text(
        lines(about("a", resourceType="MedicationStatement", **takes)), "utf-8"
    )
    (folder / "ZMedication.ndjson").write_text(lines(drug), "utf-8")
    (folder / "Device.ndjson").write_text(lines({"resourceType": "Device", "id": "d"}), "utf-8")
    return folder


def test_each_person_gets_what_is_said_of_them(tmp_path: Path) -> None:
    reads = fhir.read(export(tmp_path), as_of=DAY)
    first, second = list(reads)
    assert first.patient == {
        "id": "a",
        "age": 56.0,
        "sex": "female",
        "treatments": [{"name": "rituximab", "taking": True}],
    }
    assert second.patient == {"id": "b", "age": 46.0, "sex": "male", "diabetes": True}
    assert sorted(each.reason for each in reads.loose) == ["about no person", "about nobody who is there"]


def test_one_file_may_hold_all(tmp_path: Path) -> None:
    file = tmp_path / "all.ndjson"
    file.write_text(lines(diabetes("a"), *PEOPLE), "utf-8")
    assert [read.patient.get("diabetes") for read in fhir.read(file, as_of=DAY)] == [True, None]


def test_a_folder_of_bundles_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number, person in enumerate(reversed(PEOPLE)):
        bundle = {"resourceType": "Bundle", "entry": [{"resource": person}]}
        (tmp_path / f"{number}.json").write_text(json.dumps(bundle), "utf-8")
    assert [read.patient["id"] for read in fhir.read(tmp_path, as_of=DAY)] == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lines(PEOPLE[0], PEOPLE[0]), "line 2: a Patient with an id that another one has"),
        (lines({"resourceType": "Patient"}), "line 1: a Patient without an id"),
        (lines(diabetes("a")), "no Patient in it"),
        (lines(PEOPLE[0]) + "{", "line 2: not FHIR JSON"),
        ("", "no Patient in it"),
    ],
)
def test_a_broken_export_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "x.ndjson"
    file.write_text(text, "utf-8")
    with pytest.raises(PatientError) as error:
        list(fhir.read(file))
    assert said in str(error.value)


def test_a_file_that_is_not_there_or_no_record(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(fhir.read(tmp_path / "nothing.json"))
    with pytest.raises(PatientError):
        list(fhir.read(tmp_path))
