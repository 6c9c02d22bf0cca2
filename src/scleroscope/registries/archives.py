"""gzip, zip and tar, opened as streams and never trusted: what they expand to is bounded, names too."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from scleroscope.registries import zipped
from scleroscope.registries.record import Refusal

# Registry records shrink five- to tenfold. What grows beyond a gigabyte and 200-fold was made to do harm.
_TRUSTED_BYTES = 1 << 30
_TRUSTED_RATIO = 200
_BOMB = "expands more than 200-fold and beyond 1 GiB, which registry records never do: not read further"

# What the libraries raise on damaged archives.
DAMAGE = (EOFError, OSError, RuntimeError, zlib.error, zipfile.BadZipFile, tarfile.TarError)


class ArchiveError(ValueError):
    """An archive that is not read any further; the message says why."""


class Member(NamedTuple):
    """One file inside an archive."""

    name: str
    stream: io.BufferedReader


def is_archive(start: bytes) -> bool:
    """Whether the first bytes are those of a gzip, zip or tar file."""
    return start.startswith((b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06")) or start[257:262] == b"ustar"


def members(
    stream: io.BufferedReader, start: bytes, name: str, *, nested: bool
) -> Iterator[Member | Refusal]:
    """The files inside an archive, one after the other; each must be read before the next is asked for.

    Raises `ArchiveError`, or one of `DAMAGE` where the archive itself is damaged.
    """
    if start.startswith(b"\x1f\x8b"):
        yield Member(name, io.BufferedReader(_Gzip(stream), 1 << 18))
    elif start.startswith(b"PK"):
        if nested:
            raise ArchiveError("a zip inside another archive: unpack it first")
        yield from _zip(stream, name)
    else:
        yield from _tar(stream, name)


class _Gzip(io.RawIOBase):
    """Decompressed bytes, as long as they stay in proportion to the compressed ones."""

    def __init__(self, packed: io.BufferedReader) -> None:
        self._packed, self._unpacked, self._count = packed, gzip.GzipFile(fileobj=packed), 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._count

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._unpacked.readinto(buffer)
        self._count += count
        if self._count > _TRUSTED_BYTES and self._count > _TRUSTED_RATIO * self._packed.tell():
            raise ArchiveError(_BOMB)
        return count


def _unsafe(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name


def _zip(stream: io.BufferedReader, name: str) -> Iterator[Member | Refusal]:
    packed = stream.seek(0, io.SEEK_END)
    # What the members would expand to is added up before any of them is read.
    expanded = sum(entry.size for entry in zipped.entries(stream))
    if expanded > _TRUSTED_BYTES and expanded > _TRUSTED_RATIO * packed:
        raise ArchiveError(_BOMB)
    for entry in zipped.entries(stream):
        where = f"{name}/{entry.name}"
        if _unsafe(entry.name):
            yield Refusal(source=where, reason="an unsafe name (it points outside the archive): not read")
        elif not entry.is_folder:
            try:
                yield Member(where, zipped.opened(stream, entry))
            except (*DAMAGE, NotImplementedError) as error:
                yield Refusal(source=where, reason=f"damaged: {error}")


def _tar(stream: io.BufferedReader, name: str) -> Iterator[Member | Refusal]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for entry in archive:
            archive.members = []  # type: ignore[attr-defined] # else it remembers every entry
            where = f"{name}/{entry.name}"
            if _unsafe(entry.name):
                yield Refusal(source=where, reason="an unsafe name (it points outside the archive): not read")
            elif entry.isdir():
                continue
            elif (opened := archive.extractfile(entry)) is None or not entry.isreg():
                yield Refusal(source=where, reason="not a file (a link or device): not read")
            else:
                yield Member(where, io.BufferedReader(opened, 1 << 16))  # type: ignore[arg-type]
