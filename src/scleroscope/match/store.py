"""What matching needs of a catalogue, kept in the user's cache: made once, then loaded in milliseconds.

What is kept are trials' criteria and virtual people, never anything of a patient. A file's name changes
with all that its content is made from; a file that cannot be read is made anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from scleroscope.catalogue.made_from import sources, state_of
from scleroscope.match.readings import Reading, readings
from scleroscope.model.patient import Patient
from scleroscope.model.study import Study

Made = TypeVar("Made")
_PACKAGES = ("catalogue/data", "criteria", "knowledge", "match", "model", "registries")


def kept_readings(
    catalogue: Path, studies: Callable[[], Iterable[Study]], folder: Path | None = None
) -> tuple[Reading, ...]:
    """The reading of every study of the catalogue file, from the cache where it is there.

    `studies` is asked for only when it is not. `folder` is where to keep it; by default the platform's
    cache folder of the user. Where nothing can be written, nothing is kept.
    """
    of_catalogue = hashlib.sha256(str(catalogue.resolve()).encode()).hexdigest()[:8]
    files = [catalogue, catalogue.with_name(catalogue.name + "-wal"), *sources(_PACKAGES)]
    made_from = state_of(files)
    return kept(
        f"criteria-{of_catalogue}", made_from, tuple[Reading, ...], lambda: tuple(readings(studies())), folder
    )


def kept_sample(draw: Callable[[], tuple[Patient, ...]], folder: Path | None = None) -> tuple[Patient, ...]:
    """A sample of virtual people, from the cache where it is there; `draw` is asked only when it is not."""
    made_from = state_of(sources(("design/population", "knowledge", "model")))
    return kept("population", made_from, tuple[Patient, ...], draw, folder)


def kept(
    name: str, made_from: str, kind: type[Made], make: Callable[[], Made], folder: Path | None = None
) -> Made:
    """What `make` makes, kept in a file of this name until what it is made from changes."""
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("scleroscope", appauthor=False)
    path = folder / f"{name}-{made_from}.msgpack"
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.msgpack.decode(path.read_bytes(), type=kind)
    found = make()
    with suppress(OSError):
        _keep(path, msgspec.msgpack.encode(found))
        for other in folder.glob(f"{name}-*.msgpack"):
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
