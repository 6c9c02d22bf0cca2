"""What a kept file was made from: it is made anew when its sources have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_READ = (".py", ".csv", ".toml", ".lark")


def sources(packages: Iterable[str]) -> list[Path]:
    """The files of our own packages, with what they read."""
    root = Path(__file__).parents[1]
    return [entry for each in packages for entry in sorted((root / each).rglob("*")) if entry.suffix in _READ]


def state_of(files: Iterable[Path]) -> str:
    """Names the state of files by their sizes and times of change; nothing is read."""
    digest = hashlib.sha256()
    for file in files:
        with suppress(OSError):
            told = file.stat()
            if told.st_size == 0:
                continue  # an empty write-ahead log comes and goes with every reader
            digest.update(f"{file.name} {told.st_size} {told.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
