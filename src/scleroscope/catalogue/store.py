"""Writing: one prepared record into the catalogue, inside a transaction that the caller holds."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from scleroscope.catalogue import schema
from scleroscope.catalogue.books import Fate
from scleroscope.catalogue.prepare import PassedOver, Prepared, Refused, Version, compress, spelling_digest
from scleroscope.catalogue.rows import Cell

_OF_RECORD = tuple(
    name for name in schema.TRIAL_COLUMNS if name not in ("planned_enrolment", "first_seen", "last_changed")
)


def _insert(table: str, columns: tuple[str, ...]) -> str:
    # Table and column names are ours, from `schema`; values are always bound.
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


_VERSION_COLUMNS = (
    "id", "import", "seen", "source", "registry", "form", "size", "raw", "digest", "spelling", "updated",
    *schema.VERSION_FACTS,
)  # fmt: skip
_INSERT_VERSION = _insert("versions", _VERSION_COLUMNS)
_INSERT_TRIAL = _insert(
    "trials", ("number", "version", *_OF_RECORD, "planned_enrolment", "first_seen", "last_changed")
)
_UPDATE_TRIAL = (
    f"UPDATE trials SET {', '.join(f'{name} = ?' for name in ('version', *_OF_RECORD))}, "  # noqa: S608
    "planned_enrolment = ?, last_changed = ? WHERE number = ?"
)
_INSERT_TEXTS = _insert("texts", ("rowid", *schema.TEXT_COLUMNS))
_INSERT_SITE = _insert(
    "sites", ("number", "facility", "city", "state", "country", "latitude", "longitude", "status")
)


class Settled(NamedTuple):
    """What became of a record, and whether this import had its id before, with the same content or not."""

    fate: Fate
    repeated: bool = False
    differing: bool = False


class Writer:
    """Stores records for one import.

    `number` is the import's, `now` the moment that it counts as. The writer remembers which ids
    this import has brought in a temporary table, so that its memory does not grow with the input.
    """

    def __init__(self, connection: sqlite3.Connection, number: int, now: str) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany
        self.number, self.now = number, now
        self._run("CREATE TEMP TABLE IF NOT EXISTS brought (id TEXT PRIMARY KEY, digest BLOB) WITHOUT ROWID")
        self._run("DELETE FROM brought")

    def known(self, trial: str) -> bool:
        """Whether the catalogue holds this trial."""
        return self._run("SELECT 1 FROM trials WHERE id = ?", (trial,)).fetchone() is not None

    def digest_of(self, trial: str, spelling: bytes) -> bytes | None:
        """The content digest of the trial's version of exactly these bytes, if it has one."""
        found = self._run(
            "SELECT digest FROM versions WHERE id = ? AND spelling = ?", (trial, spelling)
        ).fetchone()
        return found[0] if found else None

    def settle(self, item: Prepared | PassedOver | Refused) -> Settled:
        """Store, pass over or refuse one record."""
        if isinstance(item, Prepared):
            return self._store(item)
        if isinstance(item, PassedOver):
            return self.pass_over(item)
        return self.refuse(item)

    def pass_over(self, item: PassedOver) -> Settled:
        """Note an id that is out of scope."""
        before = self._run("SELECT import, mark FROM passed_over WHERE id = ?", (item.id,)).fetchone()
        if before is None:
            self._run("INSERT INTO passed_over VALUES (?, ?, ?)", (item.id, self.number, item.mark))
            return Settled("out_of_scope")
        if before[0] == self.number:
            return Settled("out_of_scope", repeated=True, differing=before[1] != item.mark)
        self._run(
            "UPDATE passed_over SET import = ?, mark = ? WHERE id = ?", (self.number, item.mark, item.id)
        )
        return Settled("out_of_scope")

    def refuse(self, item: Refused) -> Settled:
        """Keep what could not be taken, with the reason."""
        digest = None
        if item.raw:
            digest = spelling_digest(item.raw)
            self._run(
                "INSERT OR IGNORE INTO bodies VALUES (?, ?, ?)", (digest, len(item.raw), compress(item.raw))
            )
        self._run(
            "INSERT INTO refused VALUES (?, ?, ?, ?)",
            (self.number, storable(item.source), storable(item.reason), digest),
        )
        return Settled("refused")

    def unchanged(self, trial: str, digest: bytes) -> Settled:
        """Count a record whose content the catalogue has."""
        return Settled("unchanged", *self._repeats(trial, digest))

    def _store(self, item: Prepared) -> Settled:
        repeats = self._repeats(item.id, item.version.digest)
        held = self._run(
            "SELECT t.number, v.updated FROM trials t JOIN versions v ON v.number = t.version WHERE t.id = ?",
            (item.id,),
        ).fetchone()
        if held is None:
            self._add_trial(item)
            return Settled("new", *repeats)
        same = self._run(
            "SELECT 1 FROM versions WHERE id = ? AND digest = ?", (item.id, item.version.digest)
        ).fetchone()
        if same:
            return Settled("unchanged", *repeats)
        number, updated = held
        version = self._add_version(item)
        # An older content, from an older download, is history; it does not displace the newer one.
        # A record without a date never displaces one that has a date.
        if (item.version.updated or "") >= (updated or ""):
            self._replace_trial(number, version, item)
        else:
            self._run(
                "UPDATE trials SET planned_enrolment = ? WHERE number = ?", (self._planned(item), number)
            )
        return Settled("changed", *repeats)

    def _repeats(self, trial: str, digest: bytes) -> tuple[bool, bool]:
        before = self._run("SELECT digest FROM brought WHERE id = ?", (trial,)).fetchone()
        if before is None:
            passed = self._run("SELECT import FROM passed_over WHERE id = ?", (trial,)).fetchone()
            self._run("INSERT INTO brought VALUES (?, ?)", (trial, digest))
            again = passed is not None and passed[0] == self.number
            return again, again
        if before[0] != digest:
            self._run("UPDATE brought SET digest = ? WHERE id = ?", (digest, trial))
        return True, before[0] != digest

    def _add_version(self, item: Prepared) -> int:
        kept: Version = item.version
        cursor = self._run(
            _INSERT_VERSION,
            (
                item.id, self.number, self.now, storable(kept.source), kept.registry, kept.form, kept.size,
                kept.raw, kept.digest, kept.spelling, kept.updated,
                *(item.trial[name] for name in schema.VERSION_FACTS),
            ),
        )  # fmt: skip
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _add_trial(self, item: Prepared) -> None:
        version = self._add_version(item)
        planned = item.trial["planned_enrolment"]
        number = self._run(
            _INSERT_TRIAL, (None, version, *self._cells(item), planned, self.now, self.now)
        ).lastrowid
        assert number is not None
        self._run("DELETE FROM passed_over WHERE id = ?", (item.id,))
        self._add_parts(number, item)

    def _replace_trial(self, number: int, version: int, item: Prepared) -> None:
        self._run(_UPDATE_TRIAL, (version, *self._cells(item), self._planned(item), self.now, number))
        self.remove_parts(number)
        self._add_parts(number, item)

    def relabel(self, number: int, item: Prepared) -> None:
        """Put a new reading of the content that a trial has already in place of the old reading."""
        assignments = ", ".join(f"{name} = ?" for name in _OF_RECORD)
        self._run(f"UPDATE trials SET {assignments} WHERE number = ?", (*self._cells(item), number))  # noqa: S608
        facts = ", ".join(f"{name} = ?" for name in schema.VERSION_FACTS)
        values = (item.version.digest, *(item.trial[name] for name in schema.VERSION_FACTS), number)
        # Two versions that read alike today keep the digests that told them apart.
        self._run(
            f"UPDATE OR IGNORE versions SET digest = ?, {facts} "  # noqa: S608
            "WHERE number = (SELECT version FROM trials WHERE number = ?)",
            values,
        )
        self._run("UPDATE trials SET planned_enrolment = ? WHERE number = ?", (self._planned(item), number))
        self.remove_parts(number)
        self._add_parts(number, item)

    def remove_parts(self, number: int) -> None:
        """Take a trial's sites, labels and texts away."""
        for table, key in (("sites", "number"), ("labels", "number"), ("texts", "rowid")):
            self._run(f"DELETE FROM {table} WHERE {key} = ?", (number,))  # noqa: S608

    def _add_parts(self, number: int, item: Prepared) -> None:
        self._run("INSERT INTO labels VALUES (?, ?)", (number, item.labels))
        self._run(_INSERT_TEXTS, (number, *item.texts))
        self._run_many(_INSERT_SITE, [(number, *site) for site in item.sites])

    @staticmethod
    def _cells(item: Prepared) -> list[Cell]:
        return [item.trial[name] for name in _OF_RECORD]

    def _planned(self, item: Prepared) -> Cell:
        """The earliest planned enrolment that any version of the record states, else what this one tells."""
        found = self._run(
            "SELECT enrolment FROM versions WHERE id = ? AND enrolment_kind = 'anticipated' "
            "ORDER BY coalesce(updated, ''), number LIMIT 1",
            (item.id,),
        ).fetchone()
        return found[0] if found else item.trial["planned_enrolment"]


def storable(text: str) -> str:
    """File names and messages may hold what is no Unicode text."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
