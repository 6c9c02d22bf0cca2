"""What the catalogue remembers: versions of a trial's record, the books, what was refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from scleroscope.catalogue import schema
from scleroscope.catalogue.books import REMARKS, Books
from scleroscope.catalogue.prepare import decompress
from scleroscope.model.problem import NotFound
from scleroscope.registries.record import RawRecord


class Version(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One content that a trial's record has had."""

    number: int
    digest: str  # of the content, hexadecimal
    updated: str | None = None  # the registry's date of this content
    seen: str  # when it was first read
    source: str
    status: str | None = None
    start: str | None = None
    primary_completion: str | None = None
    completion: str | None = None
    enrolment: int | None = None
    enrolment_kind: str | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that was refused: where it stood, why, and what it said."""

    number: int  # of the import
    source: str
    reason: str
    raw: bytes | None = None


def versions(connection: sqlite3.Connection, trial: str) -> list[Version]:
    """Oldest first: by the registry's date of the content, then by arrival."""
    columns = ("number", "digest", "updated", "seen", "source", *schema.VERSION_FACTS)
    found = connection.execute(
        f"SELECT {', '.join(columns)} FROM versions WHERE id = ? ORDER BY coalesce(updated, ''), number",  # noqa: S608
        (trial,),
    )
    return [
        Version(**{**dict(zip(columns, row, strict=True)), "digest": row[columns.index("digest")].hex()})
        for row in found
    ]


def current(connection: sqlite3.Connection, trial: str, path: Path) -> RawRecord:
    """The raw record that a trial's row was read from; NotFound if there is no such trial."""
    row = connection.execute(
        "SELECT v.source, v.registry, v.form, v.raw FROM trials t JOIN versions v ON v.number = t.version "
        "WHERE t.id = ?",
        (trial,),
    ).fetchone()
    if row is None:
        raise NotFound(f"no trial {trial} in {path}")
    source, registry, form, packed = row
    return RawRecord(source=source, registry=registry, form=form, id=trial, raw=decompress(packed))


def imports(connection: sqlite3.Connection) -> list[Books]:
    """The books of every import, oldest first."""
    kept = {row[1] for row in connection.execute("PRAGMA table_info(imports)")}
    columns = [name for name in Books.__struct_fields__ if name in kept]
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM imports ORDER BY number")  # noqa: S608
    found = {row[0]: Books(**dict(zip(columns, row, strict=True))) for row in rows}
    # A file of an older version, opened only to be read, has kept no remarks.
    if "in_part" in kept:
        told = connection.execute("SELECT import, kind, text FROM remarks ORDER BY import, rowid")
        for number, kind, text in told:
            if kind in REMARKS:
                setattr(found[number], kind, (*getattr(found[number], kind), text))
    return list(found.values())


def refused(connection: sqlite3.Connection, number: int | None) -> list[Refusal]:
    """What was refused, in order; with `number`, by one import."""
    rows = connection.execute(
        "SELECT r.import, r.source, r.reason, b.raw FROM refused r LEFT JOIN bodies b ON b.digest = r.body "
        "WHERE ?1 IS NULL OR r.import = ?1 ORDER BY r.rowid",
        (number,),
    )
    return [
        Refusal(number=of, source=source, reason=reason, raw=decompress(packed) if packed else None)
        for of, source, reason, packed in rows
    ]
