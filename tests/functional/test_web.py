"""The pages, asked as a browser asks, without one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.functional import invented_trials
from tests.functional.asgi import Client

pytest.importorskip("fastapi")

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }}"


def hostile_record() -> dict[str, Any]:
    """A record that says something wicked wherever text goes."""
    record = invented_trials.record(
        66, HOSTILE, acronym="<b>X", status="TERMINATED", drug=HOSTILE, sponsor=HOSTILE,
        sponsor_class="OTHER", measure=HOSTILE, summary=HOSTILE,
        sites=[{"facility": HOSTILE, "city": HOSTILE, "country": "France"}],
    )  # fmt: skip
    protocol = record["protocolSection"]
    protocol["statusModule"]["whyStopped"] = HOSTILE
    protocol["eligibilityModule"] = {
        "eligibilityCriteria": f"Inclusion Criteria:\n\n* Age 18 to 70 years\n* {HOSTILE}\n\n"
        "Exclusion Criteria:\n\n"
        "* Pregnancy\n* wears purple hats on Tuesdays"
    }
    protocol["referencesModule"] = {
        "seeAlsoLinks": [{"label": HOSTILE, "url": "javascript:alert(1)"}],
        "references": [{"citation": HOSTILE}],
    }
    return record


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from scleroscope.catalogue import open_catalogue
    from scleroscope.catalogue.intake import import_files

    folder = tmp_path_factory.mktemp("web")
    source, path = folder / "records.json", folder / "catalogue.sqlite"
    source.write_text(json.dumps({"studies": [*invented_trials.TRIALS, hostile_record()]}), encoding="utf-8")
    with open_catalogue(path) as opened:
        assert import_files(opened, [source]).new == len(invented_trials.TRIALS) + 1
    return path


@pytest.fixture(scope="module")
def client(catalogue: Path) -> Client:
    from scleroscope.web.app import create_app

    return Client(create_app(catalogue))


PAGES = (
    "/", "/?status=recruiting", "/trials", "/trials?q=tocilizumab", "/trials/NCT99000001", "/trials/SOFT",
    "/trials/NCT99000066", "/about",
)  # fmt: skip
TWINS = (
    "/overview.json",
    "/trials.json",
    "/trials/NCT99000001.json",
    "/trials/NCT99000066.json",
    "/about.json",
)


ODD = (
    "page=0", "page=x", "page=99999999", "sort=size", "colour=red", "q=" + "a" * 500, "within=5km",
    "near=qqqqqqq", "since=yesterday", "phase=%00", "q=%22%28%2A",
)  # fmt: skip
OUTSIDE = (
    "/static/..%2f..%2fapp.py", "/static/../app.py", "/trials/..%2f..%2fetc%2fpasswd", "/figures/..-wide.svg",
    "/figures/families-huge.svg", "/trials/%0d%0aSet-Cookie:a=b",
)  # fmt: skip


OTHERS = (
    "/trials.csv", "/trials.atom", "/openapi.json", "/static/site.css", "/nothing", "/trials/NCT00000000",
    "/trials?family=nonsense",
)  # fmt: skip


@pytest.mark.parametrize("address", [*PAGES, *TWINS, *OTHERS])
def test_every_answer_carries_the_security_headers_and_no_cookie(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code < 500
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("address", [*PAGES, "/nothing"])
def test_pages_have_nothing_inline_and_load_nothing_from_elsewhere(client: Client, address: str) -> None:
    page = client.get(address).text
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=\"|<script(?! src=\"/static/)|javascript:", page.replace("&#34;", "")
    )
    loaded = re.findall(r"<(?:script|img|link|source)[^>]+?(?:src|href|srcset)=\"([^\"]+)\"", page)
    assert loaded
    assert all(each.startswith("/") and not each.startswith("//") for each in loaded)


@pytest.mark.parametrize("address", PAGES)
def test_pages_have_one_heading_a_language_and_a_way_past_the_navigation(
    client: Client, address: str
) -> None:
    page = client.get(address).text
    assert page.count("<h1") == 1
    assert '<html lang="en">' in page
    assert 'href="#content"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", TWINS)
def test_every_page_has_a_twin_that_is_json(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("address", ["/trials/NCT99000066", "/trials?q=alert", "/trials", "/"])
def test_what_a_registry_says_is_text_and_never_markup(client: Client, address: str) -> None:
    page = client.get(address).text
    assert "alert(1)" in page or address == "/"
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>X" not in page
    assert 'href="javascript' not in page
    assert " 49" not in re.sub(r"\d{3,}", "", page) or "{{ 7*7 }}" in page


def test_words_in_the_address_are_text_as_well(client: Client) -> None:
    page = client.get("/trials", params={"q": HOSTILE}).text
    assert "<script>alert" not in page
    assert 'value="&lt;script&gt;' in page


def test_a_trial_is_told_in_plain_words(client: Client) -> None:
    page = client.get("/trials/NCT99000001").text
    assert "What is tested" in page
    assert "tocilizumab" in page
    assert "Lyon" in page


def test_text_that_was_not_read_is_marked_and_none_of_it_is_lost(client: Client) -> None:
    page = client.get("/trials/NCT99000066").text
    assert re.search(r'<mark class="unread[^>]*>[^<]*purple hats', page)
    assert not re.search(r'<mark class="unread[^>]*>[^<]*Pregnancy', page)
    assert "Exclusion Criteria" in page


def test_a_criterion_stands_beside_its_reading(client: Client) -> None:
    page = client.get("/trials/NCT99000066").text
    assert "You cannot take part if you are pregnant." in page


def test_facets_count_and_lead_to_what_they_count(client: Client) -> None:
    page = client.get("/trials").text
    link, count = re.search(
        r'href="(/trials\?status=completed)"[^>]*>[^<]*</a> <span class="n">(\d+)', page
    ).groups()
    assert client.get(link.replace("/trials", "/trials.json")).json()["total"] == int(count)


def test_a_filter_says_how_many_trials_it_leaves_out(client: Client) -> None:
    assert "left out because phase is not stated" in client.get("/trials?phase=2").text


def test_an_unknown_value_names_near_ones_without_dashes(client: Client) -> None:
    answer = client.get("/trials?status=recruting")
    assert answer.status_code == 400
    assert "recruiting" in answer.text
    assert "--status" not in answer.text


@pytest.mark.parametrize("query", ODD)
@pytest.mark.parametrize("path", ["/trials", "/trials.json", "/trials.csv", "/"])
def test_what_cannot_be_meant_is_told_and_never_breaks(client: Client, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code in (200, 400)


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_site_can_be_asked_for(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_figures_have_no_inline_style_but_the_one_that_their_policy_names(client: Client) -> None:
    answer = client.get("/figures/families-wide.svg")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert " style=" not in answer.text
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]


def test_the_figure_follows_the_filters(client: Client) -> None:
    assert (
        client.get("/figures/families-wide.svg").text != client.get("/figures/families-wide.svg?phase=3").text
    )


def test_a_browser_that_has_the_page_gets_no_second_copy(client: Client) -> None:
    first = client.get("/trials")
    assert client.get("/trials", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_pages_are_packed(client: Client) -> None:
    assert client.get("/trials", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/trials", headers={"Accept-Encoding": "identity"}).headers


def test_the_catalogue_is_not_changed_by_reading(client: Client, catalogue: Path) -> None:
    before = catalogue.read_bytes()
    for address in (*PAGES, *TWINS):
        assert client.get(address).status_code == 200, address
    assert catalogue.read_bytes() == before


def test_an_import_is_seen_by_the_next_page(tmp_path: Path) -> None:
    from scleroscope.catalogue import open_catalogue
    from scleroscope.catalogue.intake import import_files
    from scleroscope.web.app import create_app

    path = tmp_path / "catalogue.sqlite"
    for number, title in ((1, "First"), (2, "Second")):
        source = tmp_path / f"{number}.json"
        source.write_text(json.dumps({"studies": [invented_trials.record(number, title)]}), encoding="utf-8")
        with open_catalogue(path) as opened:
            import_files(opened, [source])
        if number == 1:
            client = Client(create_app(path))
        assert client.get("/trials.json").json()["total"] == number


def test_an_error_tells_its_kind_and_not_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    from scleroscope.web.headers import Secured

    async def broken(*_: object) -> None:
        raise ValueError("mrss is 17")

    answer = Client(Secured(broken)).get("/?secret=17")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "17" not in answer.text
    assert "17" not in caplog.text.split("ValueError")[0]
    assert "ValueError in broken" in caplog.text
    assert "mrss is" not in caplog.text


def test_a_search_has_a_feed_that_is_xml_whatever_a_registry_says(client: Client) -> None:
    from xml.etree import ElementTree as ET

    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(client.get("/trials.atom").content)
    assert len(feed.findall(f"{atom}entry")) == client.get("/trials.json").json()["total"]
    assert any("<script>" in (each.text or "") for each in feed.iter(f"{atom}title"))
    assert not [each for each in feed.iter() if "script" in each.tag]
    one = ET.fromstring(client.get("/trials.atom?status=recruiting").content)
    assert len(one.findall(f"{atom}entry")) == 1
    ids = [each.text for each in feed.iter(f"{atom}id")]
    assert len(ids) == len(set(ids))
    titles = [each.text or "" for each in feed.iter(f"{atom}title")][1:]
    assert all(each.startswith("New: ") for each in titles)


def test_a_catalogue_that_went_away_is_told_without_its_place(tmp_path: Path, catalogue: Path) -> None:
    from scleroscope.web.app import create_app

    path = tmp_path / "secret-folder" / "catalogue.sqlite"
    path.parent.mkdir()
    path.write_bytes(catalogue.read_bytes())
    client = Client(create_app(path))
    path.unlink()
    answer = client.get("/trials")
    assert answer.status_code == 404
    assert "secret-folder" not in answer.text


def test_heads_are_answered(client: Client) -> None:
    assert client.request("HEAD", "/trials").status_code == 200


def test_the_openapi_names_every_filter(client: Client) -> None:
    from scleroscope.api.filters import NAMES

    paths = client.get("/openapi.json").json()["paths"]
    assert set(NAMES) <= {each["name"] for each in paths["/trials.json"]["get"]["parameters"]}


@pytest.mark.parametrize(
    ("form", "begins"),
    [("json", "{"), ("cql", "library "), ("fhir-r4", "{"), ("fhir-r5", "{"), ("ti", "STUDYID,DOMAIN,")],
)
def test_criteria_can_be_had_for_other_systems(client: Client, form: str, begins: str) -> None:
    answer = client.get(f"/trials/NCT99000066/criteria/{form}")
    assert answer.status_code == 200
    assert answer.text.startswith(begins)
    assert re.fullmatch(
        r'attachment; filename="NCT99000066-criteria\.[a-z.]+"', answer.headers["content-disposition"]
    )
    assert f"/trials/NCT99000066/criteria/{form}" in client.get("/trials/NCT99000066").text


@pytest.mark.parametrize(
    "path", ["NCT99000066/criteria/exe", "NCT99000002/criteria/cql", "NCT0/criteria/cql"]
)
def test_criteria_that_are_not_there_are_not_found(client: Client, path: str) -> None:
    assert client.get(f"/trials/{path}").status_code == 404


def test_sites_are_told_by_their_distance(client: Client) -> None:
    page = client.get("/trials/NCT99000001", params={"near": "Geneva, Switzerland"}).text
    assert re.search(r"<strong>11\d km</strong> Lyon, France", page)
    assert page.index("Lyon, France") < page.index("Boston")
    assert "which one?" in client.get("/trials/NCT99000001", params={"near": "Portland"}).text


def test_a_trial_without_the_registrys_words_says_so_and_leads_there() -> None:
    from scleroscope.web.app import create_app

    page = Client(create_app()).get("/trials/NCT02453256").text
    assert "The registry's own words are not in this catalogue" in page.replace("&#39;", "'")
    assert "https://clinicaltrials.gov/study/NCT02453256" in page


def test_a_list_can_be_had_as_parquet(client: Client) -> None:
    import io

    import polars as pl

    answer = client.get("/trials.parquet?status=recruiting")
    assert 'filename="trials.parquet"' in answer.headers["content-disposition"]
    found = pl.read_parquet(io.BytesIO(answer.content))
    assert found["id"].to_list() == ["NCT99000001"]
    assert found.schema["phases"] == pl.List(pl.String)


def test_a_server_that_is_older_than_its_files_goes_on_with_its_own(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jinja2 import PackageLoader

    from scleroscope.web import render
    from scleroscope.web.app import create_app

    fresh = Client(create_app(catalogue))
    # The files of another version are there now; whatever they are, nothing reads them.
    monkeypatch.setattr(PackageLoader, "get_source", None)
    monkeypatch.setattr(render, "files", None)
    for path in (*PAGES, "/match", "/screen", "/static/site.css", "/nothing"):
        assert fresh.get(path).status_code == (404 if path == "/nothing" else 200), path
