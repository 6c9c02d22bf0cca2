"""Where a cohort is: in a file, in memory, or in an engine of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw

from scleroscope.criteria.compile import takings, used
from scleroscope.knowledge.implications import sources
from scleroscope.match.readings import Reading
from scleroscope.model.problem import BadRequest
from scleroscope.patients.cohort import batches, check_names, read_batches, scan_table
from scleroscope.patients.files import PatientError
from scleroscope.patients.relation import SUFFIXES, holds_omop, relation_batches, relation_of

if TYPE_CHECKING:
    from polars import DataFrame

    from scleroscope.patients.books import Books

Cohort = Any  # a path, or a table that Narwhals knows
Frame = nw.LazyFrame[Any]


class Source(NamedTuple):
    """A cohort: its columns, and either how to read its rows in batches of a size, or the engine's frame."""

    name: str
    columns: frozenset[str]
    found: Frame | Callable[[int], Iterator[DataFrame]]

    def batches(self, size: int) -> Iterator[DataFrame]:
        """The rows, so many at a time; of a cohort that is read here."""
        assert not isinstance(self.found, nw.LazyFrame)
        return self.found(size)


def source(cohort: Cohort, ignore: Sequence[str] = (), table: str | None = None) -> Source:
    """The cohort behind a path or a table; BadRequest when it is neither, or a column is not of a patient."""
    if isinstance(cohort, Path):
        return _file(cohort, ignore, table)
    if type(cohort).__name__ == "DuckDBPyRelation":
        return _relation("", cohort, ignore)
    try:
        frame = nw.from_native(cohort)
    except TypeError:
        raise BadRequest(f"a cohort is a path or a table, not {type(cohort).__name__}") from None
    kept = [name for name in frame.columns if name not in ignore]
    check_names(kept)
    if isinstance(frame, nw.LazyFrame) and not frame.implementation.is_polars():
        return Source("", frozenset(kept), frame.select(kept))
    rows = frame.select(kept)
    lazy = rows.to_native() if isinstance(rows, nw.LazyFrame) else rows.to_polars().lazy()
    return Source("", frozenset(kept), lambda size: batches(lazy, size))


def _file(path: Path, ignore: Sequence[str], table: str | None) -> Source:
    if path.suffix.lower() in SUFFIXES and (table or not holds_omop(path)):
        return _relation(f"{path}: ", relation_of(path, table), ignore)
    if table is not None:
        raise BadRequest(f"--table: {path} is no DuckDB file")
    columns = scan_table(path, ignore).collect_schema().names()
    return Source(f"{path}: ", frozenset(columns), lambda size: read_batches(path, ignore, size))


def books(path: Path, table: str | None = None) -> Books | None:
    """What was found in medical records, mapped and kept aside; nothing for tables of our own columns."""
    from scleroscope.api import patients

    own = path.suffix.lower() in SUFFIXES and (table or not holds_omop(path))
    return None if own else patients.books(path)


def _relation(name: str, relation: Any, ignore: Sequence[str]) -> Source:
    kept = [column for column in relation.columns if column not in ignore]
    check_names(kept)

    def rows(size: int) -> Iterator[DataFrame]:
        try:
            yield from relation_batches(relation, ignore, size)
        except PatientError as error:
            raise PatientError(f"{name}{error}") from None

    return Source(name, frozenset(kept), rows)


def needed(cohort: Source, chosen: Iterable[Reading]) -> None:
    """BadRequest when the cohort has no column that some criterion looks at: all would be unknown."""
    trees = [clause.tree for reading in chosen for clause in reading.clauses]
    asked = sources({field for tree in trees for field in used(tree)})
    if any(takings(tree) for tree in trees):
        asked |= {"treatments", "complete"}
    if not asked & cohort.columns:
        told = ", ".join(sorted(asked)[:5])
        raise BadRequest(f"{cohort.name}no column that a criterion looks at, such as {told}")
