"""What is sent to a page: read no further than it may be long, held in memory, gone with the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
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


async def _multipart(request: Request, most: int) -> Sent:
    parser = MultiPartParser(
        request.headers,
        _bounded(request, most),
        max_files=1,
        max_fields=FIELDS,
        max_part_size=FORM,
    )
    parser.spool_max_size = most  # never a file of a patient on the disk
    try:
        parts = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise BadRequest("the form could not be read") from None
    fields = [(name, value) for name, value in parts.multi_items() if isinstance(value, str)]
    files = [value for value in parts.values() if isinstance(value, UploadFile)]
    try:
        data = await files[0].read() if files else b""
    finally:
        await parts.close()
    return Sent(_fields(fields), (files[0].filename or "") if files else "", data)


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
