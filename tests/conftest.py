"""What all tests share: where the real records are, and the command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SCLEROSCOPE_SHARED", ROOT.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="the real records are not beside this checkout"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records; only for tests marked `shared`."""
    return SHARED


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a process, with a home of its own: `run("search", "tocilizumab")`."""

    def _run(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path / "data"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "NO_COLOR": "1",
            "COLUMNS": "120",
        }
        return subprocess.run(
            [sys.executable, "-m", "scleroscope", *map(str, arguments)],
            capture_output=True,
            text=True,
            input=stdin,
            env=environment,
            timeout=120,
            check=False,
        )

    return _run
