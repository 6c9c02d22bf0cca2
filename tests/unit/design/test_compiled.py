"""A machine without the extra [design] is told what to install; one that compiles says so, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src"


def python(code: str, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("library", ["numba", "scipy"])
@pytest.mark.parametrize("module", ["analyses.ancova", "designs.spending", "random"])
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    library: str, module: str, tmp_path: Path
) -> None:
    answer = python(
        f"import sys; sys.modules[{library!r}] = None; import scleroscope.design.{module}", tmp_path
    )
    assert answer.returncode == 1
    assert "pip install 'scleroscope[design]'" in answer.stderr


@pytest.mark.slow
def test_compiling_is_announced_once_and_never_again(tmp_path: Path) -> None:
    code = (
        "from scleroscope.design.analyses.proportions import fisher_p; print(round(fisher_p(3, 1, 1, 3), 6))"
    )
    first, second = python(code, tmp_path), python(code, tmp_path)
    assert first.stderr.count("Compiling the simulation kernels") == 1
    assert second.stderr == ""
    assert first.stdout == second.stdout == "0.485714\n"
