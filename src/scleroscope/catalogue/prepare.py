"""A raw record, made ready for the catalogue: read, classified, compressed. Touches no database.

What is prepared may come from another process (see `readers`).
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from scleroscope.catalogue import rows
from scleroscope.catalogue.rows import Cell
from scleroscope.model.labels import Labels
from scleroscope.model.study import Study
from scleroscope.registries.record import RawRecord

if TYPE_CHECKING:
    import zstandard

_encode = msgspec.json.Encoder().encode


class Version(msgspec.Struct, frozen=True, array_like=True):
    """One content of one trial's record."""

    source: str
    registry: str
    form: str
    size: int
    raw: bytes  # compressed
    digest: bytes
    spelling: bytes
    updated: str | None


class Prepared(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A record that can be stored."""

    id: str
    in_scope: bool
    version: Version
    trial: dict[str, Cell]
    labels: str
    texts: tuple[str, ...]
    sites: list[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()  # what of the record could not be taken over


class PassedOver(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A record that is not of this landscape. `mark` tells different contents apart."""

    id: str
    mark: int
    notes: tuple[str, ...] = ()  # what could not be read, and might have told otherwise


class Refused(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A record that could not be taken, and why."""

    source: str
    reason: str
    raw: bytes | None


def prepared(record: RawRecord, study: Study, labels: Labels) -> Prepared:
    """Everything that the catalogue keeps of a study, from its raw record."""
    version = Version(
        record.source,
        record.registry,
        record.form,
        len(record.raw),
        compress(record.raw),
        content_digest(study),
        spelling_digest(record.raw),
        str(study.last_update.date) if study.last_update else None,
    )
    return Prepared(
        study.id,
        labels.in_scope,
        version,
        rows.trial_row(study, labels),
        _encode(labels).decode(),
        rows.text_row(study, labels),
        rows.site_rows(study),
        study.notes,
    )


def content_digest(study: Study) -> bytes:
    """Names what a record says. Stamps of the day of download and white space do not reach it."""
    return hashlib.sha256(_encode(study)).digest()[:16]


def spelling_digest(raw: bytes) -> bytes:
    """Names the bytes of a record: equal spelling is equal content, and is cheap to see."""
    return hashlib.sha256(raw).digest()[:16]


def mark(raw: bytes) -> int:
    """Tells two records of the same id apart when neither is kept."""
    return zlib.crc32(raw)


@cache
def _compressor() -> zstandard.ZstdCompressor:
    import zstandard

    # Level 1: a registry's JSON shrinks to 30 %, as with zlib's level 6, at five times its speed.
    return zstandard.ZstdCompressor(level=1)


@cache
def _decompressor() -> zstandard.ZstdDecompressor:
    import zstandard

    return zstandard.ZstdDecompressor()


def compress(raw: bytes) -> bytes:
    """The bytes, zstandard."""
    return _compressor().compress(raw)


def decompress(packed: bytes) -> bytes:
    """What `compress` was given."""
    return _decompressor().decompress(packed)
