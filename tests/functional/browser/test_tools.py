"""A cohort and a plan in a real browser, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.functional.browser.conftest import PHONE
from tests.functional.browser.test_journey import WIDER

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_table_is_screened_and_asked_again(
    open_page: Callable[..., Any], scripts: bool, tmp_path: Path
) -> None:
    table = tmp_path / "cohort.csv"
    table.write_text("id,age,mrss\na,50,20\nb,80,20\n", encoding="utf-8")
    page = open_page("/screen", scripts=scripts, viewport=PHONE)
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Screen", exact=True).click()
    page.wait_for_selector(".screened")
    assert "2 patients against 1 trial" in page.locator("#answer").inner_text()
    page.locator("input[name=drop][value=I1]").check()
    page.locator("input[name=trial]").fill("SOFT")
    if not scripts:
        page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="What if?").click()
    page.wait_for_selector("#if")
    assert "1 more patient" in page.locator("#answer").inner_text()
    assert page.evaluate(WIDER) <= 0


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_plan_is_moved(open_page: Callable[..., Any], scripts: bool) -> None:
    pytest.importorskip("numba")
    page = open_page("/design?plan=focussced", scripts=scripts, viewport=PHONE)
    planned = page.locator(".moved").inner_text()
    page.locator("input[name=n]").fill("500")
    if scripts:
        assert page.locator("input[type=range]").count() == 4
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Simulate").click()
    page.wait_for_url("**n=500**", timeout=60_000)
    assert page.locator(".moved").inner_text() != planned
    assert "n=500" in (page.get_by_role("link", name="This plan as TOML").get_attribute("href") or "")
    assert page.evaluate(WIDER) <= 0
