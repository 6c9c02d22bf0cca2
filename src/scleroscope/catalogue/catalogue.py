"""A catalogue: trials, their records and their history in one file. What can be asked of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from scleroscope.catalogue import database, history, search
from scleroscope.catalogue.books import Books
from scleroscope.catalogue.history import Refusal, Version
from scleroscope.catalogue.prepare import decompress
from scleroscope.catalogue.search import Hits
from scleroscope.model.labels import Labels
from scleroscope.model.problem import NotFound
from scleroscope.model.study import Study

if TYPE_CHECKING:
    from polars import DataFrame


def open_catalogue(path: Path | str | None = None, *, read_only: bool = False) -> Catalogue:
    """The catalogue at `path` (default: `default_path()`), made new unless `read_only`.

    NotFound where there is none to read; Problem where the file is no catalogue, is of a newer
    version, or may not be used.
    """
    place = Path(path) if path is not None else database.default_path()
    return Catalogue(place, database.connect(place, read_only=read_only), read_only=read_only)


class Catalogue:
    """One open catalogue; close it, or use it as a context."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path, self.read_only = path, read_only
        self.connection = connection
        self._kept: tuple[tuple[int, int], DataFrame] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def __len__(self) -> int:
        with database.explained(self.path):
            count: int = self.connection.execute("SELECT count(*) FROM trials").fetchone()[0]
        return count

    def ids(self) -> list[str]:
        """The ids of all trials, sorted."""
        with database.explained(self.path):
            return [row[0] for row in self.connection.execute("SELECT id FROM trials ORDER BY id")]

    def acronyms(self) -> list[tuple[str, str]]:
        """Id and acronym of the trials that have one, sorted by id."""
        with database.explained(self.path):
            return self.connection.execute(
                "SELECT id, acronym FROM trials WHERE acronym IS NOT NULL ORDER BY id"
            ).fetchall()

    def trials(self, ids: Collection[str] | None = None) -> DataFrame:
        """One row a trial (or only those with these ids), as `frame.trials` lists the columns; sorted by id.

        A date that is registered as a month or a year stands at its first day. The frame of all trials
        is kept until the catalogue changes, by whomever.
        """
        from scleroscope.catalogue import frame

        with database.explained(self.path):
            version = self.connection.execute("PRAGMA data_version").fetchone()[0]
            state = (version, self.connection.total_changes)
            if ids is not None and (self._kept is None or self._kept[0] != state):
                return frame.trials(self.connection, ids)
            if self._kept is None or self._kept[0] != state:
                self._kept = state, frame.trials(self.connection)
        return self._kept[1] if ids is None else frame.of(self._kept[1], ids)

    def sites(self) -> DataFrame:
        """One row a site: id (of the trial), facility, city, state, country, latitude, longitude, status."""
        from scleroscope.catalogue import frame

        with database.explained(self.path):
            return frame.sites(self.connection)

    def study(self, trial: str) -> Study:
        """The study, read from the current raw record; NotFound if the catalogue has no such trial."""
        from scleroscope.catalogue.read import study_of

        with database.explained(self.path):
            return study_of(history.current(self.connection, trial, self.path))

    def studies(self, trials: Collection[str] | None = None) -> Iterator[Study]:
        """Every study, or those with these ids, sorted by id."""
        for trial in self.ids() if trials is None else sorted(trials):
            yield self.study(trial)

    def labels(self, trial: str) -> Labels:
        """What classification said of the trial; NotFound if the catalogue has no such trial."""
        with database.explained(self.path):
            row = self.connection.execute(
                "SELECT labels FROM labels JOIN trials USING (number) WHERE id = ?", (trial,)
            ).fetchone()
        if row is None:
            raise NotFound(f"no trial {trial} in {self.path}")
        return msgspec.json.decode(row[0], type=Labels)

    def raw(self, trial: str, version: int | None = None) -> bytes:
        """The raw record as it came, byte for byte: the current one, or that of a version's number."""
        with database.explained(self.path):
            if version is None:
                return history.current(self.connection, trial, self.path).raw
            row = self.connection.execute(
                "SELECT raw FROM versions WHERE id = ? AND number = ?", (trial, version)
            ).fetchone()
        if row is None:
            raise NotFound(f"no version {version} of {trial} in {self.path}")
        return decompress(row[0])

    def versions(self, trial: str) -> list[Version]:
        """Every content that the trial's record has had, oldest first, the last one current."""
        with database.explained(self.path):
            found = history.versions(self.connection, trial)
        if not found:
            raise NotFound(f"no trial {trial} in {self.path}")
        return found

    def imports(self) -> list[Books]:
        """The books of every import, oldest first."""
        with database.explained(self.path):
            return history.imports(self.connection)

    def refused(self, number: int | None = None) -> list[Refusal]:
        """Every record that was refused, with its reason; or those of one import."""
        with database.explained(self.path):
            return history.refused(self.connection, number)

    def search(
        self,
        groups: Sequence[Sequence[str]],
        *,
        within: Collection[str] | None = None,
        limit: int | None = 50,
        offset: int = 0,
    ) -> Hits:
        """Trials whose text holds, of every group, at least one of its phrases; the best first.

        A group is a word or phrase with its synonyms. `within` restricts to these ids. With
        `limit=None` all hits come, without snippets.
        """
        with database.explained(self.path):
            return search.search(self.connection, groups, within=within, limit=limit, offset=offset)

    def snippets(self, groups: Sequence[Sequence[str]], ids: Collection[str]) -> dict[str, str]:
        """Id → where the trial's text holds the phrases of the groups, `[matched]` words marked."""
        with database.explained(self.path):
            return search.snippets(self.connection, groups, ids)

    def facets(
        self,
        columns: Sequence[str],
        *,
        groups: Sequence[Sequence[str]] = (),
        within: Collection[str] | None = None,
    ) -> dict[str, dict[str, int]]:
        """How many trials of a search (or of all) have each value of each column, most first."""
        with database.explained(self.path):
            return search.facets(self.connection, columns, groups=groups, within=within)
