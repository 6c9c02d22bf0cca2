"""Every example in a docstring runs, on the shipped catalogue where it asks one."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import scleroscope

ROOT = Path(scleroscope.__file__).parent


def with_examples() -> list[str]:
    names = ["scleroscope"]
    names += [each.name for each in pkgutil.walk_packages([str(ROOT)], "scleroscope.")]
    return [name for name in names if ">>>" in _text(name)]


def _text(name: str) -> str:
    path = ROOT.parent.joinpath(*name.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_of_a_module_run(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SCLEROSCOPE_CATALOGUE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


def test_no_example_is_skipped() -> None:
    skipped = [name for name in with_examples() if "doctest: +SKIP" in _text(name)]
    assert skipped == []
