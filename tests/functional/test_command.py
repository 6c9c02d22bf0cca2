"""The command as a process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from scleroscope import __version__


def test_version_is_printed(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"scleroscope {__version__}\n")
