"""Opening a catalogue: which file, is it ours, can it be read or written, who else writes.

Everything that SQLite can complain about becomes a `Problem` of one line here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scleroscope.catalogue import schema
from scleroscope.model.problem import NotFound, Problem

PATIENCE = 10.0  # seconds to wait for another process's transaction


def default_path() -> Path:
    """`$SCLEROSCOPE_CATALOGUE`, or `catalogue.sqlite` in the platform's place for a user's data."""
    if named := os.environ.get("SCLEROSCOPE_CATALOGUE"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("scleroscope", appauthor=False) / "catalogue.sqlite"


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the catalogue at `path`; made first if it is not there and may be written.

    NotFound if there is none to read; Problem if it is not a catalogue, is of a newer version, or
    cannot be opened.
    """
    with explained(path):
        if read_only:
            connection = _connect_to_read(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            _recognise(connection, path, may_create=not read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise NotFound(
            f"no catalogue at {path}: `scleroscope import FILE…` or `scleroscope update` makes one"
        )
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", timeout=PATIENCE, isolation_level=None, uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # In a folder that may not be written, WAL has no place for its index. Without a log beside it
        # the file is whole by itself and can be read as it stands.
        connection.close()
        if Path(f"{path}-wal").exists():
            raise
        connection = sqlite3.connect(f"{address}?immutable=1", isolation_level=None, uri=True)
    return connection


def _recognise(connection: sqlite3.Connection, path: Path, *, may_create: bool) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not tables and not application:
        if not may_create:
            raise NotFound(f"{path} is empty: `scleroscope import FILE…` fills it")
        _create(connection)
    elif application != schema.APPLICATION_ID:
        raise Problem(f"{path} is an SQLite file, but not a catalogue: name another with --catalogue")
    elif version > schema.VERSION:
        raise Problem(
            f"{path} was made by a newer scleroscope (its tables are of version {version}, this one reads "
            f"up to {schema.VERSION}): upgrade scleroscope, or name another file with --catalogue"
        )
    elif version < schema.VERSION and may_create:
        _upgrade(connection)
    if may_create:
        # With NORMAL a killed process loses nothing; a power cut may lose the last batch, never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        # Pages kept in memory (KB). Larger does not import faster, and is what grows with a catalogue.
        connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA foreign_keys = ON")


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        # Another process may have been faster.
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return
        for statement in schema.TABLES.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(schema.INDEX_IN_MEMORY)
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring the tables of an older version to today's, all or nothing."""
    with transaction(connection):
        # Another process may have been faster.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for older in range(version, schema.VERSION):
            for statement in schema.UPGRADES[older]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the catalogue for one import; Problem if another process is importing.

    The lock is SQLite's own on a small file beside the catalogue: the operating system releases it
    when the process ends, however it ends, and readers of the catalogue are not touched.
    """
    beside = Path(f"{path}-import")
    with explained(path):
        lock = sqlite3.connect(beside, timeout=0, isolation_level=None)
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise Problem(
                        f"{path} is being filled by another import: wait until it ends, then run this again"
                    ) from None
                raise
            yield
        finally:
            lock.close()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """SQLite's and the file system's complaints as one line: what, where, what to do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        raise Problem(f"{path}: {_ADVICE.get(_primary(code), f'SQLite says: {error}')}") from error
    except OSError as error:
        if isinstance(error, Problem):
            raise
        where = error.filename or path
        raise Problem(f"{where}: {error.strerror or error}; name another with --catalogue") from error


def _primary(code: int | None) -> int:
    """The primary part of an extended result code."""
    return -1 if code is None else code & 0xFF


_ADVICE = {
    sqlite3.SQLITE_NOTADB: "not an SQLite file, so not a catalogue; name another with --catalogue",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; take a copy from a backup, or import again into a new file",
    sqlite3.SQLITE_FULL: "the disk is full; what was stored before is whole. Make room and run this again",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written (full?); what was stored before is whole",
    sqlite3.SQLITE_READONLY: "the file or its folder may not be written; name another with --catalogue",
    sqlite3.SQLITE_CANTOPEN: (
        "the file could not be opened: its folder is missing, may not be written, or lies on a disk that is "
        "read-only; name another with --catalogue"
    ),
    sqlite3.SQLITE_PERM: "the file may not be opened; name another with --catalogue",
    sqlite3.SQLITE_BUSY: "another process is writing; wait until it ends, then run this again",
    sqlite3.SQLITE_LOCKED: "another process is writing; wait until it ends, then run this again",
}
