"""axe-core holds every page against WCAG 2.2 AA and its own best practices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.functional.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(180)

PAGES = (
    "/", "/trials", "/trials?q=rituximab&status=completed", "/trials/NCT99000001", "/trials/NCT99000004",
    "/trials/NCT99000001?near=Lyon%2C+France", "/match", "/screen", "/design", "/about", "/nothing",
)  # fmt: skip


def _where(found: Any) -> list[str]:
    return [node["html"][:160] for node in found["nodes"][:3]]


def violations(page: Any) -> list[str]:
    """What axe finds, each with the places where it is so."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']} ({each['impact']}): {each['help']}: {_where(each)}" for each in found]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_violates_accessibility_on_a_phone(open_page: Callable[..., Any], path: str) -> None:
    page = open_page(path, viewport=PHONE, expected=404 if path == "/nothing" else 200)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_violates_accessibility_at_a_desk(
    open_page: Callable[..., Any], path: str, scheme: str
) -> None:
    page = open_page(path, viewport=DESK, color_scheme=scheme, expected=404 if path == "/nothing" else 200)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []


def test_a_match_violates_nothing(open_page: Callable[..., Any]) -> None:
    page = open_page("/match", viewport=PHONE, color_scheme="dark")
    page.locator("input[name=age]").fill("50")
    page.locator("form.match button[type=submit]").click()
    page.wait_for_selector("#said")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []


@pytest.mark.slow
def test_a_screening_and_a_plan_violate_nothing(open_page: Callable[..., Any]) -> None:
    page = open_page("/screen", viewport=PHONE)
    page.locator("input[value=virtual]").check()
    page.locator("input[name=trial]").fill("SOFT")
    page.get_by_role("button", name="Screen", exact=True).click()
    page.wait_for_selector(".falls input", timeout=60_000)
    assert violations(page) == []
    pytest.importorskip("numba")
    page = open_page("/design?plan=focussced", viewport=PHONE)
    assert violations(page) == []
