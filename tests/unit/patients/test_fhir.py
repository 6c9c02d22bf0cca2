"""FHIR in: what counts, what is kept aside, and how a bad record is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scleroscope.patients import fhir
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import patient

DAY = date(2026, 6, 1)
PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1970-03-04", "gender": "female"}


def bundle(*resources: Any, **more: Any) -> bytes:
    entries = [{"resource": one} for one in (PERSON, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **more}).encode()


def read(*resources: Any, as_of: date = DAY) -> fhir.Read:
    (found,) = fhir.read(bundle(*resources), as_of=as_of)
    assert found.found == found.mapped + sum(each.count for each in found.not_mapped if not each.part)
    patient(found.patient)
    return found


def observation(
    code: str, value: Any = None, on: str | None = "2026-05-01", /, **more: Any
) -> dict[str, Any]:
    made = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p"},
        **({"effectiveDateTime": on} if on else {}),
    }
    if isinstance(value, tuple):
        made["valueQuantity"] = {"value": value[0], "code": value[1], "system": "http://unitsofmeasure.org"}
    return made | more


def reasons(found: fhir.Read) -> list[str]:
    return [each.reason for each in found.not_mapped]


def test_the_latest_value_counts_with_its_day() -> None:
    found = read(
        observation("718-7", (9.1, "g/dL"), "2026-05-01"), observation("718-7", (140, "g/L"), "2020-01-01")
    )
    assert found.patient["hemoglobin_g_dl"] == 9.1
    (known,) = (each for each in found.known if each.field == "hemoglobin_g_dl")
    assert (known.on, known.place, known.code) == ("2026-05-01", "Observation/o", "http://loinc.org 718-7")
    assert found.mapped == found.found == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "entered-in-error"}, "status entered-in-error"),
        ({"status": "cancelled"}, "status cancelled"),
        ({"status": "preliminary"}, "status preliminary"),
        ({"status": None}, "no status"),
        ({"dataAbsentReason": {"text": "unknown"}}, "no value"),
        ({"focus": [{"reference": "Patient/child"}]}, "not about the patient"),
        ({"subject": {"reference": "Patient/other"}}, "about somebody else"),
        ({"code": {"text": "haemoglobin, perhaps"}}, "no code that stands for a fact here"),
        ({"valueQuantity": {"value": 9, "comparator": "<", "code": "g/dL"}}, "a bound, not a value"),
        ({"valueQuantity": {"value": 9, "code": "[pH]"}}, "the unit does not convert to g/dL"),
        ({"valueQuantity": {"value": 9}}, "the unit does not convert to g/dL"),
        ({"effectiveDateTime": "2026-02-30"}, "no such day"),
        ({"effectiveDateTime": "2027-01-01"}, "dated after 2026-06-01, the day of which the record speaks"),
    ],
)
def test_what_is_no_value_is_kept_aside_with_its_reason(changed: dict[str, Any], said: str) -> None:
    found = read(observation("718-7", (9.1, "g/dL"), **changed))
    assert "hemoglobin_g_dl" not in found.patient
    assert reasons(found) == [said]


def test_an_older_value_does_not_stand_in_for_a_last_one_that_cannot_be_used() -> None:
    older = observation("777-3", (250, "10*3/uL"), "2020-01-01")
    found = read(older, observation("777-3", None, valueQuantity={"value": 10, "comparator": "<"}))
    assert "platelets_10e9_l" not in found.patient
    assert reasons(found) == ["a bound, not a value; an earlier value is not taken for it"]
    found = read(older, observation("777-3", None, status="entered-in-error", valueQuantity={"value": 1}))
    assert found.patient["platelets_10e9_l"] == 250


def test_a_panel_is_read_part_by_part() -> None:
    part = {"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}}
    panel = observation("55284-4") | {
        "component": [{**part, "valueQuantity": {"value": 120, "code": "mm[Hg]"}}, {"code": {"text": "arm"}}]
    }
    found = read(panel)
    assert found.patient["systolic_bp_mmhg"] == 120
    assert (found.found, found.mapped) == (3, 2)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("1970-06-01", date(2026, 6, 1), 56),
        ("1970-06-02", date(2026, 6, 1), 55),
        ("1970-03", date(2026, 6, 1), 56),
        ("1970-06", date(2026, 6, 15), None),
        ("1970", date(2026, 6, 1), None),
        ("1970", date(2026, 12, 31), 56),
    ],
)
def test_an_age_is_only_told_where_the_birth_date_leaves_one(born: str, on: date, years: int | None) -> None:
    data = bundle().replace(b"1970-03-04", born.encode())
    (found,) = fhir.read(data, as_of=on)
    assert found.patient.get("age") == years
    assert (years is None) == any(each.part == "age" for each in found.not_mapped)


def test_the_record_speaks_of_the_day_it_was_written_or_of_its_last_day() -> None:
    (found,) = fhir.read(bundle(observation("718-7", (9, "g/dL")), timestamp="2026-05-20T10:00:00Z"))
    assert found.as_of == date(2026, 5, 20)
    (found,) = fhir.read(bundle(observation("718-7", (9, "g/dL"))))
    assert found.as_of == date(2026, 5, 1)


def with_patients(*people: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in people]}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not FHIR JSON"),
        (b"[]", "not FHIR JSON"),
        (b"{}", "no FHIR, not a Bundle"),
        (b'{"resourceType": "Observation"}', "a Observation, not a Bundle"),
        (with_patients(), "no Patient in the Bundle"),
        (with_patients(PERSON, {**PERSON, "id": "q"}), "2 Patients in the Bundle"),
        (bundle().replace(b"female", "f\xe9male".encode("latin-1")), "not UTF-8 text (byte"),
        (b'{"resourceType": "Bundle", "entry": ' + b"[" * 200_000, "not FHIR JSON"),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": ' + b'{"a":' * 200_000,
            "nested too deeply",
        ),
        (bundle(observation("718-7", (680, "g/dL"))), "outside the plausible range 1 to 30 g/dL"),
        (bundle(observation("718-7", (9, "g/dL"), "2026-02-30")), "Observation/o: no such day"),
        (bundle().replace(b"1970-03-04", b"1970-13-04"), "Patient/p: birthDate: no such day"),
        (bundle().replace(b"1970-03-04", b"1770-03-04"), "age: outside the plausible range"),
    ],
)
def test_a_bad_record_is_told_in_one_line_without_its_values(data: bytes, said: str) -> None:
    with pytest.raises(PatientError) as told:
        fhir.read_one(data)
    text = str(told.value)
    assert said in text
    assert "\n" not in text
    assert not any(value in text for value in ("680", "1970", "1770", "female"))


def test_a_reference_that_loops_is_an_error(tmp_path: Path) -> None:
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [{"itemReference": {"reference": "#m"}}],
    }
    given = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "active",
        "subject": {"reference": "Patient/p"},
        "contained": [medication],
        "medicationReference": {"reference": "#m"},
    }
    file = tmp_path / "loop.json"
    file.write_bytes(bundle(given))
    with pytest.raises(PatientError, match=r"loop\.json: MedicationStatement/s: .* loops back to itself"):
        list(fhir.read(file))


def test_a_cohort_keeps_aside_what_one_patient_would_be_asked_to_mend(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bundle(observation("718-7", (680, "g/dL"))))
    (found,) = fhir.read(tmp_path)
    assert [each.breaks for each in found.not_mapped] == [True]
    assert "hemoglobin_g_dl" not in found.patient
