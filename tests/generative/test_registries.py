"""Laws of the registry readers: no input crashes them, and a field that does not fit is an absent field."""

import copy
import gzip
import io
import json
import textwrap
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from scleroscope.model.study import Study
from scleroscope.registries import elements
from scleroscope.registries.ctgov import read, read_legacy, read_v2, read_xml
from scleroscope.registries.ctgov.text import unescape, unwrap
from scleroscope.registries.dates import registered_date
from scleroscope.registries.files import records
from scleroscope.registries.record import RawRecord, RecordRefusedError, Refusal, record

GOLDEN = Path(__file__).parents[1] / "records" / "ctgov"
V2: dict[str, Any] = json.loads((GOLDEN / "invented_v2.json").read_text(encoding="utf-8"))
LEGACY: dict[str, Any] = json.loads((GOLDEN / "invented_legacy.json").read_text(encoding="utf-8"))
XML = (GOLDEN / "invented_xml.xml").read_bytes()

Steps = tuple[str | int, ...]


def places(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """Where every part of a JSON value stands."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*steps, key)
        yield from places(part, (*steps, key))


def at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def changed(original: dict[str, Any], steps: Steps, new: object) -> dict[str, Any]:
    """A copy with one part replaced, or removed where `new` is `...`."""
    whole = copy.deepcopy(original)
    holder = at(whole, steps[:-1])
    if new is ...:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = new
    return whole


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=6), parts, max_size=3),
    max_leaves=6,
)

# Where being absent says something (no limit of age), a field that does not fit must not say it too.
SPEAKS_BY_ABSENCE = {"minimumAge", "maximumAge", "stdAges"}
READ = [
    steps
    for steps in places(V2)
    if steps[0] != "resultsSection" and not SPEAKS_BY_ABSENCE & set(steps) and steps[-1] != "protocolSection"
]


@pytest.mark.parametrize("steps", READ, ids=lambda steps: ".".join(map(str, steps)))
def test_a_field_of_the_wrong_kind_is_an_absent_field_and_noted(steps: Steps) -> None:
    now = at(V2, steps)
    for wrong in (["x", 1], {"x": 1}, 7.5, "x\x00", True):
        if type(wrong) is type(now) or (isinstance(now, int | float) and isinstance(wrong, float)):
            continue
        try:
            without = read_v2(changed(V2, steps, ...))
        except RecordRefusedError:
            with pytest.raises(RecordRefusedError):
                read_v2(changed(V2, steps, wrong))
            continue
        study = read_v2(changed(V2, steps, wrong))
        assert msgspec.structs.replace(study, notes=()) == msgspec.structs.replace(without, notes=()), wrong
        if without != read_v2(V2):
            assert study.notes, "what changes the study must be noted"


def test_an_age_that_does_not_fit_is_not_taken_for_no_limit() -> None:
    for wrong in ("seventy", 70, ["70 Years"], "-3 Years", "070000 Years"):
        study = read_v2(changed(V2, ("protocolSection", "eligibilityModule", "maximumAge"), wrong))
        assert study.eligibility is not None
        assert study.eligibility.maximum_age is None, wrong
        assert study.notes, wrong


LEGACY_PLACES = [
    steps
    for steps in places(LEGACY)
    if not {"MinimumAge", "MaximumAge", "StdAgeList", "ProtocolSection"} & {steps[-1]}
    and "StdAgeList" not in steps
]


@pytest.mark.parametrize("steps", LEGACY_PLACES, ids=lambda steps: ".".join(map(str, steps)))
def test_the_retired_form_keeps_the_same_law(steps: Steps) -> None:
    for wrong in (["x", 1], {"x": 1}, "x\x00"):
        if type(wrong) is type(at(LEGACY, steps)):
            continue
        try:
            without = read_legacy(changed(LEGACY, steps, ...))
        except RecordRefusedError:
            with pytest.raises(RecordRefusedError):
                read_legacy(changed(LEGACY, steps, wrong))
            continue
        study = read_legacy(changed(LEGACY, steps, wrong))
        assert msgspec.structs.replace(study, notes=()) == msgspec.structs.replace(without, notes=()), wrong
        if without != read_legacy(LEGACY):
            assert study.notes, "what changes the study must be noted"


@settings(max_examples=300)
@given(st.data())
def test_no_json_crashes_the_readers(data: st.DataObject) -> None:
    original, reader = data.draw(st.sampled_from([(V2, read_v2), (LEGACY, read_legacy)]))
    steps = data.draw(st.sampled_from(list(places(original))))
    whole = changed(original, steps, data.draw(json_values))
    try:
        study = reader(whole)
    except RecordRefusedError:
        return
    assert msgspec.json.decode(msgspec.json.encode(study), type=Study) == study
    assert all("\n" not in note for note in study.notes)


@settings(max_examples=200)
@given(start=st.integers(0, len(XML)), length=st.integers(0, 60), filling=st.binary(max_size=12))
def test_no_damage_to_xml_crashes_the_reader(start: int, length: int, filling: bytes) -> None:
    raw = XML[:start] + filling + XML[start + length :]
    found = record("here", raw)
    if isinstance(found, RawRecord):
        assert isinstance(read(found), Study)
    else:
        assert "\n" not in found.reason
        with suppress(RecordRefusedError):
            read_xml(raw)


HEADS = [b"", b"{", b"[", b"<", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b'{"studies": [', b"\xef\xbb\xbf"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(head=st.sampled_from(HEADS), body=st.binary(max_size=200), name=st.sampled_from(["a.json", "a.jsonl"]))
@example(head=b"", body=b"\x00" * 257 + b"ustar", name="a.json")
def test_no_bytes_crash_the_files(head: bytes, body: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        for packed in (bytes, gzip.compress):
            path = Path(folder) / name
            path.write_bytes(packed(head + body))
            for found in records(path):
                assert isinstance(found, Refusal)
                assert "\n" not in found.reason


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255), kept=st.integers(0, 10_000))
def test_no_damage_to_an_archive_crashes_the_files_or_hides_a_loss(
    position: int, byte: int, kept: int
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", json.dumps(V2))
        archive.writestr("two.json", json.dumps(V2).replace("NCT90000101", "NCT90000109"))
    raw = bytearray(packed.getvalue())
    raw[position % len(raw)] = byte
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.zip"
        path.write_bytes(bytes(raw[: max(1, len(raw) - kept % 50)]))
        found = list(records(path))
    ids = {one.id for one in found if isinstance(one, RawRecord)}
    assert ids == {"NCT90000101", "NCT90000109"} or any(isinstance(one, Refusal) for one in found)


objects = st.dictionaries(st.text(max_size=5), json_values, max_size=4)


@given(st.lists(objects, max_size=5), st.integers(1, 40), st.booleans())
def test_arrays_are_split_alike_whatever_the_pieces(parts: list[Any], piece: int, spaced: bool) -> None:
    raw = json.dumps(parts, indent=1 if spaced else None, ensure_ascii=not spaced).encode("utf-8", "replace")
    assume(raw.startswith(b"["))
    was, elements._CHUNK = elements._CHUNK, piece
    try:
        stream = io.BufferedReader(io.BytesIO(raw[1:]))  # type: ignore[arg-type]
        found = list(elements.elements(b"", stream, "here"))
    finally:
        elements._CHUNK = was
    assert not any(isinstance(one, Refusal) for one in found)
    assert [json.loads(one) for one in found if isinstance(one, bytes)] == json.loads(raw)


words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
paragraph = st.lists(words, min_size=1, max_size=60).map(" ".join)


@given(st.lists(paragraph, min_size=1, max_size=4), st.sampled_from([0, 6, 8]))
def test_wrapping_as_the_registry_does_it_is_undone(paragraphs: list[str], indent: int) -> None:
    margin = " " * indent
    wrapped = "\n\n".join(
        textwrap.fill(
            text,
            width=99,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for text in paragraphs
    )
    assert unwrap(f"\n{wrapped}\n    ").split("\n\n") == paragraphs


@given(st.text())
def test_text_without_escapes_keeps_every_character(text: str) -> None:
    assume("\\" not in text and "&" not in text and "\r" not in text)
    assert unescape(text) == text.strip()


@given(st.text(st.characters(codec="ascii", categories=("P", "S", "L", "N"))))
def test_escaping_each_mark_is_undone(text: str) -> None:
    escaped = "".join(f"\\{char}" if not char.isalnum() else char for char in text)
    assume("&" not in text)
    assert unescape(escaped) == text


@given(st.dates())
def test_every_day_is_read_in_every_spelling(day: Any) -> None:
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    month = months[day.month - 1]
    assert str(registered_date(f"{month} {day.day}, {day.year:04d}")) == day.isoformat()
    assert str(registered_date(f"{month} {day.year:04d}")) == day.isoformat()[:7]
    assert str(registered_date(day.isoformat())) == day.isoformat()


@given(st.text(max_size=20))
@example("February 30, 2019")
@example("2019-02-30")
@example("2019-13")
@example("0000-01")
@example("Smarch 2019")
@example("٢٠١٩-٠٢")
def test_what_is_no_date_is_never_a_date(text: str) -> None:
    try:
        found = registered_date(text)
    except ValueError:
        return
    assert str(found.year).zfill(4) in text
    assert found.first_day <= found.last_day
