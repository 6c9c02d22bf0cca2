"""Records out of files: JSON (one study, a page, an array, lines), XML, gzip, zip, tar and folders of these.

Everything is streamed: memory holds one record at a time, whatever the size of the file. Nothing here
raises for what is in a file; what cannot be taken is yielded as a `Refusal` and the rest goes on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scleroscope.registries import archives, documents
from scleroscope.registries.record import RawRecord, Refusal

# Files that lie beside records and are none; anything else that is not a record is refused by name.
_BESIDE = frozenset({".csv", ".md", ".pdf", ".tsv", ".txt", ".xsd"})
_NESTING = 3


def records(path: Path | str) -> Iterator[RawRecord | Refusal]:
    """Every record of a file or folder, in order, and a refusal for whatever is not one."""
    path = Path(path)
    if path.is_dir():
        for found in sorted(path.rglob("*")):
            if found.is_file() and not any(part.startswith(".") for part in found.relative_to(path).parts):
                yield from _file(found, str(found), inside=True)
    else:
        yield from _file(path, str(path), inside=False)


def _file(path: Path, name: str, *, inside: bool) -> Iterator[RawRecord | Refusal]:
    try:
        with path.open("rb") as stream:
            yield from _stream(stream, name, inside=inside, depth=0)
    except FileNotFoundError:
        yield Refusal(source=name, reason="no such file or folder")
    except OSError as error:
        yield Refusal(source=name, reason=f"cannot be read: {error.strerror or error}")


def _stream(
    stream: io.BufferedReader, name: str, *, inside: bool, depth: int
) -> Iterator[RawRecord | Refusal]:
    """The records of one stream of bytes, whatever it turns out to hold."""
    try:
        start = stream.peek(512)
        if not archives.is_archive(start):
            if not (inside and _lies_beside(name, start)):
                yield from documents.split(stream, name)
            return
        if depth == _NESTING:
            yield Refusal(source=name, reason="archives within archives within archives: unpack it first")
            return
        for member in archives.members(stream, start, name, nested=depth > 0):
            if isinstance(member, Refusal):
                yield member
            else:
                yield from _stream(member.stream, member.name, inside=True, depth=depth + 1)
    except archives.ArchiveError as error:
        yield Refusal(source=name, reason=str(error))
    except archives.DAMAGE as error:
        yield Refusal(source=name, reason=f"damaged or cut off: {error}")


def _lies_beside(name: str, start: bytes) -> bool:
    return PurePosixPath(name).suffix.lower() in _BESIDE and start.lstrip()[:1] not in (b"{", b"[", b"<")
