"""Import: records in, books out. What is read is stored, known already, out of scope, or refused.

Records are stored in batches, each with its part of the books in one transaction: a process that is
killed leaves the file as after the last whole batch, and the next run finds those records unchanged
and does the rest.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scleroscope.catalogue import database
from scleroscope.catalogue.books import COUNTS, REMARKS, Books
from scleroscope.catalogue.catalogue import Catalogue
from scleroscope.catalogue.prepare import PassedOver, Prepared, Refused, mark, spelling_digest
from scleroscope.catalogue.read import read_record
from scleroscope.catalogue.readers import Readers, Result
from scleroscope.catalogue.relabel import relabel_if_outdated
from scleroscope.catalogue.store import Settled, Writer, storable
from scleroscope.model.problem import NotFound
from scleroscope.registries.files import records
from scleroscope.registries.record import Beside, RawRecord, Refusal
from scleroscope.registries.scope import might_be_scleroderma

BATCH_RECORDS = 2000
BATCH_BYTES = 32_000_000
NAMED = 100  # records taken in part, and doubles, that the books name; the others they count

Incoming = RawRecord | Refusal | Beside
Progress = Callable[[Books], None]


def import_files(
    catalogue: Catalogue,
    paths: Sequence[Path],
    *,
    everything: bool = False,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
) -> Books:
    """Store the records of files and folders; the books say what became of each.

    Only studies that concern scleroderma are stored, or with `everything` all. A malformed record is
    refused, with its reason, and stops no other. NotFound if a path does not exist; Problem if the
    catalogue cannot be written.
    """
    for path in paths:
        if not path.exists():
            raise NotFound(f"{path}: no such file or folder; nothing was imported")
    stream = (found for path in paths for found in records(path))
    source = " ".join(map(str, paths))
    return import_records(catalogue, stream, source, everything=everything, progress=progress, now=now)


def import_records(
    catalogue: Catalogue,
    stream: Iterable[Incoming],
    source: str,
    *,
    everything: bool = False,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
) -> Books:
    """As `import_files`, of records that are at hand already; `source` names where they are from."""
    with intake(catalogue, "files", source, everything=everything, now=now) as taking:
        taking.take(stream, progress)
    return taking.books


@contextmanager
def intake(
    catalogue: Catalogue,
    kind: str,
    source: str,
    *,
    everything: bool,
    resumed: Books | None = None,
    now: dt.datetime | None = None,
) -> Iterator[Intake]:
    """One import, from the lock to the closed books; with `resumed`, one that was stopped goes on.

    The books stay open if the block raises or something was found to fail.
    """
    with database.only_writer(catalogue.path), database.explained(catalogue.path):
        relabel_if_outdated(catalogue.connection)
        scope = "all" if everything else "scleroderma"
        books = resumed or Books(kind=kind, source=source, scope=scope, started=timestamp(now))
        taking = Intake(catalogue, books, now=now)
        try:
            yield taking
        finally:
            taking.close()
        taking.close_books(now)


def timestamp(moment: dt.datetime | None = None) -> str:
    """A moment as the catalogue writes it, in UTC."""
    at = (moment or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


class _Known(NamedTuple):
    """A record of which the catalogue has every byte."""

    id: str
    digest: bytes


class _Batch(NamedTuple):
    """Records, what could be said of each at sight (None: it is being read), and the reading."""

    items: Sequence[RawRecord | Refusal]
    seen: Sequence[Refused | PassedOver | _Known | None]
    reading: Sequence[Future[list[Result]]]
    beside: Sequence[Beside]


class Intake:
    """Takes records in batches and keeps the books of them."""

    def __init__(self, catalogue: Catalogue, books: Books, *, now: dt.datetime | None = None) -> None:
        self.connection, self.books = catalogue.connection, books
        self._everything = books.scope == "all"
        if not books.number:
            with database.transaction(self.connection):
                books.number = _open_books(self.connection, books)
        self._writer = Writer(self.connection, books.number, timestamp(now))
        self._readers = Readers(everything=self._everything)
        self._remarks: dict[str, list[str]] = {kind: [] for kind in REMARKS}  # to be written

    def take(self, stream: Iterable[Incoming], progress: Progress | None = None) -> None:
        """Settle every record of the stream, batch by batch. The next batch is read while one is stored."""
        ahead: _Batch | None = None
        for batch in _batches(stream):
            begun = self._begin(batch)
            if ahead:
                self._store(ahead)
                if progress:
                    progress(self.books)
            ahead = begun
        if ahead:
            self._store(ahead)
            if progress:
                progress(self.books)

    def store(self, batch: Sequence[Incoming], also: Callable[[], None] | None = None) -> None:
        """Settle one batch in one transaction, with its part of the books and whatever `also` writes."""
        self._store(self._begin(batch), also)

    def close(self) -> None:
        """End the processes that read."""
        self._readers.close()

    def _begin(self, batch: Sequence[Incoming]) -> _Batch:
        """See what can be said at once, and begin to read the others."""
        items = [item for item in batch if not isinstance(item, Beside)]
        seen = [self._at_sight(item) for item in items]
        unread = [item for item, said in zip(items, seen, strict=True) if said is None]
        reading = self._readers.submit([item for item in unread if isinstance(item, RawRecord)])
        return _Batch(items, seen, reading, [item for item in batch if isinstance(item, Beside)])

    def _at_sight(self, item: RawRecord | Refusal) -> Refused | PassedOver | _Known | None:
        if isinstance(item, Refusal):
            return Refused(item.source, item.reason, item.raw)
        if not self._everything and not might_be_scleroderma(item):
            return PassedOver(item.id, mark(item.raw))
        digest = self._writer.digest_of(item.id, spelling_digest(item.raw))
        return None if digest is None else _Known(item.id, digest)

    def _store(self, batch: _Batch, also: Callable[[], None] | None = None) -> None:
        before = {name: getattr(self.books, name) for name in COUNTS}
        results = (result for future in batch.reading for result in future.result())
        try:
            with database.transaction(self.connection):
                self.books.read += len(batch.items)
                self._remark("beside", *(f"{each.source}: {each.why}" for each in batch.beside))
                for item, said in zip(batch.items, batch.seen, strict=True):
                    self._count(self._settle(item, next(results) if said is None else said), item)
                self._save_books()
                if also:
                    also()
        except BaseException:
            for name, count in before.items():
                setattr(self.books, name, count)
            raise

    def _settle(self, item: RawRecord | Refusal, found: Prepared | PassedOver | Refused | _Known) -> Settled:
        if isinstance(found, _Known):
            return self._writer.unchanged(found.id, found.digest)
        if isinstance(found, PassedOver) and isinstance(item, RawRecord) and self._writer.known(found.id):
            # A trial that the catalogue holds is followed, even if its record has left the landscape.
            found = read_record(item, everything=True)
        if isinstance(found, Prepared | PassedOver) and found.notes:
            self.books.in_part += 1
            if len(self.books.notes) < NAMED:
                self._remark("notes", *(f"{found.id} ({item.source}): {note}" for note in found.notes))
        return self._writer.settle(found)

    def _count(self, settled: Settled, item: RawRecord | Refusal) -> None:
        books = self.books
        setattr(books, settled.fate, getattr(books, settled.fate) + 1)
        books.repeated += settled.repeated
        books.differing += settled.differing
        if settled.differing and isinstance(item, RawRecord) and len(books.doubles) < NAMED:
            self._remark("doubles", f"{item.id} ({item.source})")

    def _remark(self, kind: str, *texts: str) -> None:
        """Say something in the books, and keep it with the next of them that are saved."""
        setattr(self.books, kind, (*getattr(self.books, kind), *texts))
        self._remarks[kind] += texts

    def _save_books(self) -> None:
        assignments = ", ".join(f"{name} = ?" for name in (*COUNTS, "announced", "finished"))
        values = [getattr(self.books, name) for name in (*COUNTS, "announced", "finished")]
        self.connection.execute(
            f"UPDATE imports SET {assignments} WHERE number = ?",  # noqa: S608
            (*values, self.books.number),
        )
        for kind, texts in self._remarks.items():
            rows = [(self.books.number, kind, storable(text)) for text in texts]
            self.connection.executemany("INSERT INTO remarks VALUES (?, ?, ?)", rows)
            texts.clear()

    def fail(self, why: str) -> None:
        """Say that the import as a whole did not succeed; its books stay open."""
        self._remark("failures", why)

    def close_books(self, now: dt.datetime | None = None) -> None:
        """Write that the import came to its end, unless it failed."""
        if not self.books.failures:
            self.books.finished = timestamp(now)
        with database.transaction(self.connection):
            self._save_books()


def _open_books(connection: sqlite3.Connection, books: Books) -> int:
    number = connection.execute(
        "INSERT INTO imports (kind, source, scope, started) VALUES (?, ?, ?, ?)",
        (books.kind, storable(books.source), books.scope, books.started),
    ).lastrowid
    assert number is not None
    return number


def _batches(stream: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    size = 0
    for item in stream:
        batch.append(item)
        size += 0 if isinstance(item, Beside) else len(item.raw or b"")
        if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
