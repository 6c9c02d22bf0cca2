"""A patient's way through the pages in a real browser, by keyboard alone, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.functional.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.timeout(120)

FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  const label = it.labels?.length ? it.labels[0].textContent : '';
  return {text: (it.textContent || '').trim(), label: label.trim(), name: it.name || '',
          href: it.getAttribute('href') || '', tag: it.tagName,
          seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2};
}"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def tab_to(page: Any, wanted: Callable[[dict[str, Any]], bool], most: int = 220) -> dict[str, Any]:
    """Press Tab until the focus is on what is wanted; every stop on the way must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED) if page.context.pages else {}
        if at["tag"] != "BODY":
            assert at["seen"], f"no visible focus on {at}"
        if wanted(at):
            return at
    pytest.fail(f"the keyboard does not reach it; last {at}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_patient_finds_a_trial_by_keyboard_alone(open_page: Callable[..., Any], scripts: bool) -> None:
    page = open_page("/", scripts=scripts, viewport=PHONE)
    assert tab_to(page, lambda at: True)["text"] == "To the content"
    tab_to(page, lambda at: at["text"] == "Find a trial")
    page.keyboard.press("Enter")
    page.wait_for_url("**/match")
    tab_to(page, lambda at: at["name"] == "age")
    page.keyboard.type("50")
    tab_to(page, lambda at: at["name"] == "subset")
    page.keyboard.press("ArrowRight")  # from "I don't know" round to the first
    tab_to(page, lambda at: at["name"] == "mrss")
    page.keyboard.type("22")
    page.keyboard.press("Enter")
    page.wait_for_selector("#v-possible, #v-eligible")
    assert page.url.endswith("/match")  # nothing that was typed is in the address
    assert page.evaluate(WIDER) <= 0
    assert page.locator("#said").inner_text() == "What is known"
    assert page.locator("input[name=mrss]").input_value() == "22"
    tab_to(page, lambda at: at["href"] == "/trials/NCT99000001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trials/NCT99000001")
    assert "Tocilizumab for skin fibrosis" in page.locator("h1").inner_text()
    assert page.evaluate(WIDER) <= 0
    tab_to(page, lambda at: at["text"] == "you are pregnant")
    lit = page.locator("blockquote .s1", has_text="Pregnancy").evaluate(
        "it => getComputedStyle(it).backgroundColor"
    )
    assert lit not in ("rgba(0, 0, 0, 0)", "transparent")
    plain = page.locator("blockquote .s2", has_text="breastfeeding")
    assert plain.evaluate("it => getComputedStyle(it).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_pointing_at_the_registrys_words_lights_up_their_reading(open_page: Callable[..., Any]) -> None:
    page = open_page("/trials/NCT99000001", scripts=False, viewport=DESK)
    reading = page.locator(".ours .part", has_text="you are breastfeeding")
    before = reading.evaluate("it => getComputedStyle(it).backgroundColor")
    page.locator("blockquote .s2", has_text="breastfeeding").hover()
    assert reading.evaluate("it => getComputedStyle(it).backgroundColor") != before


def test_the_list_follows_what_is_typed(open_page: Callable[..., Any]) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    page = open_page("/trials")
    assert page.locator(".trials > li").count() == 4
    page.locator("input[name=q]").type("rituximab", delay=20)
    expect(page.locator(".trials > li")).to_have_count(1)
    assert "q=rituximab" in page.url
    assert page.locator(".count").inner_text().startswith("1 trial")


def test_the_list_is_searched_without_scripts_too(open_page: Callable[..., Any]) -> None:
    page = open_page("/trials", scripts=False)
    tab_to(page, lambda at: at["name"] == "q")
    page.keyboard.type("rituximab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trials?*q=rituximab*")
    assert page.locator(".trials > li").count() == 1


def test_a_facet_narrows_and_widens_the_list(open_page: Callable[..., Any]) -> None:
    page = open_page("/trials", scripts=False)
    page.locator(".facet a", has_text="completed").click()
    assert page.locator(".trials > li").count() == 1
    page.locator(".chosen .chip").click()
    assert page.locator(".trials > li").count() == 4


def test_after_each_answer_the_number_of_trials_still_possible_moves(open_page: Callable[..., Any]) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    page = open_page("/match")
    page.locator("input[name=age]").fill("50")
    page.keyboard.press("Tab")
    expect(page.locator("#moves")).to_contain_text("1 trial may fit")
    page.locator("input[name=age]").fill("7")
    page.keyboard.press("Tab")
    expect(page.locator("#moves")).to_contain_text("1 does not")
    assert page.url.endswith("/match")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_file_may_be_brought_and_the_answer_printed(
    open_page: Callable[..., Any], scripts: bool, tmp_path: Path
) -> None:
    file = tmp_path / "me.json"
    file.write_text('{"age": 50, "subset": "diffuse"}', encoding="utf-8")
    page = open_page("/match", scripts=scripts)
    page.locator("summary", has_text="Bring a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_selector("#v-possible")
    assert page.locator("input[name=age]").input_value() == "50"
    page.emulate_media(media="print")
    assert not page.locator("form.match").is_visible()
    assert page.get_by_text("Ask about:").is_visible()
    assert page.locator(".onlyprint").is_visible()
    assert page.locator("#said").is_visible()


def test_a_mark_of_a_figure_leads_to_its_trials(open_page: Callable[..., Any]) -> None:
    page = open_page("/", viewport=DESK)
    mark = page.locator("#families svg.inline a[href*='family=']:has(text)").first
    mark.scroll_into_view_if_needed()
    wanted = mark.get_attribute("href") or ""
    mark.click()
    page.wait_for_url(f"**{wanted}")
    assert page.locator(".trials > li").count() >= 1
