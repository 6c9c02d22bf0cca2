"""Diagnoses, procedures and answers in FHIR: what counts, since when, and what is never concluded."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from scleroscope.patients import fhir
from scleroscope.patients.profile import patient

DAY = date(2026, 6, 1)
PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1970-03-04", "gender": "female"}
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
RAYNAUD = ("266261006", {"onsetDateTime": "2020-01-01"})


def read(*resources: Any) -> fhir.Read:
    entries = [{"resource": one} for one in (PERSON, *resources)]
    data = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    (found,) = fhir.read(data, as_of=DAY)
    assert found.found == found.mapped + sum(each.count for each in found.not_mapped if not each.part)
    patient(found.patient)
    return found


def coded(*codes: str, system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def condition(
    *codes: str, system: str = SNOMED, status: str | None = "active", **more: Any
) -> dict[str, Any]:
    made = {"resourceType": "Condition", "id": "c", "code": coded(*codes, system=system)}
    if status:
        made["clinicalStatus"] = coded(status)
    return made | more


def left(found: fhir.Read) -> list[tuple[str, str]]:
    return [(each.reason, each.part) for each in found.not_mapped]


@pytest.mark.parametrize(
    ("code", "system", "said"),
    [
        ("89155008", SNOMED, {"ssc": True}),
        ("128460000", SNOMED, {"ssc": True, "subset": "diffuse"}),
        ("M34.81", ICD, {"ssc": True}),
        ("M34.1", ICD, {"ssc": True, "subset": "limited"}),
        ("M341", ICD, {"ssc": True, "subset": "limited"}),
        ("M34.2", ICD, {}),
        ("443872005", SNOMED, {}),
        ("I50.23", ICD, {"heart_failure": True}),
        ("C44.311", ICD, {"active_malignancy": True, "malignancy_type": "basal_cell_carcinoma"}),
        ("697903007", SNOMED, {"pah": True}),
        ("C91.01", ICD, {"malignancy_type": "leukemia"}),  # in remission
        ("F10.11", ICD, {}),  # in remission
        ("F10.129", ICD, {"drug_or_alcohol_abuse": True}),
        ("12345", SNOMED, {}),
    ],
)
def test_what_a_diagnosis_tells(code: str, system: str, said: dict[str, Any]) -> None:
    found = read(condition(code, system=system))
    assert {name: value for name, value in found.patient.items() if name not in ("id", "age", "sex")} == said
    if not said:
        assert left(found) == [("no code that stands for a fact here", "")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("refuted", "refuted"),
        ("entered-in-error", "entered in error"),
        ("unconfirmed", "not confirmed"),
        ("provisional", "not confirmed"),
        ("differential", "not confirmed"),
    ],
)
def test_what_is_refuted_or_unsure_says_neither_yes_nor_no(status: str, reason: str) -> None:
    found = read(condition("89155008", verificationStatus=coded(status)))
    assert "ssc" not in found.patient
    assert left(found) == [(reason, "")]


def test_no_absence_of_a_diagnosis_says_no() -> None:
    assert not [name for name, value in read().patient.items() if value is False]


def test_what_is_over_tells_nothing_of_now_but_what_was_once_stays_told() -> None:
    over = read(condition("254837009", status="resolved", abatementDateTime="2021-06-01"))
    assert "active_malignancy" not in over.patient
    assert over.patient["malignancy_type"] == "breast_cancer"
    assert over.patient["years_since_malignancy"] == 5
    assert left(read(condition("73211009", status="resolved"))) == [("over: tells nothing of now", "")]
    assert left(read(condition("66071002", status=None))) == [("whether it is so now is not told", "")]
    assert read(condition("73211009", status=None)).patient["diabetes"] is True


def test_two_kinds_of_cancer_leave_the_kind_unknown() -> None:
    found = read(
        condition("254837009", onsetDateTime="2010-01-01"),
        condition("C44.311", system=ICD, onsetDateTime="2020-01-01"),
    )
    assert found.patient["active_malignancy"] is True
    assert "malignancy_type" not in found.patient
    assert ("type of malignancy: the record contradicts itself", "malignancy_type") in left(found)


def test_a_limited_disease_that_became_diffuse_is_diffuse() -> None:
    found = read(
        condition("299276009", recordedDate="2020-01-01"), condition("128460000", recordedDate="2022-01-01")
    )
    assert found.patient["subset"] == "diffuse"


@pytest.mark.parametrize(
    ("onset", "months"),
    [
        ({"onsetDateTime": "2025-06-01"}, 12),
        ({"onsetDateTime": "2025-06"}, 11.5),
        ({"onsetDateTime": "2025"}, None),
        ({"onsetPeriod": {"start": "2025-06-01", "end": "2025-08-01"}}, 12),
        ({"onsetString": "2025-06-01"}, 12),
        ({"onsetString": "last summer"}, None),
        ({"onsetAge": {"value": 55, "code": "a"}}, None),
        ({"onsetRange": {"low": {"value": 50}}}, None),
        ({}, None),
    ],
)
def test_since_when(onset: dict[str, Any], months: float | None) -> None:
    found = read(condition("266261006", **onset))
    assert found.patient["raynaud"] is True
    assert found.patient.get("months_since_first_raynaud") == months
    assert (len(found.not_mapped) == 1) == (months is None and bool(onset))


def test_the_onset_of_the_disease_counts_as_its_first_symptom_only_after_that_of_raynaud() -> None:
    disease = condition("89155008", onsetDateTime="2022-06-01")
    assert "months_since_first_non_raynaud" not in read(disease).patient
    code, onset = RAYNAUD
    found = read(disease, condition(code, **onset))
    assert found.patient["months_since_first_non_raynaud"] == 48
    assert found.patient["months_since_first_raynaud"] == 77
    later = read(disease, condition(code, onsetDateTime="2023-01-01"))
    assert "months_since_first_non_raynaud" not in later.patient
    (reason,) = (reason for reason, part in left(later) if part == "months_since_first_non_raynaud")
    assert reason == (
        "months since the first non-Raynaud symptom: that this is later than the first Raynaud symptom "
        "is not told"
    )


def test_the_day_on_which_a_diagnosis_was_made() -> None:
    asserted = {"extension": [{"url": ASSERTED, "valueDateTime": "2024-06-01"}]}
    found = read(condition("89155008", **asserted))
    assert found.patient["months_since_diagnosis"] == 24
    assert "months_since_diagnosis" not in read(condition("89155008", recordedDate="2024-06-01")).patient


def test_of_several_events_the_last_counts() -> None:
    found = read(
        condition("22298006", onsetDateTime="2020-06-01", status="resolved"),
        condition("I21.4", system=ICD, onsetDateTime="2025-06-01", status="resolved"),
    )
    assert found.patient["months_since_myocardial_infarction"] == 12


def test_a_pregnancy_does_not_last_for_years() -> None:
    assert read(condition("77386006", onsetDateTime="2026-02-01")).patient["pregnant"] is True
    found = read(condition("77386006", onsetDateTime="2024-02-01"))
    assert "pregnant" not in found.patient
    assert left(found) == [("older than 42 weeks: tells nothing of now", "")]


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("5196-1", {"valueCodeableConcept": coded("10828004")}, {"hepatitis_b": True}),
        ("5196-1", {"valueCodeableConcept": coded("260415000")}, {"hepatitis_b": False}),
        ("5196-1", {"valueCodeableConcept": {"text": "Negative"}}, {"hepatitis_b": False}),
        ("5196-1", {"valueString": "not detected"}, {"hepatitis_b": False}),
        ("5196-1", {"valueString": "see comment"}, {}),
        ("13955-0", {"valueString": "positive"}, {}),  # antibodies: may be a past infection
        ("13955-0", {"valueString": "negative"}, {"hepatitis_c": False}),
        ("71773-6", {"valueString": "Indeterminate"}, {}),
        (
            "17569-5",
            {"valueCodeableConcept": coded("LA6576-8", system="http://loinc.org")},
            {"anti_scl70": True},
        ),
        ("72166-2", {"valueCodeableConcept": coded("8517006")}, {"smoker": False}),
        ("72166-2", {"valueCodeableConcept": coded("266927001")}, {}),
        ("5048-4", {"valueString": "1:320"}, {"ana_titre": 320}),
        (
            "5048-4",
            {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 640}}},
            {"ana_titre": 640},
        ),
        ("19911-7", {"valueQuantity": {"value": 48, "code": "%"}}, {"dlco_percent_predicted": 48}),
        ("19911-7", {"valueQuantity": {"value": 12, "code": "mL/min/mm[Hg]"}}, {}),
        ("1742-6", {"valueQuantity": {"value": 80, "code": "U/L"}}, {}),
        (
            "1742-6",
            {
                "valueQuantity": {"value": 80, "code": "U/L"},
                "referenceRange": [{"high": {"value": 40, "code": "U/L"}}],
            },
            {"alt_x_uln": 2},
        ),
    ],
)
def test_what_a_result_tells(code: str, value: dict[str, Any], said: dict[str, Any]) -> None:
    result = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": coded(code, system="http://loinc.org"),
        "effectiveDateTime": "2026-05-30",
        **value,
    }
    found = read(result)
    assert {name: value for name, value in found.patient.items() if name not in ("id", "age", "sex")} == said


def test_a_later_test_replaces_an_earlier_one_and_a_diagnosis_stands_against_a_test() -> None:
    def tested(value: bool, on: str) -> dict[str, Any]:
        return {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "code": coded("5196-1", system="http://loinc.org"),
            "effectiveDateTime": on,
            "valueBoolean": value,
        }

    found = read(tested(True, "2020-01-01"), tested(False, "2026-01-01"))
    assert found.patient["hepatitis_b"] is False
    found = read(condition("66071002", recordedDate="2020-01-01"), tested(False, "2026-01-01"))
    assert "hepatitis_b" not in found.patient
    assert {reason for reason, _ in left(found)} == {"hepatitis B: the record contradicts itself"}


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation"])
def test_a_procedure_that_was_not_done_tells_nothing(status: str) -> None:
    done = {"resourceType": "Procedure", "id": "x", "code": coded("2631000119108")}
    assert read(done | {"status": "completed"}).patient["stem_cell_transplant"] is True
    assert "stem_cell_transplant" not in read(done | {"status": status}).patient


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        ("Autologous hematopoietic stem cell transplant (procedure)", "autologous_hsct"),
        ("Plasmapheresis", "plasma_exchange"),
        ("Evaluation for stem cell transplantation", None),
        ("Colonoscopy", None),
    ],
)
def test_a_procedure_by_its_whole_name(name: str, treatment: str | None) -> None:
    done = {"resourceType": "Procedure", "id": "x", "status": "completed", "code": {"text": name}}
    found = read(done | {"performedDateTime": "2025-06-02"})
    (one,) = found.patient.get("treatments", [None])
    assert one == (
        {"name": treatment, "taking": False, "weeks_since_last": 52, "total_weeks": 52} if treatment else None
    )
    assert left(found) == ([] if treatment else [("no code that stands for a fact here", "")])


def test_an_allergy_is_not_read_but_counted() -> None:
    found = read({"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "aspirin"}})
    assert left(found) == [("resources of this kind are not read", "")]
