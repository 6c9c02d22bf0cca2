"""A patient written as a medical record and read back is the same patient."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.medical_records import alike, fhir_bundle, invented, omop_tables, told, write_csv

from scleroscope.design.population import draw_population
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.text_values import known_value
from scleroscope.patients import fhir, omop
from scleroscope.patients.profile import patient

DRUGS = ("bosentan", "rituximab", "tocilizumab", "methotrexate", "mycophenolate", "prednisone")
TEXTS = {
    "subset": ("diffuse", "limited", "sine"),
    "sex": ("female", "male"),
    "country": ("FR", "US"),
    "place": ("Leeds", "51.5000,-0.1200"),
    "malignancy_type": ("melanoma", "lymphoma"),
    "overlap_type": ("lupus", "sjogren"),
}


@st.composite
def treatments(draw: Any, name: str) -> dict[str, Any]:
    total = draw(st.none() | st.integers(12, 500).map(float))
    one: dict[str, Any] = {"name": name, "taking": draw(st.sampled_from((True, False)))}
    one["total_weeks"] = total
    if one["taking"]:
        one["dose"] = draw(st.sampled_from(("10 mg/day", "2 g/day", "15 mg/week", None)))
        one["stable_weeks"] = draw(st.none() | st.integers(4, int(total or 12)).map(float))
    else:
        one["weeks_since_last"] = draw(st.none() | st.integers(5, int(total or 12)).map(float))
    one["route"] = draw(st.sampled_from(("oral", "intravenous", None)))
    return {key: value for key, value in one.items() if value is not None}


@st.composite
def patients(draw: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": "x"}
    for known in draw(st.lists(st.sampled_from(list(fields().values())), max_size=40, unique=True)):
        if known.type == "bool":
            made[known.id] = draw(st.booleans())
        elif known.type == "number":
            assert known.low is not None
            assert known.high is not None
            made[known.id] = draw(st.floats(known.low, known.high).map(lambda value: float(f"{value:.6g}")))
        elif known.id in TEXTS:
            made[known.id] = draw(st.sampled_from(TEXTS[known.id]))
    names = draw(st.lists(st.sampled_from(DRUGS), max_size=4, unique=True))
    if names:
        made["treatments"] = [draw(treatments(name)) for name in names]
    return made


def test_the_texts_above_are_values_of_their_fields() -> None:
    for name in ("subset", "country", "malignancy_type", "overlap_type"):
        assert all(known_value(name, value) == value for value in TEXTS[name])


@settings(max_examples=150, deadline=None)
@given(patients(), st.integers(0, 2**32))
def test_through_a_fhir_bundle(one: dict[str, Any], seed: int) -> None:
    read = fhir.read_one(fhir_bundle(one, Random(seed)))
    assert alike(read.patient, told(one)) == ""
    assert read.found == read.mapped + sum(each.count for each in read.not_mapped if not each.part)
    patient(read.patient)


def test_a_virtual_cohort_through_fhir_bundles() -> None:
    for one in invented(draw_population(200, seed=11).to_dicts()):
        read = fhir.read_one(fhir_bundle(one, Random(one["id"])))
        assert alike(read.patient, told(one)) == "", one["id"]


def test_a_virtual_cohort_through_omop(tmp_path: Path) -> None:
    cohort = invented(draw_population(200, seed=12).to_dicts())
    tables, wanted = omop_tables(cohort, Random(12))
    folder = write_csv(tables, tmp_path / "cdm")
    read = list(omop.people(folder))
    assert [alike(each.patient, one) for each, one in zip(read, wanted, strict=True)] == [""] * 200
    assert sum(len(one) for one in wanted) > 200 * 20
    whole = omop.read(folder)
    assert whole.found == whole.mapped == sum(len(tables[name]) for name in tables) - 200
    assert whole.patients.height == 200


@settings(max_examples=20, deadline=None)
@given(st.lists(patients(), min_size=1, max_size=5), st.integers(0, 2**32))
def test_random_patients_through_omop(tmp_path_factory: Any, many: list[dict[str, Any]], seed: int) -> None:
    for one in many:
        one.setdefault("age", 50.0)
        one.setdefault("sex", "female")
    tables, wanted = omop_tables(many, Random(seed))
    folder = write_csv(tables, tmp_path_factory.mktemp("cdm"))
    read = list(omop.people(folder))
    assert [alike(each.patient, one) for each, one in zip(read, wanted, strict=True)] == [""] * len(many)
