"""Prove the books again, from what the file holds rather than from what was counted while it was filled."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from scleroscope.catalogue import database, history
from scleroscope.catalogue.books import Books
from scleroscope.catalogue.catalogue import Catalogue
from scleroscope.catalogue.prepare import decompress, spelling_digest
from scleroscope.model.problem import BadRequest


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogue's ids against a list of ids."""

    listed: int
    missing: dict[str, str]  # id → why it is not there, as far as the catalogue knows
    extra: tuple[str, ...]  # in the catalogue, not in the list


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a catalogue holds, and everything that is wrong with it."""

    trials: int
    versions: int
    passed_over: int
    refused: int
    imports: tuple[Books, ...]
    problems: tuple[str, ...]
    comparison: Comparison | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong and no listed trial is missing."""
        return not self.problems and not (self.comparison and self.comparison.missing)


def verify(catalogue: Catalogue, ids: Path | None = None) -> Verdict:
    """Check the file, the books and every raw record; with `ids`, compare with a list of ids.

    The list is text with an id first in each line; what follows a tab, comma, semicolon or space is
    ignored, and so are empty lines, lines that begin with `#`, and a heading. BadRequest if the list
    cannot be read.
    """
    with database.explained(catalogue.path):
        connection = catalogue.connection
        problems = [
            *_of_file(connection),
            *_of_books(connection),
            *_of_trials(connection),
            *_of_raw_records(connection),
        ]

        def count(table: str) -> int:
            found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            return found

        return Verdict(
            trials=count("trials"),
            versions=count("versions"),
            passed_over=count("passed_over"),
            refused=count("refused"),
            imports=tuple(history.imports(connection)),
            problems=tuple(problems),
            comparison=_compare(connection, read_ids(ids)) if ids is not None else None,
        )


def _of_file(connection: sqlite3.Connection) -> Iterator[str]:
    for (found,) in connection.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield f"SQLite: {found}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"SQLite: row {row} of {table} points to nothing in {parent}"


def _of_books(connection: sqlite3.Connection) -> Iterator[str]:
    finished = {
        (books.source, books.scope): books.number for books in history.imports(connection) if books.finished
    }
    for books in history.imports(connection):
        name = f"import {books.number} ({books.source})"
        if not books.balanced:
            yield f"{name}: {books}"
        if books.finished is None and finished.get((books.source, books.scope), 0) < books.number:
            yield f"{name}: was interrupted after {books.read:,} records; run it again"
        for table, counted in (("versions", books.stored), ("refused", books.refused)):
            held = connection.execute(
                f"SELECT count(*) FROM {table} WHERE import = ?",  # noqa: S608
                (books.number,),
            ).fetchone()[0]
            if held != counted:
                yield f"{name}: the books say {counted:,} {table}, the catalogue holds {held:,}"


# What must be zero, and what it means if it is not.
_STRAYS = {
    "SELECT count(*) FROM trials t LEFT JOIN versions v ON v.number = t.version AND v.id = t.id "
    "WHERE v.id IS NULL": "trials without their raw record",
    "SELECT count(*) FROM versions WHERE id NOT IN (SELECT id FROM trials)": "records without their trial",
    "SELECT count(*) FROM trials WHERE number NOT IN (SELECT number FROM labels)": "trials without labels",
    "SELECT count(*) FROM trials WHERE number NOT IN (SELECT id FROM texts_docsize)": (
        "trials that the full-text index lacks"
    ),
    "SELECT count(*) FROM texts_docsize WHERE id NOT IN (SELECT number FROM trials)": (
        "entries of the full-text index without their trial"
    ),
    "SELECT count(*) FROM sites WHERE number NOT IN (SELECT number FROM trials)": "sites without their trial",
    "SELECT abs((SELECT count(*) FROM trials) - (SELECT total(new) FROM imports))": (
        "trials more or fewer than the books say were new"
    ),
}


def _of_trials(connection: sqlite3.Connection) -> Iterator[str]:
    for question, meaning in _STRAYS.items():
        count = int(connection.execute(question).fetchone()[0])
        if count:
            yield f"{count:,} {meaning}"


def _of_raw_records(connection: sqlite3.Connection) -> Iterator[str]:
    import zstandard

    for trial, number, size, spelling, packed in connection.execute(
        "SELECT id, number, size, spelling, raw FROM versions"
    ):
        try:
            raw = decompress(packed)
        except zstandard.ZstdError:
            raw = b""
        if len(raw) != size or spelling_digest(raw) != spelling:
            yield f"{trial}: the raw record of version {number} is damaged"


def read_ids(path: Path) -> list[str]:
    """The ids of a list file, in order, without repeats."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path}: cannot be read as a list of ids: {error}") from None
    first = [re.split(r"[\t,; ]", line.strip(), maxsplit=1)[0].strip('"') for line in text.splitlines()]
    found = [word for word in first if word and not word.startswith("#")]
    if found and not any(char.isdigit() for char in found[0]):
        del found[0]
    return list(dict.fromkeys(found))


def _compare(connection: sqlite3.Connection, listed: list[str]) -> Comparison:
    held = {row[0] for row in connection.execute("SELECT id FROM trials")}
    missing = {}
    for trial in listed:
        if trial in held:
            continue
        passed = connection.execute(
            "SELECT v.source FROM passed_over p JOIN imports v ON v.number = p.import WHERE p.id = ?",
            (trial,),
        ).fetchone()
        missing[trial] = f"read from {passed[0]}, out of scope" if passed else "never read"
    wanted = set(listed)
    return Comparison(
        listed=len(listed), missing=missing, extra=tuple(sorted(each for each in held if each not in wanted))
    )
