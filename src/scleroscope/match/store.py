"""The readings of a catalogue, kept in the user's cache: made once, then loaded in milliseconds.

What is kept are trials' criteria, never anything of a patient. A file's name changes with the catalogue
and with everything that reads criteria; a file that cannot be read is made anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from scleroscope.match.readings import Reading, readings
from scleroscope.model.study import Study

_PACKAGES = ("catalogue/data", "criteria", "knowledge", "match", "model", "registries")


def kept_readings(
    catalogue: Path, studies: Callable[[], Iterable[Study]], folder: Path | None = None
) -> tuple[Reading, ...]:
    """The reading of every study of the catalogue file, from the cache where it is there.

    `studies` is asked for only when it is not. `folder` is where to keep it; by default the platform's
    cache folder of the user. Where nothing can be written, nothing is kept.
    """
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("scleroscope", appauthor=False)
    of_catalogue = hashlib.sha256(str(catalogue.resolve()).encode()).hexdigest()[:8]
    path = folder / f"criteria-{of_catalogue}-{_fingerprint(catalogue)}.msgpack"
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[Reading, ...])
    found = tuple(readings(studies()))
    with suppress(OSError):
        _keep(path, msgspec.msgpack.encode(found))
        for other in folder.glob(f"criteria-{of_catalogue}-*.msgpack"):
            if other != path:
                other.unlink(missing_ok=True)
    return found


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _fingerprint(catalogue: Path) -> str:
    """Names the catalogue's state and the files that read criteria, by size and time of change."""
    root = Path(__file__).parents[1]
    files = [catalogue, catalogue.with_name(catalogue.name + "-wal")]
    for package in _PACKAGES:
        files += sorted(entry for entry in (root / package).rglob("*") if entry.suffix in _READ)
    digest = hashlib.sha256()
    for file in files:
        with suppress(OSError):
            told = file.stat()
            if told.st_size == 0:
                continue  # an empty write-ahead log comes and goes with every reader
            digest.update(f"{file.name} {told.st_size} {told.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


_READ = (".py", ".csv", ".toml", ".lark")
