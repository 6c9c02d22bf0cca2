"""A cohort: a CSV or Parquet table with the patient file's names as columns, one row a patient.

Checked as a patient file is, column by column, before any criterion is asked; errors name the column, the
rule and how many rows break it, never a value. Rows are read when they are needed, in batches.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scleroscope.knowledge.fields import Field, fields, nearest
from scleroscope.knowledge.text_values import known_value
from scleroscope.patients.cohort_treatments import read_treatments
from scleroscope.patients.files import PatientError
from scleroscope.patients.frame import frame_of
from scleroscope.patients.profile import OTHER_KEYS
from scleroscope.patients.records import is_record, read_records

if TYPE_CHECKING:
    from polars import DataFrame, Expr, LazyFrame, Series

BATCH = 50_000  # patients at a time
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")


def read_batches(path: Path, ignore: Sequence[str] = (), size: int = BATCH) -> Iterator[DataFrame]:
    """The patients of a `.csv` or `.parquet` file, or of FHIR or OMOP, in the fields' types and units.

    So many at a time; absent cells are unknown; `ignore` names columns that are left out. The file is read
    once. PatientError at the first rows that break the contract, and at the end when an id was there twice.
    """
    import polars as pl

    frame = scan_table(path, ignore)
    try:
        yield from batches(frame, size)
    except PatientError as error:
        raise PatientError(f"{path}: {error}") from None
    except pl.exceptions.PolarsError as error:
        # What the engine complains of may quote a cell.
        raise PatientError(f"{path}: cannot be read as a table ({type(error).__name__})") from None


def batches(frame: LazyFrame, size: int = BATCH) -> Iterator[DataFrame]:
    """The rows of a frame as checked cohorts, so many at a time; the frame is run once."""
    return checked(frame.collect_batches(chunk_size=size), size)


def checked(found: Iterable[DataFrame], size: int = BATCH) -> Iterator[DataFrame]:
    """Rows as they come, as checked cohorts. PatientError names the rows that break the contract."""
    start, ids = 0, []
    for rows in found:
        if not rows.height:
            continue
        try:
            ready = cohort(rows)
        except PatientError as error:
            if start == 0 and rows.height < size:
                raise
            raise PatientError(f"{error} (rows {start + 1} to {start + rows.height})") from None
        start += rows.height
        ids.append(ready.get_column("id").hash())
        yield ready
    if not start:
        raise PatientError("no patients: the table has no rows")
    if twice := _twice(ids):
        raise PatientError(f"id: {_rows(twice)} with an id that another row has")


def _twice(ids: Sequence[Series]) -> int:
    """How many ids came again, by hashes of 8 bytes: of 10⁷ patients two are alike by chance once in 10⁵."""
    import polars as pl

    everybody = pl.concat(ids)
    return len(everybody) - everybody.n_unique()


def scan_table(path: Path, ignore: Sequence[str] = ()) -> LazyFrame:
    """The columns of a cohort file, or of records, as they are; PatientError when it is no such table."""
    import polars as pl

    if is_record(path):
        return frame_of(each.patient for each in read_records(path).people).lazy().drop(ignore, strict=False)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        names = _header(path)
        frame = pl.scan_csv(path, infer_schema=False, null_values=["", "NA", "null"])
    elif suffix == ".parquet":
        try:
            frame = pl.scan_parquet(path)
            names = frame.collect_schema().names()
        except pl.exceptions.PolarsError:
            raise PatientError(f"{path}: not a Parquet file") from None
    else:
        raise PatientError(f"{path}: a cohort is a .csv or a .parquet file")
    kept = [name for name in names if name not in ignore]
    try:
        check_names(kept)
    except PatientError as error:
        raise PatientError(f"{path}: {error}") from None
    return frame.select(kept)


def check_names(names: Sequence[str]) -> None:
    """PatientError where a column is none of the patient file, or there is no id."""
    known = (*fields(), *OTHER_KEYS)
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            raise PatientError(f"unknown column {name!r}{hint or '; --ignore leaves a column out'}")
    if "id" not in names:
        raise PatientError("id: every patient needs one, in a column of that name")


def cohort(frame: DataFrame) -> DataFrame:
    """A frame checked against the contract and brought to its types; PatientError where it breaks it."""
    import polars as pl

    schema, known = frame.schema, fields()
    check_names(schema.names())
    _check_ids(frame)
    present = [known[name] for name in schema.names() if name in known]
    typed = frame.select(_typed(field, schema[field.id]).alias(field.id) for field in present)
    _check_cells(frame, typed, present)
    lists = [read_treatments(frame.get_column(name)) for name in OTHER_KEYS[1:] if name in schema]
    return frame.select(pl.col("id").cast(pl.String)).hstack(_recognised(typed, present)).hstack(lists)


def _header(path: Path) -> list[str]:
    """The column names of a CSV file; PatientError where it is not UTF-8, or two columns are alike."""
    with path.open("rb") as file:
        place = 0
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                raise PatientError(
                    f"{path}: not UTF-8 text (line {number}, byte {place + error.start}): save it as UTF-8"
                ) from None
            place += len(line)
    with path.open(encoding="utf-8-sig", newline="") as text:
        names = next(csv.reader(text), [])
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise PatientError(f"{path}: column {twice[0]!r} is there twice: which one counts?")
    if not names:
        raise PatientError(f"{path}: no patients: the file is empty")
    return names


def _typed(field: Field, kind: Any) -> Expr:
    """The column in its field's type; null where it is not stated, or not of that type."""
    import polars as pl

    column = pl.col(field.id)
    if kind == pl.Null:
        return column.cast({"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}[field.type])
    if field.type == "bool":
        if kind == pl.Boolean:
            return column
        if kind == pl.String:
            text = column.str.strip_chars().str.to_lowercase()
            return (
                pl.when(text.is_in(_YES))
                .then(pl.lit(value=True))
                .when(text.is_in(_NO))
                .then(pl.lit(value=False))
            )
        raise PatientError(f"{field.id}: true or false is needed (leave the cell empty when not known)")
    if field.type == "number":
        if kind.is_numeric():
            return column.cast(pl.Float64).fill_nan(None)
        if kind == pl.String:
            return column.str.strip_chars().cast(pl.Float64, strict=False).fill_nan(None)
        raise PatientError(f"{field.id}: a number is needed{field.unit and f' (in {field.unit})'}")
    if kind not in (pl.String, pl.Categorical) and not isinstance(kind, pl.Enum):
        raise PatientError(f"{field.id}: a text is needed")
    return column.cast(pl.String).str.strip_chars()


def _check_ids(frame: DataFrame) -> None:
    ids = frame.get_column("id")
    if not len(ids):
        raise PatientError("no patients: the table has no rows")
    if missing := ids.null_count():
        raise PatientError(f"id: {_rows(missing)} without one")
    if twice := len(ids) - ids.n_unique():
        raise PatientError(f"id: {_rows(twice)} with an id that another row has")


_NEEDED = {"bool": "true or false is needed", "number": "a number is needed", "text": "a text is needed"}


def _check_cells(frame: DataFrame, typed: DataFrame, present: Sequence[Field]) -> None:
    """Are cells of their type, and numbers plausible?"""
    for field in present:
        unit = field.unit and f" {field.unit}"
        given, column = frame.get_column(field.id), typed.get_column(field.id)
        wrong = column.null_count() - given.null_count()
        if wrong and given.dtype.is_float():
            wrong -= int(given.is_nan().sum())
        if wrong:
            inside = f" (in{unit})" if field.type == "number" and unit else ""
            told = f"{field.id}: {_NEEDED[field.type]}{inside}"
            raise PatientError(f"{told}; {_rows(wrong)} with something else")
        if field.type == "number" and _is_outside(field, column.min(), column.max()):
            outside = sum(_is_outside(field, value, value) for value in column.drop_nulls().to_list())
            rule = f"the plausible range {field.low:g} to {field.high:g}{unit}"
            raise PatientError(f"{field.id}: {_rows(outside)} outside {rule}")


def _is_outside(field: Field, least: Any, most: Any) -> bool:
    """Whether numbers from `least` to `most` leave the field's range; of no numbers, no."""
    low = field.low is not None and least is not None and least < field.low
    return low or (field.high is not None and most is not None and most > field.high)


def _recognised(typed: DataFrame, present: Sequence[Field]) -> DataFrame:
    """Words of the cohort as the words that criteria use: `Diffuse` → `diffuse`."""
    import polars as pl

    changes = []
    for field in present:
        if field.type != "text":
            continue
        distinct = typed.get_column(field.id).drop_nulls().unique().to_list()
        meant = {text: known_value(field.id, text) for text in distinct if text}
        if field.values and (strange := sum(value is None for value in meant.values())):
            raise PatientError(
                f"{field.id}: must be one of {', '.join(field.values)}; {strange} other words in the column"
            )
        changed = {text: value for text, value in meant.items() if value is not None and value != text}
        stated = pl.when(pl.col(field.id) != "").then(pl.col(field.id))
        changes.append((stated.replace(changed) if changed else stated).alias(field.id))
    return typed.with_columns(changes)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
