"""What tests of commands share: the command with a catalogue of invented trials, made once."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.functional import invented_trials


@pytest.fixture(scope="session")
def invented_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the invented trials."""
    from scleroscope.catalogue import open_catalogue
    from scleroscope.catalogue.intake import import_files

    folder = tmp_path_factory.mktemp("invented")
    path = folder / "catalogue.sqlite"
    with open_catalogue(path) as catalogue:
        assert import_files(catalogue, [invented_trials.write(folder)]).new == len(invented_trials.TRIALS)
    return path


@pytest.fixture
def filled(
    run: Callable[..., subprocess.CompletedProcess[str]], invented_catalogue: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command, on the catalogue of invented trials: `filled("overview", "--json")`."""

    def _filled(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return run("--catalogue", invented_catalogue, *arguments)

    return _filled
