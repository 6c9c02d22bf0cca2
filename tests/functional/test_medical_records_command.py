"""Medical records at the command line: what was understood, whom they match, whom they screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

import pytest
from tests.medical_records import fhir_bundle, invented, omop_tables, write_csv

from scleroscope.design.population import draw_population

Run = Callable[..., CompletedProcess[str]]
COHORT = invented(draw_population(200, seed=5).to_dicts()[:4])
RECORD = Path(__file__).resolve().parents[2] / "docs" / "examples" / "record.json"

LATIN_1 = b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "a": "\xe9"}}]}'


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    folder = tmp_path / "bundles"
    folder.mkdir()
    for one in COHORT:
        (folder / f"{one['id']}.json").write_bytes(fhir_bundle(one, Random(1)))
    return folder


@pytest.fixture
def cdm(tmp_path: Path) -> Path:
    return write_csv(omop_tables(COHORT, Random(1))[0], tmp_path / "cdm")


def test_what_was_understood_and_what_was_not(run: Run) -> None:
    done = run("patient", RECORD)
    assert done.returncode == 0
    assert "fvc_percent_predicted           74        2026-05-20  Observation/fvc-2" in done.stdout
    assert "refuted" in done.stdout
    assert done.stderr.startswith("1 patient: 11 statements found, 8 mapped, 3 kept aside")
    told = json.loads(run("patient", RECORD, "--json", "--as-of", "2026-07-01").stdout)
    (one,) = told["people"]
    assert one["as_of"] == "2026-07-01"
    assert one["patient"]["months_since_first_non_raynaud"] == 21
    books = told["books"]
    assert books["found"] == books["mapped"] + sum(each["count"] for each in books["not_mapped"])


def test_a_record_matches_as_the_patient_file_of_the_same_patient(run: Run, tmp_path: Path) -> None:
    (one,) = json.loads(run("patient", RECORD, "--json").stdout)["people"]
    (tmp_path / "same.json").write_text(json.dumps(one["patient"]), "utf-8")
    from_record, from_file = (run("match", file, "--json") for file in (RECORD, tmp_path / "same.json"))
    assert from_record.returncode == from_file.returncode == 0
    told, same = (json.loads(done.stdout) for done in (from_record, from_file))
    assert told.pop("record")["mapped"] == 8
    assert told == same
    assert "3 kept aside" in from_record.stderr
    assert "kept aside" not in from_file.stderr


@pytest.mark.parametrize("source", ["bundles", "cdm"])
def test_a_cohort_of_records_is_screened(source: str, run: Run, request: pytest.FixtureRequest) -> None:
    done = run("screen", request.getfixturevalue(source), "--study", "focuSSced", "--json")
    assert done.returncode == 0, done.stderr
    assert "4 patients" in done.stderr
    books = json.loads(done.stdout)["record"]
    assert (books["people"], books["found"]) == (4, books["mapped"])


def test_records_against_a_text(run: Run, bundles: Path, tmp_path: Path) -> None:
    text = tmp_path / "criteria.txt"
    text.write_text("Inclusion Criteria:\n\n* Systemic sclerosis\n* Age >= 18 years\n", "utf-8")
    done = run("match", bundles, "--text", text, "--json")
    assert done.returncode == 0, done.stderr
    verdicts = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    assert verdicts == ["eligible"] * 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"resourceType": "Bundle"}', "no Patient in the Bundle"),
        (LATIN_1, "not UTF-8 text"),
        (b'{"resourceType": "Bundle", ', "not FHIR JSON"),
    ],
)
def test_a_bad_record_ends_with_one_line(data: bytes, said: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(data)
    for command in (("patient",), ("match",)):
        done = run(*command, file)
        assert done.returncode != 0
        assert done.stdout == ""
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
