"""Drugs in FHIR: what is taken now, since when, at which dose, and how they are named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from scleroscope.patients import fhir
from scleroscope.patients.profile import patient

DAY = date(2026, 6, 1)
PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1970-03-04"}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
TEXT = {"text": "mycophenolate mofetil"}


def read(*resources: Any) -> fhir.Read:
    entries = [{"resource": one} for one in (PERSON, *resources)]
    data = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    (found,) = fhir.read(data, as_of=DAY)
    assert found.found == found.mapped + sum(each.count for each in found.not_mapped if not each.part)
    patient(found.patient)
    return found


def taken(*resources: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(*resources).patient.get("treatments", [])
    return found


def statement(status: str | None = "active", concept: Any = TEXT, **more: Any) -> dict[str, Any]:
    named = {"medicationCodeableConcept": concept} if concept else {}
    return {"resourceType": "MedicationStatement", "id": "m", "status": status, **named, **more}


def order(status: str = "active", **more: Any) -> dict[str, Any]:
    made = statement(status, **{"intent": "order", "authoredOn": "2026-05-01"} | more)
    return made | {"resourceType": "MedicationRequest"}


def period(start: str | None = None, end: str | None = None) -> dict[str, Any]:
    both = {"start": start, "end": end}
    return {"effectivePeriod": {key: value for key, value in both.items() if value}}


@pytest.mark.parametrize(
    ("concept", "names"),
    [
        (TEXT, ["mycophenolate"]),
        ({"text": "CellCept 500 mg tablet"}, ["mycophenolate"]),
        ({"coding": [{"system": RXNORM, "code": "7145"}]}, ["mycophenolate"]),
        ({"coding": [{"system": ATC, "code": "L04AX03"}]}, ["methotrexate"]),
        ({"coding": [{"system": RXNORM, "code": "1", "display": "rituximab 10 MG/ML"}]}, ["rituximab"]),
        ({"text": "amlodipine / atorvastatin"}, ["amlodipine", "atorvastatin"]),
        ({"text": "an immunosuppressant"}, []),
        ({"text": "wonder water"}, []),
    ],
)
def test_how_a_drug_is_named(concept: Any, names: list[str]) -> None:
    found = read(statement(concept=concept))
    assert [one["name"] for one in found.patient.get("treatments", [])] == names
    assert ("no drug that is known here" in [each.reason for each in found.not_mapped]) == (not names)


@pytest.mark.parametrize(
    ("resource", "now"),
    [
        (statement("active"), True),
        (statement("completed"), False),
        (statement("stopped"), False),
        (statement("on-hold"), None),
        (statement("active", **period("2020-01-01", "2021-01-01")), False),
        (statement("active", **period("2020-01-01", "2027-01-01")), True),
        (order("active"), True),
        (order("stopped"), False),
        (order("completed"), None),
        (order("active", intent="original-order"), True),
        ({**order("in-progress"), "resourceType": "MedicationAdministration"}, True),
        ({**order("completed"), "resourceType": "MedicationAdministration"}, None),
    ],
)
def test_whether_it_is_taken_now(resource: dict[str, Any], now: bool | None) -> None:
    (one,) = taken(resource)
    assert one.get("taking") is now


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (statement("entered-in-error"), "status entered-in-error"),
        (statement("not-taken"), "status not-taken"),
        (statement("unknown"), "status unknown"),
        (statement(None), "no status"),
        (order("draft"), "status draft"),
        (order("cancelled"), "status cancelled"),
        (order(intent="proposal"), "proposed or planned, not ordered"),
        (order(intent="plan"), "proposed or planned, not ordered"),
        (order(doNotPerform=True), "an order not to give it"),
        (statement(concept=None), "no drug is named"),
        (statement(**period("2026-02-30")), "no such day"),
    ],
)
def test_what_says_nothing_of_a_drug(resource: dict[str, Any], reason: str) -> None:
    found = read(resource)
    assert "treatments" not in found.patient
    assert [each.reason for each in found.not_mapped] == [reason]


def test_the_drug_may_stand_in_a_resource_of_its_own() -> None:
    medication = {"resourceType": "Medication", "id": "d", "code": {"text": "rituximab"}}
    referred = statement(concept=None, medicationReference={"reference": "Medication/d"})
    assert [one["name"] for one in taken(medication, referred)] == ["rituximab"]
    contained = statement(
        concept=None, medicationReference={"reference": "#d"}, contained=[{**medication, "id": "d"}]
    )
    assert [one["name"] for one in taken(contained)] == ["rituximab"]
    mixed = {"itemCodeableConcept": {"text": "prednisone"}}, {"itemReference": {"reference": "#e"}}
    parts = [
        {"resourceType": "Medication", "id": "d", "ingredient": list(mixed)},
        {"resourceType": "Medication", "id": "e", "code": {"text": "bosentan"}},
    ]
    compound = statement(concept=None, medicationReference={"reference": "#d"}, contained=parts)
    assert [one["name"] for one in taken(compound)] == ["prednisone", "bosentan"]
    only_words = statement(concept=None, medicationReference={"display": "iloprost"})
    assert [one["name"] for one in taken(only_words)] == ["iloprost"]
    nowhere = read(statement(concept=None, medicationReference={"reference": "Medication/nowhere"}))
    assert [each.reason for each in nowhere.not_mapped] == ["no drug is named"]


def times(frequency: float, period_: float, unit: str) -> dict[str, Any]:
    return {"timing": {"repeat": {"frequency": frequency, "period": period_, "periodUnit": unit}}}


def amount(value: float, unit: str) -> dict[str, Any]:
    return {"doseAndRate": [{"doseQuantity": {"value": value, "code": unit, "unit": unit}}]}


@pytest.mark.parametrize(
    ("dosage", "dose"),
    [
        ({**amount(5, "mg"), **times(2, 1, "d")}, "10 mg/day"),
        ({**amount(1, "g"), **times(1, 12, "h")}, "2 g/day"),
        ({**amount(15, "mg"), **times(1, 1, "wk")}, "15 mg/week"),
        ({"text": "10 mg/day"}, "10 mg/day"),
        ({"text": "as directed"}, None),
        ({**amount(1, "tablet"), **times(1, 1, "d")}, None),
        ({**amount(5, "mg"), **times(1, 1, "d"), "asNeededBoolean": True}, None),
    ],
)
def test_the_dose(dosage: dict[str, Any], dose: str | None) -> None:
    (one,) = taken(statement(dosage=[dosage]))
    assert one.get("dose") == dose


def test_since_when_and_until_when() -> None:
    (one,) = taken(statement(dosage=[{"text": "2 g/day"}], **period("2025-06-02")))
    assert one == {
        "name": "mycophenolate",
        "taking": True,
        "dose": "2 g/day",
        "stable_weeks": 52,
        "total_weeks": 52,
    }
    (one,) = taken(statement("completed", **period("2024-06-03", "2025-06-02")))
    assert (one["weeks_since_last"], one["total_weeks"]) == (52, 104)


def test_courses_without_a_gap_are_one_and_the_dose_is_stable_since_the_last() -> None:
    before = statement("completed", **period("2024-06-03", "2025-05-20"))
    (one,) = taken(before, statement(dosage=[{"text": "2 g/day"}], **period("2025-06-02")))
    assert (one["taking"], one["stable_weeks"], one["total_weeks"]) == (True, 52, 104)
    long_before = statement("completed", **period("2024-01-01", "2024-06-03"))
    (one,) = taken(long_before, statement(**period("2025-06-02")))
    assert one["total_weeks"] == 52


def test_a_record_that_contradicts_itself_does_not_say_whether_it_is_taken() -> None:
    found = read(statement(**period("2026-01-01")), statement("stopped", **period("2026-01-01")))
    (one,) = found.patient["treatments"]
    assert "taking" not in one
    assert "whether it is taken now: the record contradicts itself" in [r.reason for r in found.not_mapped]


def test_a_list_of_drugs_is_never_said_to_be_whole() -> None:
    assert "complete" not in read(statement()).patient
