"""A cohort: a CSV or Parquet table with the patient file's names as columns, one row a patient.

Checked as a patient file is, column by column, before any criterion is asked; errors name the column, the
rule and how many rows break it, never a value. Rows are read when they are needed, in batches.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scleroscope.knowledge.fields import Field, fields, nearest
from scleroscope.knowledge.text_values import known_value
from scleroscope.patients.cohort_treatments import checked_treatments, read_treatments
from scleroscope.patients.files import PatientError
from scleroscope.patients.frame import frame_of
from scleroscope.patients.profile import OTHER_KEYS
from scleroscope.patients.records import is_record, read_records

if TYPE_CHECKING:
    from polars import DataFrame, Expr, LazyFrame

_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")


def open_cohort(path: Path, ignore: Sequence[str] = ()) -> LazyFrame:
    """The cohort of a `.csv` or `.parquet` file, or of FHIR or OMOP records, in the fields' types and units.

    Absent cells are unknown.

    `ignore` names columns that are left out. PatientError when the table breaks the contract.
    """
    import polars as pl

    if is_record(path):
        people = frame_of(each.patient for each in read_records(path).people)
        return cohort(people.lazy().drop(ignore, strict=False))
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
    try:
        return cohort(frame.drop(name for name in names if name in ignore))
    except PatientError as error:
        raise PatientError(f"{path}: {error}") from None
    except pl.exceptions.PolarsError as error:
        # What the engine complains of may quote a cell.
        raise PatientError(f"{path}: cannot be read as a table ({type(error).__name__})") from None


def cohort(frame: LazyFrame) -> LazyFrame:
    """A frame checked against the contract and brought to its types; PatientError where it breaks it."""
    import polars as pl

    schema = frame.collect_schema()
    known = fields()
    for name in schema.names():
        if name not in known and name not in OTHER_KEYS:
            hint = nearest(name, (*known, *OTHER_KEYS))
            raise PatientError(f"unknown column {name!r}{hint or '; --ignore leaves a column out'}")
    if "id" not in schema:
        raise PatientError("id: every patient needs one, in a column of that name")
    present = [known[name] for name in schema.names() if name in known]
    typed = [_typed(field, schema[field.id]).alias(field.id) for field in present]
    _check_cells(frame, typed, present)
    mapped = _recognised(frame, present)
    lists = [read_treatments(name, schema[name]) for name in ("treatments", "complete") if name in schema]
    ready = frame.select(pl.col("id").cast(pl.String), *typed, *lists).with_columns(mapped)
    checked_treatments(ready)
    return ready


def batches(ready: LazyFrame, size: int = 50_000) -> Iterator[DataFrame]:
    """The cohort's rows, so many at a time."""
    start = 0
    while (batch := ready.slice(start, size).collect(engine="streaming")).height:
        yield batch
        start += size


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


def _check_cells(frame: LazyFrame, typed: Sequence[Expr], present: Sequence[Field]) -> None:
    """One pass over the table: are ids whole and distinct, cells of their type, numbers plausible?"""
    import polars as pl

    checks = [
        pl.len().alias("rows"),
        pl.col("id").null_count().alias("no id"),
        pl.col("id").n_unique().alias("ids"),
    ]
    for field, expression in zip(present, typed, strict=True):
        stated = pl.col(field.id).is_not_null()
        if frame.collect_schema()[field.id] == pl.Float64:
            stated &= pl.col(field.id).is_not_nan()
        checks.append((stated & expression.is_null()).sum().alias(f"type {field.id}"))
        if field.type == "number":
            outside = pl.lit(value=False)
            if field.low is not None:
                outside |= expression < field.low
            if field.high is not None:
                outside |= expression > field.high
            checks.append(outside.sum().alias(f"range {field.id}"))
    found = frame.select(checks).collect(engine="streaming").row(0, named=True)
    if not found["rows"]:
        raise PatientError("no patients: the table has no rows")
    if found["no id"]:
        raise PatientError(f"id: {_rows(found['no id'])} without one")
    if found["ids"] != found["rows"]:
        raise PatientError(f"id: {_rows(found['rows'] - found['ids'])} with an id that another row has")
    needed = {"bool": "true or false is needed", "number": "a number is needed", "text": "a text is needed"}
    for field in present:
        unit = field.unit and f" {field.unit}"
        if wrong := found[f"type {field.id}"]:
            inside = f" (in{unit})" if field.type == "number" and unit else ""
            raise PatientError(
                f"{field.id}: {needed[field.type]}{inside}; {_rows(wrong)} with something else"
            )
        if wrong := found.get(f"range {field.id}"):
            rule = f"the plausible range {field.low:g} to {field.high:g}{unit}"
            raise PatientError(f"{field.id}: {_rows(wrong)} outside {rule}")


def _recognised(frame: LazyFrame, present: Sequence[Field]) -> list[Expr]:
    """Words of the cohort as the words that criteria use: `Diffuse` → `diffuse`."""
    import polars as pl

    expressions = []
    for field in present:
        if field.type != "text":
            continue
        column = pl.col(field.id).cast(pl.String)
        distinct = frame.select(column.drop_nulls().str.strip_chars().unique()).collect()[field.id].to_list()
        meant = {text: known_value(field.id, text) for text in distinct if text}
        if field.values and (strange := sum(value is None for value in meant.values())):
            raise PatientError(
                f"{field.id}: must be one of {', '.join(field.values)}; {strange} other words in the column"
            )
        changed = {text: value for text, value in meant.items() if value is not None and value != text}
        empty = pl.when(pl.col(field.id) != "").then(pl.col(field.id))
        expressions.append((empty.replace(changed) if changed else empty).alias(field.id))
    return expressions


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
