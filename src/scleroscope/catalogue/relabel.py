"""When knowledge or the readers have changed, what was read with the old ones is read again.

The raw record is there, whole: labels, facets and texts are made anew from it, and no version is added.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from scleroscope.catalogue import database
from scleroscope.catalogue.prepare import Prepared, decompress
from scleroscope.catalogue.read import read_record
from scleroscope.catalogue.store import Writer
from scleroscope.registries.record import RawRecord

_KEY = "labelled with"
_BATCH = 500


@cache
def fingerprint() -> str:
    """Names everything that decides how a record is read: readers, classification and knowledge files."""
    digest = hashlib.sha256()
    for package in ("registries", "studies", "knowledge"):
        root = files("scleroscope") / package
        for path, file in sorted(_files(root, package), key=lambda pair: pair[0]):
            digest.update(path.encode() + b"\0" + file.read_bytes())
    digest.update((files("scleroscope") / "catalogue" / "rows.py").read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files(each, f"{path}/{each.name}")
        elif each.name.endswith((".py", ".csv", ".toml")):
            yield f"{path}/{each.name}", each


def relabel_if_outdated(connection: sqlite3.Connection) -> int:
    """Read every current record again if it was read with other knowledge; gives how many were."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    if row is not None and row[0] == fingerprint():
        return 0
    return relabel(connection)


def relabel(connection: sqlite3.Connection) -> int:
    """Read every current record again; gives how many were. Killed, it begins anew the next time."""
    count, last = 0, 0
    writer = Writer(connection, 0, "")
    while rows := connection.execute(
        "SELECT t.number, t.id, v.source, v.registry, v.form, v.raw FROM trials t "
        "JOIN versions v ON v.number = t.version WHERE t.number > ? ORDER BY t.number LIMIT ?",
        (last, _BATCH),
    ).fetchall():
        with database.transaction(connection):
            for number, trial, source, registry, form, packed in rows:
                record = RawRecord(
                    source=source, registry=registry, form=form, id=trial, raw=decompress(packed)
                )
                item = read_record(record, everything=True)
                # What an older reader took and this one refuses stays as it was read.
                if isinstance(item, Prepared):
                    writer.relabel(number, item)
                    count += 1
        last = rows[-1][0]
    with database.transaction(connection):
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, fingerprint()))
    return count
