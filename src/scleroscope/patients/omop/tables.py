"""The tables of an OMOP CDM: in a DuckDB file, or as Parquet or CSV files in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scleroscope.patients.files import PatientError

if TYPE_CHECKING:
    from polars import LazyFrame

Tables = Mapping[str, Callable[[], "LazyFrame"]]

# https://ohdsi.github.io/CommonDataModel/cdm54.html: the tables that are looked at
EVENTS = (
    "condition_occurrence",
    "measurement",
    "drug_exposure",
    "drug_era",
    "procedure_occurrence",
    "observation",
)
OTHERS = ("person", "observation_period", "death", "concept", "concept_ancestor", "concept_relationship")
_SUFFIXES = (".parquet", ".csv")
_DUCKDB = (".duckdb", ".db")


def is_omop(source: Path) -> bool:
    """Whether this is a DuckDB file, or a folder with a table `person` in Parquet or CSV."""
    if source.is_dir():
        return "person" in _files(source)
    return source.suffix.lower() in _DUCKDB


def open_tables(source: Path) -> Tables:
    """The tables that are there, by lower-case name; columns have lower-case names and texts as values.

    PatientError where there is no `person`, or no way to read the file.
    """
    found = _folder(source) if source.is_dir() else _duckdb(source)
    if "person" not in found:
        raise PatientError(f"{source}: no OMOP here: no table person")
    return found


@contextmanager
def readable(source: object) -> Iterator[None]:
    """Turn what Polars says of a table that cannot be read into one line, without what stands in it."""
    import polars as pl

    try:
        yield
    except pl.exceptions.PolarsError as error:
        raise PatientError(f"{source}: not a table that can be read ({type(error).__name__})") from None


def _files(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        name = file.name.lower()
        for suffix in _SUFFIXES:
            if name.endswith(suffix) and name.removesuffix(suffix) in (*EVENTS, *OTHERS):
                found.setdefault(name.removesuffix(suffix), file)
    return found


def _folder(folder: Path) -> Tables:
    def scan(file: Path) -> Callable[[], LazyFrame]:
        def scanned() -> LazyFrame:
            with readable(file):
                return _texts(_scanned(file))

        return scanned

    return {name: scan(file) for name, file in _files(folder).items()}


def _scanned(file: Path) -> LazyFrame:
    import polars as pl

    if file.suffix.lower() == ".parquet" or file.is_dir():
        return pl.scan_parquet(file)
    with file.open("rb") as lines:
        head = lines.readline()
    separator = "\t" if head.count(b"\t") > head.count(b",") else ","
    quote = None if separator == "\t" else '"'  # Athena's vocabulary files: tabs, quotes are only quotes
    return pl.scan_csv(file, infer_schema=False, separator=separator, quote_char=quote)


def _texts(frame: LazyFrame) -> LazyFrame:
    """Every column as text under its lower-case name: ids may be numbers or texts, days too."""
    import polars as pl

    names = frame.collect_schema().names()
    texts = frame.select(pl.col(name).cast(pl.String).alias(name.lower()) for name in names)
    whole = pl.col("^.*(_id|_of_birth)$").str.replace(r"\.0$", "")  # a column with gaps is often of floats
    return texts.with_columns(whole).with_columns(pl.all().replace("", None))


def _duckdb(file: Path) -> Tables:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise PatientError(f"{file}: needs duckdb: pip install scleroscope[duckdb]") from None
    try:
        connection: Any = duckdb.connect(str(file), read_only=True)
        rows = connection.execute(
            "select table_catalog, table_schema, table_name from information_schema.tables order by all"
        ).fetchall()
    except duckdb.Error as error:
        raise PatientError(f"{file}: not a DuckDB file ({type(error).__name__})") from None

    def scan(*name: str) -> Callable[[], LazyFrame]:
        # With the catalog: a file cdm.duckdb often has a schema cdm.
        whole = ".".join(f'"{part}"' for part in name)
        return lambda: _texts(connection.sql(f"select * from {whole}").pl().lazy())  # noqa: S608

    found: dict[str, Callable[[], LazyFrame]] = {}
    for catalog, schema, table in rows:
        if table.lower() in (*EVENTS, *OTHERS):
            found.setdefault(table.lower(), scan(catalog, schema, table))
    return found
