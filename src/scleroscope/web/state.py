"""The catalogue behind the pages: opened anew for each answer, for reading only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scleroscope.api.scope import Scope, connect
from scleroscope.web.kept import Shelf


class State:
    """Which catalogue, and the answers made from it as it is now."""

    def __init__(self, named: Path | None = None) -> None:
        self.named, self.shelf = named, Shelf()
        self.path = self._find()

    def _find(self) -> Path:
        with connect(self.named) as scope:
            scope.catalogue  # noqa: B018  (opened once, so that a file that is none is told at once)
            return scope.path

    @contextmanager
    def scope(self) -> Iterator[Scope]:
        """The catalogue for one answer; an update in another process is seen by the next one."""
        if not self.path.exists():  # another version of scleroscope tidied the shipped one away
            self.path = self._find()
        with Scope(self.path) as opened:
            yield opened

    def stamp(self) -> tuple[tuple[int, int], ...]:
        """What changes when the catalogue does: times and sizes of the file and of its log."""
        found = []
        for path in (self.path, Path(f"{self.path}-wal")):
            try:
                told = path.stat()
            except FileNotFoundError:
                continue
            found.append((told.st_mtime_ns, told.st_size))
        return tuple(found)
