"""A cohort in DuckDB, a table of a file or a relation: rows come over in batches, never all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scleroscope.patients.cohort import BATCH, checked
from scleroscope.patients.files import PatientError

if TYPE_CHECKING:
    from polars import DataFrame

SUFFIXES = (".duckdb", ".ddb")


def relation_of(path: Path, table: str | None = None) -> Any:
    """The table of that name, else the only one with a column `id`; PatientError lists what is there."""
    connection, tables = _opened(path)
    names = [each for each, columns in tables.items() if each[1] == table or (not table and "id" in columns)]
    if len(names) != 1:
        there = ", ".join(sorted(name for _, name in tables)) or "none"
        raise PatientError(f"{path}: which table is the cohort? --table NAME; there are: {there}")
    ((schema, name),) = names
    return connection.table(f'"{schema}"."{name}"')


def holds_omop(path: Path) -> bool:
    """Whether a DuckDB file has OMOP's table `person`."""
    return any(name.lower() == "person" for _, name in _opened(path)[1])


def _opened(path: Path) -> tuple[Any, dict[tuple[str, str], frozenset[str]]]:
    """The file, and the columns of each of its tables."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise PatientError(f"{path}: needs duckdb: pip install scleroscope[duckdb]") from None
    if not path.is_file():
        raise FileNotFoundError(2, "no such file or folder", str(path))
    try:
        connection = duckdb.connect(str(path), read_only=True)
        rows = connection.execute(
            "select table_schema, table_name, list(column_name) from information_schema.columns group by all"
        ).fetchall()
    except duckdb.Error as error:
        raise PatientError(f"{path}: not a DuckDB file ({type(error).__name__})") from None
    return connection, {(schema, name): frozenset(columns) for schema, name, columns in rows}


def relation_batches(relation: Any, ignore: Sequence[str] = (), size: int = BATCH) -> Iterator[DataFrame]:
    """The patients of a relation, checked as those of a file, so many at a time."""
    import polars as pl

    def rows() -> Iterator[DataFrame]:
        read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch
        for batch in read(size):
            frame = pl.DataFrame(pl.from_arrow(batch))
            yield frame.drop(ignore, strict=False)

    return checked(rows(), size)
