"""A patient file or a FHIR Bundle brought to the pages: read, answered, gone."""

from __future__ import annotations

import io
import json
import logging
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.functional.asgi import Client
from tests.functional.browser import site

pytest.importorskip("fastapi")

MARK = "Zyxwvut"  # what nobody else would say
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


def bundle(born: str = "1974-05-01") -> dict[str, Any]:
    """A record of somebody invented."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": "2026-05-02T10:00:00Z",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": born,
                          "name": [{"family": MARK}]}},
            {"resource": {"resourceType": "Observation", "id": "o", "status": "final",
                          "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2026-04-01",
                          "code": {"coding": [{"system": "http://loinc.org", "code": "0-0"}], "text": MARK},
                          "valueString": MARK}},
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    from scleroscope.web.app import create_app

    return Client(create_app(site.catalogue(tmp_path_factory.mktemp("upload"))))


def bring(client: Client, name: str, data: bytes | str | dict[str, Any], **fields: str) -> Any:
    content = (
        data if isinstance(data, bytes) else (data if isinstance(data, str) else json.dumps(data)).encode()
    )
    return client.post("/match/file", files={"file": (name, content)}, data=fields)


def fhir(client: Client, record: Any, **options: Any) -> Any:
    content = record if isinstance(record, bytes) else json.dumps(record).encode()
    headers = {"Content-Type": "application/fhir+json"}
    return client.post("/fhir/ResearchStudy/$match", content=content, headers=headers, **options)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("me.json", '{"age": 50, "subset": "diffuse", "pregnant": false}'),
        ("me.toml", 'age = 50\nsubset = "diffuse"\npregnant = false\n'),
        ("me.yaml", "age: 50\nsubset: diffuse\npregnant: false\n"),
    ],
)
def test_a_patient_file_fills_the_form_and_finds_trials(client: Client, name: str, text: str) -> None:
    page = bring(client, name, text)
    assert page.status_code == 200
    assert re.search(r'name="age" value="50"', page.text)
    assert re.search(r'name="subset" value="diffuse" checked', page.text)
    assert re.search(r'name="pregnant" value="no" checked', page.text)
    assert "NCT99000001" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers


def test_medicines_of_a_file_stay_with_their_doses_when_the_form_is_sent_again(client: Client) -> None:
    course = {"name": "mycophenolate", "taking": True, "dose": "2 g/day", "stable_weeks": 30}
    page = bring(client, "me.json", {"age": 50, "treatments": [course], "complete": ["treatments"]}).text
    assert "taken now, 2 g/day, at this dose for 30 weeks" in page
    hidden = re.search(r'name="carried" value="([^"]+)"', page)
    assert hidden
    carried = hidden[1].replace("&#34;", '"')
    again = client.post("/match", data={"age": "51", "carried": carried}).text
    assert "taken now, 2 g/day, at this dose for 30 weeks" in again


def test_medicines_that_came_back_changed_are_told_so(client: Client) -> None:
    assert client.post("/match", data={"carried": "{["}).status_code == 400


def test_a_medical_record_is_read_and_what_was_not_is_listed(client: Client) -> None:
    page = bring(client, "record.json", bundle()).text
    assert re.search(r'name="age" value="52"', page)  # on the day on which the record was written
    assert "a medical record up to 2026-05-02" in page
    assert re.search(r"entries that could not be used.*?Observation", page, re.DOTALL)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.json", b""), ("x.json", b"{"), ("x.json", b"\xff\xfe"), ("x.json", b"[]"), ("x.json", b"7"),
        ("x.json", b"[" * 100_000), ("x.yaml", b"a: &a [*a]"), ("x.toml", b"= 1"),
        ("x.json", b'{"age": "' + MARK.encode() + b'"}'), ("x.json", b'{"resourceType": "Patient"}'),
        ("x.json", b'{"resourceType": "Bundle", "entry": [{"resource": ' + b'{"a":' * 5_000),
        ("../../x.json", b'{"nonsense": 1}'),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_told_so_without_quoting_it(client: Client, name: str, data: bytes) -> None:
    answer = bring(client, name, data)
    assert answer.status_code == 400
    assert MARK not in answer.text


def test_a_file_is_read_no_further_than_it_may_be_long(client: Client) -> None:
    assert bring(client, "x.json", b"[" + b" " * 21_000_000).status_code == 413


@pytest.mark.parametrize("header", ["multipart/form-data", "multipart/form-data; boundary=", "text/plain"])
def test_a_form_that_is_none_is_told_so(client: Client, header: str) -> None:
    answer = client.post("/match/file", content=b"--x\r\nnonsense", headers={"Content-Type": header})
    assert answer.status_code == 400


def test_a_bundle_gets_a_searchset_with_match_grades(client: Client) -> None:
    answer = fhir(client, bundle(), params={"trials": "all"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["resourceType"], found["type"]) == ("Bundle", "searchset")
    assert found["total"] == len(found["entry"]) == 4
    for entry in found["entry"]:
        assert entry["resource"]["resourceType"] == "ResearchStudy"
        assert "status" in entry["resource"] or "_status" in entry["resource"]
        assert entry["search"]["mode"] == "match"
        (grade,) = [each["valueCode"] for each in entry["search"]["extension"] if each["url"] == GRADE]
        assert grade in ("probable", "possible", "certainly-not")
        assert 0 <= entry["search"].get("score", 0) <= 1
    assert fhir(client, bundle()).json()["total"] == 1  # open ones


def test_a_criterion_that_stands_in_the_way_is_told_with_the_grade(client: Client) -> None:
    (entry,) = fhir(client, bundle(born="2016-01-01")).json()["entry"]
    assert entry["search"]["extension"][0]["valueCode"] == "certainly-not"
    assert any("age" in each["text"] for each in entry["resource"]["note"])


@pytest.mark.parametrize("record", [b"", b"{", {"resourceType": "Patient"}, {"resourceType": "Bundle"}, []])
def test_what_is_no_bundle_of_one_patient_gets_an_operation_outcome(client: Client, record: Any) -> None:
    answer = fhir(client, record)
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_another_site_cannot_send_the_service_a_form(client: Client) -> None:
    answer = client.post("/fhir/ResearchStudy/$match", data={"resourceType": "Bundle"})
    assert answer.status_code == 415


def test_nothing_that_is_brought_is_logged_or_left(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    large = {**bundle(), "note": MARK * 400_000}  # beyond what a parser keeps in memory by itself
    assert bring(client, "x.json", large).status_code == 200
    assert fhir(client, large).status_code == 200
    assert bring(client, "x.json", f'{{"malignancy_type": "{MARK}"}}').status_code == 200
    assert bring(client, "x.json", f'{{"{MARK}": 1}}').status_code == 400
    ours = [each for each in caplog.records if not each.name.startswith(("httpx", "asyncio", "httpcore"))]
    assert not any(MARK in each.getMessage() for each in ours)
    told = capfd.readouterr()
    assert MARK not in told.out + told.err
    assert not list(tmp_path.iterdir())


@pytest.mark.shared
def test_real_synthetic_records_are_answered(client: Client, shared: Path) -> None:
    with tarfile.open(shared / "data/patients/smart_generated_R4_synthea.tar.gz") as archive:
        records = [each for each in archive if each.name.endswith(".json")][:5]
        bundles = [archive.extractfile(each) for each in records]
        for one in bundles:
            answer = fhir(client, io.BufferedReader(one).read() if one else b"")  # type: ignore[arg-type]
            assert answer.status_code == 200, answer.text[:300]
            assert answer.json()["total"] == 1
