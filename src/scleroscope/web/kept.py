"""Answers kept in memory while the catalogue stays as it is: a page is made once, not once a reader."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

SMALL = 700  # bytes below which packing does not pay


class Kept(NamedTuple):
    """One answer, plain and packed, with the tag that tells whether a browser has it already."""

    body: bytes
    packed: bytes | None
    media_type: str
    tag: str


class Shelf:
    """Answers by key, least recently asked for first to go; at most `most` bytes of them."""

    def __init__(self, most: int = 64_000_000) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[object, ...], media_type: str, make: Callable[[], str | bytes]) -> Kept:
        """The answer under this key, made if it is not there. Two threads may both make it; it is equal."""
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found
        made = pack(make(), media_type)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size += _weight(made)
            while self._size > self._most:
                self._size -= _weight(self._kept.popitem(last=False)[1])
        return made


def pack(body: str | bytes, media_type: str) -> Kept:
    """An answer ready to be sent."""
    plain = body.encode() if isinstance(body, str) else body
    packed = gzip.compress(plain, 6, mtime=0) if len(plain) > SMALL else None
    return Kept(plain, packed, media_type, f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def answer(request: Request, kept: Kept, *, age: str = "no-cache", status: int = 200) -> Response:
    """The response: packed where the browser takes that, empty where it has the same already."""
    headers = {"ETag": kept.tag, "Cache-Control": age, "Vary": "Accept-Encoding"}
    if status == 200 and request.headers.get("if-none-match") == kept.tag:
        return Response(status_code=304, headers=headers)
    if kept.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(kept.packed, status, headers, kept.media_type)
    return Response(kept.body, status, headers, kept.media_type)


def _weight(kept: Kept) -> int:
    return len(kept.body) + len(kept.packed or b"")
