"""What is made from the files that ship, kept in the user's cache: made once, then loaded in milliseconds.

What is kept are facts about trials and virtual people, never anything of a patient. A file's name changes
with all that its content is made from; a file that cannot be read is made anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

Made = TypeVar("Made")


def kept(
    name: str, made_from: str, kind: type[Made], make: Callable[[], Made], folder: Path | None = None
) -> Made:
    """What `make` makes, kept in a file of this name until what it is made from changes.

    `folder` is where to keep it; by default the platform's cache folder of the user. Where nothing can be
    written, nothing is kept.
    """
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
