"""A real browser, and the site in it. Nothing may be asked of another machine, no script may fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.functional.browser import site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: `make browser` brings it")
    pytest.skip(f"{what} is missing: `make browser` brings it")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that this machine has."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        _missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _missing("Playwright")
    with sync_playwright() as playwright:
        # A container's root has no sandbox of its own to start one in.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site on the invented catalogue is."""
    pytest.importorskip("fastapi")
    folder = tmp_path_factory.mktemp("browser")
    with site.served(site.catalogue(folder)) as address:
        yield address


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """`open_page("/trials", scripts=False, viewport=PHONE)`; at the end nothing may have gone wrong."""
    contexts, wrong = [], []

    def opened(
        path: str = "/", *, scripts: bool = True, viewport: Any = PHONE, expected: int = 200, **more: Any
    ) -> Page:
        context = chromium.new_context(
            viewport=viewport, java_script_enabled=scripts, base_url=address, **more
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda said: heard(said, expected))
        page.on(
            "request",
            lambda sent: None if sent.url.startswith(address) else wrong.append(f"asked {sent.url}"),
        )
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == expected
        return page

    def heard(said: Any, expected: int) -> None:
        if said.type == "error" and str(expected) not in said.text:
            wrong.append(f"console: {said.text}")

    yield opened
    for context in contexts:
        assert not context.cookies()
        context.close()
    assert not wrong


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder of screenshots, which git does not keep."""
    folder = Path(__file__).parents[3] / "artefacts" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
