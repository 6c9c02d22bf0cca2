"""OMOP CDM in: CSV, Parquet and DuckDB, with a vocabulary and without, and tables that are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scleroscope.patients import omop
from scleroscope.patients.files import PatientError

Tables = dict[str, list[dict[str, Any]]]
DAY = date(2026, 6, 1)
PERSON = {
    "person_id": 1,
    "gender_concept_id": 8532,
    "year_of_birth": 1970,
    "month_of_birth": 3,
    "day_of_birth": 4,
}
PERIOD = {
    "person_id": 1,
    "observation_period_start_date": "2010-01-01",
    "observation_period_end_date": "2026-06-01",
}
SSC, DIFFUSE, HAEMOGLOBIN, HEPATITIS_B = 134442, 4027727, 3000963, 3019510
CONCEPT = ("concept_id", "vocabulary_id", "concept_code", "concept_name")


def base(**more: list[dict[str, Any]]) -> Tables:
    return {"person": [PERSON], "observation_period": [PERIOD], **more}


def as_csv(tables: Tables, folder: Path) -> Path:
    for name, rows in tables.items():
        pl.DataFrame(rows).write_csv(folder / f"{name}.csv")
    return folder


def as_parquet(tables: Tables, folder: Path) -> Path:
    for name, rows in tables.items():
        pl.DataFrame(rows).write_parquet(folder / f"{name}.parquet")
    return folder


def as_duckdb(tables: Tables, folder: Path) -> Path:
    duckdb = pytest.importorskip("duckdb")
    file = folder / "cdm.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema cdm.cdm")
        for name, rows in tables.items():
            frame = pl.DataFrame(rows)
            connection.register("rows_here", frame.to_arrow())
            connection.execute(f"create table cdm.cdm.{name.upper()} as select * from rows_here")
            connection.unregister("rows_here")
    return file


def one(tables: Tables, folder: Path) -> Any:
    (found,) = omop.people(as_csv(tables, folder))
    assert found.found == found.mapped + sum(each.count for each in found.not_mapped if not each.part)
    return found


def measurement(concept: int, **more: Any) -> dict[str, Any]:
    return {
        "measurement_id": 7,
        "person_id": 1,
        "measurement_concept_id": concept,
        "measurement_date": "2026-05-01",
        **more,
    }


def condition(concept: int, on: str = "2026-05-20", until: str = "", **more: Any) -> dict[str, Any]:
    return {
        "condition_occurrence_id": 8,
        "person_id": 1,
        "condition_concept_id": concept,
        "condition_start_date": on,
        "condition_end_date": until,
        **more,
    }


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_duckdb])
def test_each_form_of_the_tables_gives_the_same(write: Any, tmp_path: Path) -> None:
    tables = base(
        measurement=[measurement(HAEMOGLOBIN, value_as_number=140.0, unit_source_value="g/L")],
        condition_occurrence=[condition(DIFFUSE)],
    )
    read = omop.read(write(tables, tmp_path))
    (row,) = read.patients.to_dicts()
    assert row == {
        "id": "1",
        "age": 56.0,
        "sex": "female",
        "ssc": True,
        "subset": "diffuse",
        "months_since_diagnosis": 0.4,
        "hemoglobin_g_dl": 14.0,
    }
    assert (read.found, read.mapped, read.not_mapped) == (3, 3, ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"operator_concept_id": 4171756, "value_as_number": 9.0, "unit_source_value": "g/dL"},
            "a bound, not a value",
        ),
        ({"value_as_number": 9.0, "unit_source_value": "%"}, "the unit does not convert to g/dL"),
        ({"value_as_number": 9.0}, "the unit does not convert to g/dL"),
        (
            {"value_as_number": 90.0, "unit_source_value": "g/dL"},
            "hemoglobin_g_dl: outside the plausible range 1 to 30 g/dL",
        ),
        ({"measurement_date": "2026-02-30", "value_as_number": 9.0}, "no such day"),
        ({"value_source_value": "high"}, "the value is of another kind"),
        ({"measurement_concept_id": 0, "value_as_number": 9.0}, "no code that stands for a fact here"),
        ({"value_as_number": None, "unit_source_value": "g/dL"}, "no value"),
    ],
)
def test_what_is_no_value_is_kept_aside(changed: dict[str, Any], reason: str, tmp_path: Path) -> None:
    found = one(base(measurement=[measurement(HAEMOGLOBIN) | changed]), tmp_path)
    assert "hemoglobin_g_dl" not in found.patient
    assert [each.reason for each in found.not_mapped] == [reason]


def test_an_equals_sign_is_no_bound_and_words_are_answers(tmp_path: Path) -> None:
    exact = measurement(
        HAEMOGLOBIN, operator_concept_id=4172703, value_as_number=9.0, unit_source_value="g/dL"
    )
    found = one(base(measurement=[exact, measurement(HEPATITIS_B, value_source_value="Negative")]), tmp_path)
    assert found.patient["hemoglobin_g_dl"] == 9.0
    assert found.patient["hepatitis_b"] is False


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ({"year_of_birth": 1970}, None),
        ({"year_of_birth": 1970, "month_of_birth": 3}, 56),
        ({"year_of_birth": 1970.0, "month_of_birth": 3.0, "day_of_birth": 4.0}, 56),
        ({"year_of_birth": 1970, "month_of_birth": 2, "day_of_birth": 30}, None),
        ({"year_of_birth": 1970, "birth_datetime": "1970-03-04T00:00:00"}, 56),
        ({}, None),
    ],
)
def test_the_age_where_the_birth_date_tells_it(born: dict[str, Any], age: int | None, tmp_path: Path) -> None:
    found = one(base(person=[{"person_id": 1, "gender_concept_id": 8507, **born}]), tmp_path)
    assert found.patient.get("age") == age
    assert found.patient["sex"] == "male"


def test_the_day_of_diagnosis_counts_only_after_a_year_of_observation(tmp_path: Path) -> None:
    tables = base(condition_occurrence=[condition(SSC, "2025-06-01")])
    assert one(tables, tmp_path).patient["months_since_diagnosis"] == 12
    late = {**PERIOD, "observation_period_start_date": "2025-01-01"}
    found = one(tables | {"observation_period": [late]}, tmp_path)
    assert "months_since_diagnosis" not in found.patient
    assert found.patient["ssc"] is True


def test_the_end_of_a_visit_does_not_end_what_lasts_nor_date_what_passes(tmp_path: Path) -> None:
    tables = base(
        condition_occurrence=[
            condition(SSC, "2015-01-01", "2015-01-02"),
            condition(443392, "2015-01-01", "2015-01-02"),
        ]
    )
    found = one(tables, tmp_path)
    assert found.patient["ssc"] is True
    assert "active_malignancy" not in found.patient
    assert "years_since_malignancy" not in found.patient


def vocabulary(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(CONCEPT, row, strict=True)) for row in rows]


def test_a_concept_means_what_it_is_mapped_to_or_what_lies_above_it(tmp_path: Path) -> None:
    tables = base(
        condition_occurrence=[condition(11), condition(12), condition(13), condition(14)],
        concept=vocabulary(
            (11, "ICD9CM", "710.1", "Systemic sclerosis"),
            (12, "SNOMED", "1000004", "A very rare diabetes"),
            (13, "SNOMED", "1000005", "Something else"),
            (14, "SNOMED", "1000006", "A leukemia in remission"),
            (443392, "SNOMED", "363346000", "Malignant neoplastic disease"),
            (SSC, "SNOMED", "89155008", "Systemic sclerosis"),
            (201820, "SNOMED", "73211009", "Diabetes mellitus"),
        ),
        concept_relationship=[
            {"concept_id_1": 11, "concept_id_2": SSC, "relationship_id": "Maps to"},
            {"concept_id_1": 13, "concept_id_2": SSC, "relationship_id": "Is a relative of"},
        ],
        concept_ancestor=[
            {
                "ancestor_concept_id": above,
                "descendant_concept_id": below,
                "min_levels_of_separation": 3,
                "max_levels_of_separation": 3,
            }
            for above, below in ((201820, 12), (443392, 14))
        ],
    )
    found = one(tables, tmp_path)
    assert (found.patient["ssc"], found.patient["diabetes"]) == (True, True)
    assert [each.words for each in found.not_mapped] == ["Something else", "A leukemia in remission"]
    assert "active_malignancy" not in found.patient
    assert {each.field: each.words for each in found.known}["diabetes"] == "A very rare diabetes"


def test_drugs_by_exposure_and_by_era(tmp_path: Path) -> None:
    exposure = {
        "person_id": 1,
        "drug_concept_id": 40171288,
        "drug_exposure_start_date": "2025-06-02",
        "drug_exposure_end_date": "2026-05-20",
    }
    unknown = exposure | {"drug_concept_id": 0, "drug_source_value": "wonder water"}
    found = one(base(drug_exposure=[exposure, unknown]), tmp_path)
    assert found.patient["treatments"] == [{"name": "tocilizumab", "taking": True, "total_weeks": 52}]
    assert [each.reason for each in found.not_mapped] == ["no drug that is known here"]
    (tmp_path / "drug_exposure.csv").unlink()
    era = {
        "person_id": 1,
        "drug_concept_id": 40171288,
        "drug_era_start_date": "2024-06-03",
        "drug_era_end_date": "2025-06-02",
    }
    found = one(base(drug_era=[era]), tmp_path)
    (taken,) = found.patient["treatments"]
    assert taken == {"name": "tocilizumab", "taking": False, "weeks_since_last": 52, "total_weeks": 104}


def test_rows_about_nobody_are_counted(tmp_path: Path) -> None:
    stray = measurement(HAEMOGLOBIN, value_as_number=9.0, unit_source_value="g/dL") | {"person_id": 99}
    read = omop.read(as_csv(base(measurement=[stray]), tmp_path))
    assert (read.found, read.mapped) == (2, 1)
    assert [each.reason for each in read.not_mapped] == ["about nobody who is there"]


def test_the_dead_are_told(tmp_path: Path) -> None:
    found = one(base(death=[{"person_id": 1, "death_date": "2026-05-01"}]), tmp_path)
    assert found.died == "2026-05-01"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("measurement.csv", b"person_id\n1\n", "no such column"),
        ("measurement.csv", b"", "measurement"),
        ("person.csv", b"person_id,gender_concept_id\n1,f\xe9\n", "person"),
        ("person.parquet", b"no parquet", "person"),
        ("cdm.duckdb", b"no database", "not a DuckDB file"),
    ],
)
def test_a_table_that_is_none_is_told_in_one_line(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    if not name.startswith("person"):
        as_csv(base(), tmp_path)
    (tmp_path / name).write_bytes(data)
    source = tmp_path / name if name.endswith("duckdb") else tmp_path
    if said == "no such column":  # a table without what is asked of it says nothing
        (found,) = omop.people(source)
        assert [each.reason for each in found.not_mapped] == ["no code that stands for a fact here"]
        return
    with pytest.raises(PatientError) as error:
        list(omop.people(source))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_people_is_no_cdm(tmp_path: Path) -> None:
    assert not omop.is_omop(tmp_path)
    with pytest.raises(PatientError, match="no table person"):
        omop.read(tmp_path)
