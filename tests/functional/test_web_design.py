"""A plan in the browser: what is moved moves the answer, and the plan can be kept and run."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.functional.asgi import Client

pytest.importorskip("fastapi")
pytest.importorskip("numba")

PLAN = "/design.json?plan=focussced"


@pytest.fixture(scope="module")
def client(invented_catalogue: Path) -> Client:
    from scleroscope.web.app import create_app

    return Client(create_app(invented_catalogue))


def ask(client: Client, **moved: Any) -> Any:
    answer = client.get("/design.json", params={"plan": "focussced", **moved})
    assert answer.status_code == 200, answer.text
    return answer.json()["plan"]


def test_a_larger_effect_and_more_patients_find_it_more_often(client: Client) -> None:
    criteria = {"inclusion": ["subset = diffuse", "mrss >= 10"]}
    planned = ask(client, **criteria)
    assert ask(client, mrss="-4", **criteria)["power"]["value"] > planned["power"]["value"]
    more = ask(client, n="600", **criteria)
    assert more["power"]["value"] > planned["power"]["value"]
    assert more["recruitment"]["mean"] > planned["recruitment"]["mean"]


def test_fewer_criteria_let_more_in_and_recruit_faster(client: Client) -> None:
    planned, wider = ask(client), ask(client, inclusion=["subset = diffuse"])
    assert wider["eligible"]["value"] > planned["eligible"]["value"]
    assert wider["recruitment"]["mean"] < planned["recruitment"]["mean"]


def test_the_page_says_what_was_planned_beside_what_was_moved(client: Client) -> None:
    page = client.get("/design?plan=focussced&inclusion=subset+%3D+diffuse&n=210").text
    assert "planned " in page
    assert "Your type of systemic sclerosis is diffuse." in page
    assert "What each criterion costs" in page
    assert "<h1>Design a trial</h1>" in client.get("/design").text


def test_the_plan_that_is_downloaded_is_the_one_that_was_moved_and_can_be_run(
    client: Client, tmp_path: Path
) -> None:
    from scleroscope.api.design import read_plan

    answer = client.get("/design.toml?plan=focussced&n=300&mrss=-2.5&inclusion=mrss+%3E%3D+12&sites=40")
    file = tmp_path / "plan.toml"
    file.write_text(answer.text, encoding="utf-8")
    plan = read_plan(file)
    assert (plan.arms.n, plan.effect.mrss, plan.criteria.inclusion) == (300, -2.5, ("mrss >= 12",))
    assert plan.criteria.exclusion == ()
    assert plan.sites is not None
    assert plan.sites.count == 40
    untouched = tomllib.loads(client.get("/design.toml?plan=senscis").text)
    assert untouched["arms"]["n"] == 576


@pytest.mark.parametrize(
    "query",
    [
        "plan=nonsense", "plan=..%2f..%2fetc", "plan=focussced&n=1e9", "plan=focussced&n=nan",
        "plan=focussced&n=7.5", "plan=focussced&mrss=inf", "plan=focussced&colour=red",
        "plan=focussced&inclusion=not+a+criterion+at+all(",
        "plan=focussced&inclusion=" + "a" * 500, "plan=focussced&rate=0&n=10",
        "plan=focussced&inclusion=age+%3E+119", "plan=focussced&n=10&inclusion=%00",
        "plan=focussced&" + "&".join(["inclusion=ssc"] * 50),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/design", "/design.json", "/design.toml"])
def test_what_cannot_be_planned_is_told_and_never_breaks(client: Client, path: str, query: str) -> None:
    expected = (200, 400) if path == "/design.toml" else (400,)
    assert client.get(f"{path}?{query}").status_code in expected
