"""What is sent to a page: read no further than it may be long, and gone with the answer.

What is of one person is held in memory alone. A cohort's table may lie in a nameless temporary file.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import BinaryIO, NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from scleroscope.model.problem import BadRequest

FORM = 65_536  # bytes of a form without a file
FIELDS = 400  # answers of a form
LONGEST = 20_000  # characters of one answer


class Sent(NamedTuple):
    """The fields of a form, and its file where there is one."""

    fields: dict[str, str]
    name: str = ""
    data: bytes = b""


async def body(request: Request, most: int) -> bytes:
    """The body; 413 as soon as it is longer than `most` bytes."""
    return b"".join([part async for part in _bounded(request, most)])


async def form(request: Request, most: int = FORM) -> Sent:
    """The fields (and one file, in multipart) of a form; BadRequest where it is none."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _multipart(request, most)
    try:
        pairs = parse_qsl((await body(request, FORM)).decode(), max_num_fields=FIELDS)
    except ValueError:
        raise BadRequest("the form could not be read") from None
    return Sent(_fields(pairs))


class Brought(NamedTuple):
    """The fields of a form, each with all its values, and its file."""

    fields: Mapping[str, Sequence[str]]
    name: str = ""
    file: BinaryIO | None = None


@asynccontextmanager
async def table_form(request: Request, most: int) -> AsyncIterator[Brought]:
    """A form with a file of at most `most` bytes, which is gone when the block ends."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415)
    parts = await _parts(request, most, spool=1 << 20)
    try:
        fields: dict[str, list[str]] = {}
        for name, value in parts.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
        file = _file(parts)
        yield Brought(fields, (file.filename or "") if file else "", file.file if file else None)
    finally:
        await parts.close()


async def _multipart(request: Request, most: int) -> Sent:
    parts = await _parts(request, most, spool=most)  # never a file of a patient on the disk
    try:
        file = _file(parts)
        data = await file.read() if file else b""
    finally:
        await parts.close()
    fields = [(name, value) for name, value in parts.multi_items() if isinstance(value, str)]
    return Sent(_fields(fields), (file.filename or "") if file else "", data)


async def _parts(request: Request, most: int, *, spool: int) -> FormData:
    parser = MultiPartParser(
        request.headers,
        _bounded(request, most),
        max_files=1,
        max_fields=FIELDS,
        max_part_size=FORM,
    )
    parser.spool_max_size = spool
    try:
        return await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise BadRequest("the form could not be read") from None


def _file(parts: FormData) -> UploadFile | None:
    return next((value for value in parts.values() if isinstance(value, UploadFile)), None)


def _fields(pairs: list[tuple[str, str]]) -> dict[str, str]:
    if any(len(value) > LONGEST for _, value in pairs):
        raise BadRequest(f"an answer is longer than {LONGEST:,} characters")
    return {name: value.strip() for name, value in pairs if value.strip()}


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413)
        yield part
