"""One stream of JSON or XML, split into records: one study, a page, an array, or a study a line."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from scleroscope.registries.elements import LARGEST, TOO_LARGE, elements
from scleroscope.registries.record import RawRecord, Refusal, record

_CHUNK = 1 << 20


class _FullStudies(msgspec.Struct):
    FullStudies: list[msgspec.Raw] | None = None


class _FullStudy(msgspec.Struct):
    Study: msgspec.Raw


class _Page(msgspec.Struct):
    studies: list[msgspec.Raw] | None = None
    FullStudiesResponse: _FullStudies | None = None


_page = msgspec.json.Decoder(_Page)
_array = msgspec.json.Decoder(list[msgspec.Raw])
_whole = msgspec.json.Decoder(msgspec.Raw)
_full_study = msgspec.json.Decoder(_FullStudy)


def split(stream: io.BufferedReader, name: str) -> Iterator[RawRecord | Refusal]:
    """The records of a stream, told apart by what it holds rather than by its name."""
    start = _skip_blank(stream)
    if not start:
        yield Refusal(source=name, reason="the file is empty: download or copy it again")
    elif _named_lines(name):
        yield from _lines(stream.readline(LARGEST + 1), stream, name)
    elif start[:1] == b"<":
        yield _bounded(stream, name)
    elif start[:1] == b"[":
        yield from _array_of(stream, name)
    elif start[:1] == b"{":
        yield from _objects(stream, name)
    else:
        yield Refusal(source=name, reason=f"neither JSON nor XML (it starts with {start[:12]!r})")


def _skip_blank(stream: io.BufferedReader) -> bytes:
    """Move to the first byte that says something; what can be seen from there."""
    skipped = 0
    while skipped <= LARGEST:
        seen = stream.peek()
        text = seen.removeprefix(b"\xef\xbb\xbf").lstrip()
        skipped += len(stream.read(len(seen) - len(text)))
        if text or not seen:
            return text
    return b"\n"


def _bounded(stream: io.BufferedReader, name: str) -> RawRecord | Refusal:
    raw = stream.read(LARGEST + 1)
    return Refusal(source=name, reason=TOO_LARGE) if len(raw) > LARGEST else record(name, raw)


def _objects(stream: io.BufferedReader, name: str) -> Iterator[RawRecord | Refusal]:
    """One object (a study or a page), or one a line."""
    first = stream.readline(LARGEST + 1)
    more = _skip_blank(stream)
    if more and _is_lines(first, more):
        yield from _lines(first, stream, name)
    else:
        head = first + stream.read(LARGEST + 1 - len(first))
        yield from _page_of(head, stream, name)


def _named_lines(name: str) -> bool:
    if ".jsonl" not in name and ".ndjson" not in name:
        return False
    return bool({".jsonl", ".ndjson"} & set(PurePosixPath(name).suffixes[-2:]))


def _is_lines(first: bytes, more: bytes) -> bool:
    try:
        _whole.decode(first)
    except msgspec.DecodeError:
        # A damaged first line among others; a page that is written over several lines indents its own.
        return more.startswith(b'{"') and first.startswith(b'{"')
    return True


def _lines(first: bytes, stream: io.BufferedReader, name: str) -> Iterator[RawRecord | Refusal]:
    number, line = 1, first
    while line:
        where = f"{name}:{number}"
        if len(line) > LARGEST:
            yield Refusal(source=where, reason=TOO_LARGE)
            return
        if line.strip():
            yield from _page_of(line.strip(), None, where)
        line = stream.readline(LARGEST + 1)
        number += 1


def _page_of(head: bytes, stream: io.BufferedReader | None, name: str) -> Iterator[RawRecord | Refusal]:
    """A study, or the studies of a page; `head` holds all, unless it is longer than `LARGEST`."""
    # A study begins with its own section; looking for a list of studies in it takes longer than decoding it.
    opening = None if head.startswith(_ONE) else _STUDIES.search(head, 0, _CHUNK)
    if opening is None:
        if len(head) > LARGEST:
            yield Refusal(source=name, reason=TOO_LARGE)
        else:
            yield record(name, head)
        return
    try:
        page = _page.decode(head) if len(head) <= LARGEST else None
    except (msgspec.DecodeError, RecursionError):
        page = None
    if page is None:
        yield from _numbered(elements(head[opening.end() :], stream, name), name)
    elif page.studies is not None:
        yield from _numbered((bytes(study) for study in page.studies), name)
    elif page.FullStudiesResponse is not None:
        yield from _numbered(map(bytes, page.FullStudiesResponse.FullStudies or ()), name)
    else:
        yield record(name, head)


def _array_of(stream: io.BufferedReader, name: str) -> Iterator[RawRecord | Refusal]:
    head = stream.read(LARGEST + 1)
    try:
        studies = _array.decode(head) if len(head) <= LARGEST else None
    except (msgspec.DecodeError, RecursionError):
        studies = None
    if studies is None:
        yield from _numbered(elements(head[1:], stream, name), name)
    else:
        yield from _numbered((bytes(study) for study in studies), name)


def _numbered(studies: Iterator[bytes | Refusal], name: str) -> Iterator[RawRecord | Refusal]:
    for number, study in enumerate(studies):
        if isinstance(study, Refusal):
            yield study
            continue
        found = record(f"{name}[{number}]", study)
        if isinstance(found, Refusal) and _FULL.match(study):
            # The retired API put each study into an envelope with its rank.
            with contextlib.suppress(msgspec.DecodeError):
                found = record(found.source, bytes(_full_study.decode(study).Study))
        yield found


_ONE = (b'{"protocolSection":', b'{"ProtocolSection":')
_STUDIES = re.compile(rb'"(?:studies|FullStudies)"\s*:\s*\[')
_FULL = re.compile(rb'\{\s*"Rank"')
