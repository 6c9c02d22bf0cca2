"""Records out of files: JSON (one study, a page, an array, lines), XML, gzip, zip, tar and folders of these.

Everything is streamed: memory holds one record at a time, whatever the size of the file. Nothing here
raises for what is in a file; what cannot be taken is yielded as a `Refusal` and the rest goes on.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scleroscope.registries import archives, documents
from scleroscope.registries.record import Beside, RawRecord, Refusal

# Files that lie beside records and are none; anything else that is not a record is refused by name.
_BESIDE = {
    ".csv": "a table",
    ".md": "a text",
    ".pdf": "a document",
    ".tsv": "a table",
    ".txt": "a text",
    ".xsd": "a schema",
}
_NESTING = 3

Found = RawRecord | Refusal | Beside


def records(path: Path | str) -> Iterator[Found]:
    """Every record of a file or folder, in order, and a refusal for whatever is not one.

    Inside folders and archives, a file that only lies beside records (a table, a text, a hidden file)
    is yielded as `Beside`.
    """
    path = Path(path)
    if path.is_dir():
        yield from _folder(path)
    else:
        yield from _file(path, str(path), inside=False)


def _folder(path: Path) -> Iterator[Found]:
    unread: list[OSError] = []
    here, folders, names = next(os.walk(path, onerror=unread.append), (str(path), [], []))
    for error in unread:
        yield Refusal(source=str(error.filename), reason=f"cannot be read: {error.strerror or error}")
    for name in sorted([*folders, *names]):
        found = Path(here, name)
        if why := _hidden(name):
            yield Beside(source=str(found), why=why)
        elif found.is_dir():
            if found.is_symlink():
                yield Beside(source=str(found), why="a link to a folder: name the folder itself")
            else:
                yield from _folder(found)
        elif found.is_file():
            yield from _file(found, str(found), inside=True)
        else:
            yield Beside(source=str(found), why="not a file (a dead link, a pipe or a device)")


def _file(path: Path, name: str, *, inside: bool) -> Iterator[Found]:
    try:
        with path.open("rb") as stream:
            yield from _stream(stream, name, inside=inside, depth=0)
    except FileNotFoundError:
        yield Refusal(source=name, reason="no such file or folder")
    except OSError as error:
        yield Refusal(source=name, reason=f"cannot be read: {error.strerror or error}")


def _stream(stream: io.BufferedReader, name: str, *, inside: bool, depth: int) -> Iterator[Found]:
    """The records of one stream of bytes, whatever it turns out to hold."""
    try:
        start = stream.peek(512)
        if not archives.is_archive(start):
            if inside and (why := _lies_beside(name, start)):
                yield Beside(source=name, why=why)
            else:
                yield from documents.split(stream, name)
            return
        if depth == _NESTING:
            yield Refusal(source=name, reason="archives within archives within archives: unpack it first")
            return
        for member in archives.members(stream, start, name, nested=depth > 0):
            if isinstance(member, Refusal):
                yield member
            elif why := _hidden(member.name.removeprefix(name)):
                yield Beside(source=member.name, why=why)
            else:
                yield from _stream(member.stream, member.name, inside=True, depth=depth + 1)
    except archives.ArchiveError as error:
        yield Refusal(source=name, reason=str(error))
    except archives.DAMAGE as error:
        yield Refusal(source=name, reason=f"damaged or cut off ({error}): download or copy it again")


def _hidden(name: str) -> str | None:
    """Why a file or folder of an archive or folder is nobody's record, from its name alone."""
    if "/." not in name and not name.startswith(".") and "__MACOSX" not in name:
        return None
    for part in PurePosixPath(name).parts:
        if part == "__MACOSX":
            return "what macOS adds to archives"
        if part.startswith(".") and part != "..":
            return "hidden"
    return None


def _lies_beside(name: str, start: bytes) -> str | None:
    """Why a file is no record, from the end of its name; a .txt may hold records all the same."""
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".txt" and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"[", b"<"}:
        return None
    return _BESIDE.get(ending)
