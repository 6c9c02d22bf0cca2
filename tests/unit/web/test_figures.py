"""The marks of figures lead to the trials that they stand for."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from tests.functional.asgi import Client

pytest.importorskip("fastapi")

DRAWN = ("families", "treatments", "manifestations", "endpoints", "countries", "targets", "sponsors")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    from tests.functional.browser import site

    from scleroscope.web.app import create_app

    return Client(create_app(site.catalogue(tmp_path_factory.mktemp("figures"))))


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_every_mark_leads_to_trials_that_are_there(client: Client, name: str, width: str) -> None:
    drawn = client.get(f"/figures/{name}-{width}.svg").text
    links = {unescape(each) for each in re.findall(r'<a [^>]*href="([^"]+)"', drawn)}
    assert links
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", drawn)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        if link.startswith("/trials?"):
            assert client.get(link.replace("/trials?", "/trials.json?")).json()["total"] >= 1, link


def test_a_mark_keeps_the_filters_of_the_page(client: Client) -> None:
    drawn = unescape(client.get("/figures/families-wide.svg?status=recruiting").text)
    links = re.findall(r'href="(/trials\?[^"]+)"', drawn)
    assert links
    assert all("status=recruiting" in each for each in links)


def test_a_page_for_itself_has_no_links_to_a_site(tmp_path: Path) -> None:
    from scleroscope import connect
    from scleroscope.api.page import families

    section = families(connect().overview())
    assert section.figure is not None
    assert "<a " not in section.figure.draw(830)
