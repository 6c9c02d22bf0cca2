"""The objects of a JSON array one by one, for arrays too long for memory or damaged somewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from scleroscope.registries.record import Refusal

# The largest records, with results, have some 20 MB; what is longer is not one record.
LARGEST = 64 << 20
TOO_LARGE = "longer than 64 MiB without an end: not a record"
_CHUNK = 1 << 20

_BETWEEN = re.compile(rb"[\s,]*")
# Possessive (*+): where a string has no end, nothing is gained by giving back what was matched.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)


def elements(buffer: bytes, stream: io.BufferedReader | None, name: str) -> Iterator[bytes | Refusal]:
    """The objects of the array that goes on in `buffer` (behind its opening bracket) and `stream`.

    Only brackets and strings are looked at; whoever gets an element checks it. Where no object stands, the
    rest cannot be told apart and is refused as a whole.
    """
    number = start = 0
    while True:
        where = f"{name}[{number}]"
        # The buffer is cut only when more is read: cutting it for each element would copy it each time.
        start = _BETWEEN.match(buffer, start).end()  # type: ignore[union-attr]
        while start == len(buffer) and (more := _more(stream)):
            buffer, start = more, _BETWEEN.match(more).end()  # type: ignore[union-attr]
        first = buffer[start : start + 1]
        if first == b"]":
            return
        if first != b"{":
            seen = buffer[start : start + 20]
            found = f"{seen!r} where a study should be" if first else "cut off: the array has no end"
            yield Refusal(source=where, reason=f"{found}; nothing is read from here on")
            return
        end, position, depth = _end(buffer, start, 0)
        while end is None:
            more = _more(stream)
            if not more or len(buffer) - start > LARGEST:
                reason = TOO_LARGE if more else "cut off: the study has no end"
                yield Refusal(source=where, reason=reason, raw=buffer[start : start + _CHUNK])
                return
            buffer, position, start = buffer[start:] + more, position - start, 0
            end, position, depth = _end(buffer, position, depth)
        yield buffer[start:end]
        start = end
        number += 1


def _end(buffer: bytes, position: int, depth: int) -> tuple[int | None, int, int]:
    """Where the object ends, or None; and how far and how deep the look went, to go on from there."""
    for token in _TOKEN.finditer(buffer, position):
        mark = token[0]
        if mark == b'"':  # a string that does not end in this buffer
            break
        position = token.end()
        depth += (mark in (b"{", b"[")) - (mark in (b"}", b"]"))
        if depth == 0:
            return position, position, depth
    return None, position, depth


def _more(stream: io.BufferedReader | None) -> bytes:
    return b"" if stream is None else stream.read(_CHUNK)
