"""Patient files: what is accepted, and how a mistake is told without telling the patient's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scleroscope.patients.profile import PatientError, patient, read_patients


def test_an_absent_key_stays_absent() -> None:
    assert patient({"id": "a", "age": None}).values == {}


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(PatientError, match=r"unknown key 'mrs'; did you mean mrss"):
        patient({"id": "a", "mrs": 12})


def test_a_quantity_is_converted() -> None:
    values = patient(
        {
            "id": "a",
            "hemoglobin_g_dl": {"value": 118, "unit": "g/L"},
            "months_since_diagnosis": {"value": 6, "unit": "years"},
            "creatinine_mg_dl": {"value": 200, "unit": "µmol/L"},
            "platelets_10e9_l": {"value": 150000, "unit": "/mm³"},
            "crp_mg_l": {"value": 0.8, "unit": "mg/dL"},
            "weeks_since_live_vaccine": {"value": 10, "unit": "days"},
        }
    ).values
    assert values["hemoglobin_g_dl"] == 11.8
    assert values["months_since_diagnosis"] == 72
    assert values["creatinine_mg_dl"] == pytest.approx(2.2624, abs=1e-4)
    assert values["platelets_10e9_l"] == 150
    assert values["crp_mg_l"] == 8
    assert values["weeks_since_live_vaccine"] == pytest.approx(10 / 7)


def test_text_values_are_recognised() -> None:
    values = patient({"id": "a", "country": "Japan", "sex": "Female", "malignancy_type": "BCC"}).values
    assert values == {"country": "JP", "sex": "female", "malignancy_type": "basal_cell_carcinoma"}


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        ({"age": 5}, "id: every patient needs one"),
        ({"id": "a", "mrss": 77.25}, r"mrss: outside the plausible range 0 to 51 points"),
        ({"id": "a", "mrss": "77.25"}, r"mrss: a number is needed"),
        ({"id": "a", "mrss": True}, r"mrss: a number is needed"),
        ({"id": "a", "mrss": float("nan")}, r"mrss: outside"),
        ({"id": "a", "pregnant": "77.25"}, r"pregnant: true or false"),
        ({"id": "a", "subset": "77.25"}, r"subset: must be one of diffuse, limited, sine"),
        ({"id": "a", "crp_mg_l": {"value": 77.25, "unit": "mmHg"}}, "mmHg cannot be given in mg/L"),
        ({"id": "a", "crp_mg_l": {"value": 77.25}}, "write a number"),
        ({"id": "a", "treatments": [{"name": "x", "dosis": "77.25"}]}, "unknown key 'dosis'; did you"),
        ({"id": "a", "treatments": [{"name": "x", "taking": "77.25"}]}, "entry 1"),
        ({"id": "a", "treatments": [{"name": "x", "stable_weeks": -77.25}]}, "entry 1, stable_weeks"),
        ({"id": "a", "treatments": {"name": "x"}}, "treatments: a list"),
        ({"id": "a", "complete": ["labs"]}, "complete: a list"),
        ([], "one object"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_and_the_value_is_not(record: Any, rule: str) -> None:
    with pytest.raises(PatientError, match=rule) as caught:
        patient(record)
    assert "77.25" not in str(caught.value)


def test_many_patients_come_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text(json.dumps({"id": "a"}) + "\n\n" + json.dumps({"id": 2}) + "\n")
    assert [one.id for one in read_patients(path)] == ["a", "2"]


def test_a_mistake_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text('{"id": "a"}\n{"id": "b", "age": 900}\n')
    with pytest.raises(PatientError, match=r"line 2: age: outside the plausible range 0 to 120 years"):
        read_patients(path)


def test_what_is_not_json_is_not_echoed(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text("secret")
    with pytest.raises(PatientError, match="not JSON") as caught:
        read_patients(path)
    assert "secret" not in str(caught.value)
