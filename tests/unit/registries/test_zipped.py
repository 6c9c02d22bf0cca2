"""Zips read member by member are what Python's own reader makes of them, in memory that does not grow."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scleroscope.registries import zipped
from scleroscope.registries.archives import DAMAGE

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0\\"), min_size=1, max_size=20)


def read(raw: bytes) -> list[tuple[str, bytes]]:
    stream = io.BufferedReader(io.BytesIO(raw))  # type: ignore[arg-type]
    return [
        (entry.name, b"" if entry.is_folder else zipped.opened(stream, entry).read())
        for entry in zipped.entries(stream)
    ]


def written(members: dict[str, bytes], method: int, comment: bytes = b"", *, wide: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, content in members.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=wide) as member:
                member.write(content)
    return out.getvalue()


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(NAMES, st.binary(max_size=300), max_size=6),
    st.sampled_from(METHODS),
    st.binary(max_size=40),
    st.booleans(),
    st.binary(max_size=30),
)
def test_members_are_what_zipfile_reads(
    members: dict[str, bytes], method: int, comment: bytes, wide: bool, before: bytes
) -> None:
    raw = before + written(members, method, comment, wide=wide)
    assume(raw.count(b"PK\x05\x06") == 1)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        expected = [(each.filename, archive.read(each)) for each in archive.infolist()]
    assert read(raw) == expected


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 400), st.integers(0, 255), st.integers(0, 400))
def test_damage_is_named_and_never_anything_else(place: int, byte: int, cut: int) -> None:
    raw = bytearray(written({"a.json": b"{}" * 40, "b.json": b"[]" * 40}, zipfile.ZIP_DEFLATED))
    raw[place % len(raw)] = byte
    with suppress(*DAMAGE, NotImplementedError):
        read(bytes(raw[: len(raw) - cut % len(raw)]))


def test_the_directory_of_many_members_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"NCT{number:08d}.json", b"{}")
    tracemalloc.start()
    with path.open("rb") as stream:
        assert sum(1 for _ in zipped.entries(stream)) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000  # zipfile itself: 13 MB


def test_an_encrypted_member_is_refused() -> None:
    raw = bytearray(written({"a.json": b"{}"}, zipfile.ZIP_STORED))
    directory = raw.rfind(b"PK\x01\x02")
    raw[directory + 8] |= 1
    with pytest.raises(zipfile.BadZipFile, match="encrypted"):
        read(bytes(raw))
