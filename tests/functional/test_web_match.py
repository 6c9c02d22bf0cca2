"""Finding a trial in the browser: grouped with reasons, and nothing kept of what is typed."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from tests.functional import invented_trials
from tests.functional.asgi import Client

pytest.importorskip("fastapi")

CRITERIA = {
    1: "Inclusion Criteria:\n\n* Age 18 to 70 years\n\nExclusion Criteria:\n\n* Pregnancy",
    2: "Inclusion Criteria:\n\n* Age 18 to 40 years\n* wears purple hats on Tuesdays",
    3: "Inclusion Criteria:\n\n* Forced vital capacity at least 45% of predicted",
}
MARK = "8317.25"  # what nobody else would say


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    from scleroscope.catalogue import open_catalogue
    from scleroscope.catalogue.intake import import_files
    from scleroscope.web.app import create_app

    folder = tmp_path_factory.mktemp("match")
    records = [
        invented_trials.record(number, f"Trial {number}", status="RECRUITING") for number in (1, 2, 3, 4)
    ]
    for number, text in CRITERIA.items():
        records[number - 1]["protocolSection"]["eligibilityModule"] = {"eligibilityCriteria": text}
    records.append(invented_trials.record(5, "Ended", status="COMPLETED"))
    source, path = folder / "records.json", folder / "catalogue.sqlite"
    source.write_text(json.dumps({"studies": records}), encoding="utf-8")
    with open_catalogue(path) as opened:
        import_files(opened, [source])
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(folder))
    return Client(create_app(path))


def group(page: str, verdict: str) -> str:
    """The section of a verdict."""
    found = re.search(rf'<section aria-labelledby="v-{verdict}">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_the_form_asks_every_question_once_and_i_dont_know_is_an_answer(client: Client) -> None:
    from scleroscope.api.questions import questions

    page = client.get("/match").text
    for name, field in questions().items():
        inputs = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
        if field.type == "bool" or field.values:
            assert len(inputs) == (len(field.values) or 2) + 1, name
            assert any('value=""' in each and "checked" in each for each in inputs), name
        else:
            assert len(inputs) == 1, name
            assert 'value=""' in inputs[0]


def test_trials_are_grouped_and_every_reason_is_told(client: Client) -> None:
    page = client.post("/match", data={"age": "50", "pregnant": "no"}).text
    assert "NCT99000001" in group(page, "eligible")
    assert "NCT99000003" in group(page, "possible")
    assert "Ask about: " in group(page, "possible")
    assert "NCT99000004" in group(page, "not_known")
    assert "NCT99000002" in group(page, "ineligible")
    assert "only if your age is between 18 years and 40 years" in group(page, "ineligible")
    assert "50 (asked: ≥ 18 and ≤ 40 years)" in group(page, "ineligible")


def test_what_is_not_said_never_rules_a_trial_out(client: Client) -> None:
    page = client.post("/match", data={"age": "", "pregnant": ""}).text
    assert group(page, "ineligible") == ""
    assert "NCT99000001" in group(page, "possible")


def test_ended_trials_are_there_when_asked_for(client: Client) -> None:
    assert "NCT99000005" not in client.post("/match", data={"age": "50"}).text
    assert "NCT99000005" in client.post("/match", data={"age": "50", "trials": "all"}).text


def test_units_may_be_written_as_people_know_them(client: Client) -> None:
    page = client.post("/match", data={"months_since_first_non_raynaud": "3 years"}).text
    assert 'value="3 years"' in page
    assert "What is known" in page


def test_answers_that_cannot_be_meant_are_asked_again(client: Client) -> None:
    answer = client.post("/match", data={"age": "old", "fvc_percent_predicted": "70"})
    assert answer.status_code == 400
    assert "A number is needed" in answer.text
    assert re.search(r'name="fvc_percent_predicted" value="70"', answer.text)


def test_answers_are_escaped(client: Client) -> None:
    page = client.post("/match", data={"overlap_type": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("data", [{"age": "50"}, {"age": "old"}, {}])
def test_no_answer_about_a_person_may_be_kept(client: Client, data: dict[str, str]) -> None:
    answer = client.post("/match", data=data)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert client.get("/match").headers["cache-control"] == "no-store"


def test_nothing_typed_is_logged_or_written(
    client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    for data in ({"place": MARK}, {"malignancy_type": MARK}, {"age": MARK}, {"treatments": MARK}):
        assert client.post("/match", data=data).status_code in (200, 400)
    client.post("/match.json", json={"age": float(MARK)})
    client.post(
        "/match.json", content=f'{{"age": "{MARK}"'.encode(), headers={"Content-Type": "application/json"}
    )
    ours = [each for each in caplog.records if not each.name.startswith(("httpx", "asyncio", "httpcore"))]
    assert not any(MARK in each.getMessage() for each in ours)
    told = capfd.readouterr()
    assert MARK not in told.out + told.err


def test_nothing_about_a_person_is_asked_for_in_an_address(client: Client) -> None:
    assert client.request("GET", "/match", params={"age": "50"}).text == client.get("/match").text
    assert 'method="post"' in client.get("/match").text


def test_a_form_is_bounded(client: Client) -> None:
    assert client.post("/match", content=b"a=" + b"b" * 70_000).status_code == 413
    many = "&".join(f"x{number}=1" for number in range(1_000))
    assert client.post("/match", content=many.encode()).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"age": "x"}', b'{"nonsense": 1}', b"\xff"])
def test_json_that_is_no_patient_is_told_so(client: Client, body: bytes) -> None:
    answer = client.post("/match.json", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_the_twin_answers_the_same(client: Client) -> None:
    answer = client.post("/match.json", json={"age": 50, "pregnant": False})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["counts"] == {"eligible": 1, "possible": 1, "not_known": 1, "ineligible": 1}


def test_another_site_cannot_send_the_twin_a_form(client: Client) -> None:
    assert client.post("/match.json", data={"age": "50"}).status_code == 415
