"""A zip's members, one after the other, whatever their number.

Python's `zipfile` reads the directory of an archive whole before it gives the first member; a registry's
download has half a million of them. Here the directory is read in pieces, and only one entry is held.
The layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 to 4.3.16.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_PIECE = 1 << 18
_AT_ONCE = 1 << 23  # bytes; larger members are unpacked as they are read
_IN_64 = 0xFFFFFFFF
_UTF8, _ENCRYPTED = 0x800, 0x1


class Entry(NamedTuple):
    """One member as the directory tells it."""

    name: str
    flags: int
    method: int
    check: int  # CRC-32
    packed: int
    size: int
    at: int  # of its local header

    @property
    def is_folder(self) -> bool:
        """Whether it is no file."""
        return self.name.endswith("/")


def entries(stream: io.BufferedReader) -> Iterator[Entry]:
    """The directory's entries, in order; zipfile.BadZipFile where it is damaged.

    The stream may be read elsewhere between two of them.
    """
    at, end, shift = _directory(stream)
    held = b""
    while at < end or held:
        if len(held) < _PIECE and at < end:
            stream.seek(at)
            more = stream.read(min(_PIECE, end - at))
            if not more:
                raise zipfile.BadZipFile("the directory is cut off")
            at += len(more)
            held += more
        place = 0
        while (found := _entry(held, place, shift)) is not None:
            entry, place = found
            yield entry
        if place == 0 and at >= end:
            raise zipfile.BadZipFile("the directory is cut off")
        held = held[place:]


def opened(stream: io.BufferedReader, entry: Entry) -> io.BufferedReader:
    """The content of a member; zipfile.BadZipFile or zlib.error where it is damaged."""
    if entry.flags & _ENCRYPTED:
        raise zipfile.BadZipFile("encrypted")
    stream.seek(entry.at)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("no member where the directory says")
    *_, name_length, extra_length = _LOCAL.unpack(head)
    stream.seek(entry.at + _LOCAL.size + name_length + extra_length)
    if entry.method == zipfile.ZIP_DEFLATED and entry.size <= _AT_ONCE and entry.packed <= _AT_ONCE:
        return io.BufferedReader(io.BytesIO(_inflated(stream.read(entry.packed), entry)))
    told = zipfile.ZipInfo(entry.name or "member")
    told.compress_type, told.CRC = entry.method, entry.check
    told.compress_size, told.file_size = entry.packed, entry.size
    return io.BufferedReader(zipfile.ZipExtFile(stream, "r", told), 1 << 16)


def _inflated(packed: bytes, entry: Entry) -> bytes:
    content = zlib.decompressobj(-15).decompress(packed, entry.size + 1)
    if len(content) != entry.size or zlib.crc32(content) != entry.check:
        raise zipfile.BadZipFile(f"its content is not what the directory says of {entry.name!r}")
    return content


def _entry(held: bytes, place: int, shift: int) -> tuple[Entry, int] | None:
    """The entry at a place and where the next one begins; None if it is not whole."""
    if len(held) - place < _ENTRY.size:
        return None
    signature, _, _, flags, method, _, _, check, packed, size, *rest = _ENTRY.unpack_from(held, place)
    if signature != b"PK\x01\x02":
        raise zipfile.BadZipFile("the directory is damaged")
    name_length, extra_length, comment_length, _, _, _, at = rest
    begin = place + _ENTRY.size
    after = begin + name_length + extra_length + comment_length
    if len(held) < after:
        return None
    raw = held[begin : begin + name_length]
    name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace").replace("\\", "/")
    if _IN_64 in (packed, size, at):
        extra = held[begin + name_length : begin + name_length + extra_length]
        size, packed, at = _in_64(extra, size, packed, at)
    return Entry(name, flags, method, check, packed, size, at + shift), after


def _in_64(extra: bytes, *numbers: int) -> list[int]:
    """Numbers that do not fit into 32 bits stand, in this order, in the extra field 1."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, 4))
            try:
                return [next(wide) if number == _IN_64 else number for number in numbers]
            except StopIteration:
                break
        extra = extra[4 + length :]
    raise zipfile.BadZipFile("a size beyond 4 GB is not told")


def _directory(stream: io.BufferedReader) -> tuple[int, int, int]:
    """Where the directory begins and ends, and by how much all places are shifted."""
    total = stream.seek(0, io.SEEK_END)
    tail_at = max(0, total - 65_536 - _END.size)
    stream.seek(tail_at)
    tail = stream.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise zipfile.BadZipFile("the end of the directory is missing (cut off?)")
    _, _, _, _, count, length, begin, _ = _END.unpack_from(tail, found)
    end = tail_at + found
    if _IN_64 in (length, begin) or count == 0xFFFF:
        wide = _wide_end(stream, end)
        if wide:
            length, begin, end = wide
    if length > end:
        raise zipfile.BadZipFile("the directory is damaged")
    # Something may stand before the archive (a program that unpacks itself).
    return end - length, end, end - length - begin


def _wide_end(stream: io.BufferedReader, end: int) -> tuple[int, int, int] | None:
    """Length, begin and end of the directory as the 64-bit record tells it, if there is one."""
    stream.seek(max(0, end - _LOCATOR.size))
    locator = stream.read(_LOCATOR.size)
    if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
        return None
    at = end - _LOCATOR.size - _END_64.size
    stream.seek(max(0, at))
    record = stream.read(_END_64.size)
    if len(record) < _END_64.size or not record.startswith(b"PK\x06\x06"):
        raise zipfile.BadZipFile("the end of the directory is damaged")
    *_, length, begin = _END_64.unpack(record)
    return length, begin, at
