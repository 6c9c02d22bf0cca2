"""The docs are what the program does: outputs re-run, every command and option documented."""

from __future__ import annotations

import doctest
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from scleroscope.cli.app import app

ROOT = Path(__file__).resolve().parents[2]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["refresh"] = module
    spec.loader.exec_module(module)
    return module


refresh = _load()
REPAIR = "stale: run `python docs/refresh.py`"


def commands() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = refresh._commands(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("page", refresh.pages(), ids=lambda page: page.name)
def test_outputs_in_the_docs_are_what_the_commands_print(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == refresh.with_outputs(text), REPAIR


def test_the_reference_is_what_the_commands_say_of_themselves() -> None:
    assert refresh.REFERENCE.read_text(encoding="utf-8") == refresh.reference(), REPAIR


def test_the_picture_is_what_the_catalogue_draws_and_stands_alone() -> None:
    drawn = refresh.PICTURE.read_text(encoding="utf-8")
    assert not re.search(r'(?:href|src)="|@import|url\((?!#)', drawn)
    # Letter widths differ between machines' fonts; the dots do not.
    assert drawn.count("<path") == refresh.picture().count("<path"), REPAIR


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_option_and_argument_has_help(name: str, command: Any) -> None:
    assert command.help, name
    silent = [each.name for each in command.params if not each.help and each.name != "help"]
    assert not silent, f"{name}: no help for {', '.join(silent)}"
    text = refresh.REFERENCE.read_text(encoding="utf-8")
    assert f"## {name}\n" in text
    assert all(
        f"`{flag}`" in text
        for each in command.params
        for flag in each.opts
        if flag.startswith("--help") is False and flag.startswith("--")
    )


def test_the_python_examples_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SCLEROSCOPE_CATALOGUE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    page = ROOT / "docs" / "start.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*refresh.pages(), ROOT / "CONTRIBUTING.md", ROOT / "GLOSSARY.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
