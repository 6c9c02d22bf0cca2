"""Screenshots of every page, on a phone and at a desk, in light and dark, for people to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.functional.browser import site
from tests.functional.browser.conftest import DESK, PHONE
from tests.functional.browser.test_journey import WIDER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PAGES = {
    "overview": "/", "trials": "/trials", "search": "/trials?q=tocilizumab", "trial": "/trials/NCT02453256",
    "match": "/match", "screen": "/screen", "plans": "/design", "plan": "/design?plan=focussced",
    "about": "/about",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Iterator[str]:
    with site.served(None) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["phone", "desk"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_is_pictured(
    chromium: Any, shipped: str, pictures: Path, name: str, width: str, scheme: str
) -> None:
    viewport = PHONE if width == "phone" else DESK
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, base_url=shipped)
    page = context.new_page()
    assert page.goto(PAGES[name], timeout=120_000).ok
    page.evaluate("document.querySelectorAll('img').forEach(each => each.loading = 'eager')")
    page.evaluate("() => Promise.all([...document.images].map(each => each.decode().catch(() => 0)))")
    page.screenshot(path=pictures / f"{name}-{width}-{scheme}.png", full_page=True)
    wider = page.evaluate(WIDER)
    context.close()
    assert wider <= 0


def test_a_match_is_pictured_and_printed(open_page: Callable[..., Any], pictures: Path) -> None:
    page = open_page("/match", viewport=PHONE)
    page.locator("input[name=age]").fill("50")
    page.locator("form.match button[type=submit]").click()
    page.wait_for_selector("#said")
    page.screenshot(path=pictures / "matched-phone-light.png", full_page=True)
    page.pdf(path=pictures / "matched.pdf")
    assert (pictures / "matched.pdf").stat().st_size > 10_000
