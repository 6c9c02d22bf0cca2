"""A cohort in an engine of its own, checked against the contract there: only counts and words come back."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from scleroscope.knowledge.fields import Field, fields
from scleroscope.knowledge.text_values import known_value
from scleroscope.patients.cohort import check_names
from scleroscope.patients.files import PatientError

Frame = nw.LazyFrame[Any]


def ready(frame: Frame) -> Frame:
    """The frame in the fields' types, its words as criteria know them.

    PatientError where it breaks the contract. Columns must have their types.
    """
    schema = frame.collect_schema()
    check_names(schema.names())
    present = [fields()[name] for name in schema.names() if name in fields()]
    for field in present:
        _check_type(field, schema[field.id])
    numbers = [field for field in present if field.type == "number"]
    typed = frame.with_columns(nw.col("id").cast(nw.String), *(_number(field, schema) for field in numbers))
    _check_cells(typed, numbers)
    return typed.with_columns(*(_recognised(typed, field) for field in present if field.type == "text"))


def _check_type(field: Field, kind: Any) -> None:
    fits = {
        "bool": kind == nw.Boolean,
        "number": kind.is_numeric(),
        "text": kind in (nw.String, nw.Categorical) or isinstance(kind, nw.Enum),
    }
    if not fits[field.type]:
        needed = {"bool": "true or false", "number": "a number", "text": "a text"}
        raise PatientError(f"{field.id}: a column of {needed[field.type]} is needed")


def _number(field: Field, schema: Any) -> nw.Expr:
    column = nw.col(field.id)
    if schema[field.id].is_float():
        column = nw.when(~column.is_nan()).then(column)
    return column.cast(nw.Float64).alias(field.id)


def _check_cells(frame: Frame, numbers: list[Field]) -> None:
    """Are ids whole and distinct, and numbers plausible? One query."""
    found = (
        frame.select(
            nw.len().alias("rows"),
            nw.col("id").count().alias("stated"),
            nw.col("id").n_unique().alias("ids"),
            *(nw.col(field.id).min().alias(f"min {field.id}") for field in numbers),
            *(nw.col(field.id).max().alias(f"max {field.id}") for field in numbers),
        )
        .collect()
        .to_polars()
        .row(0, named=True)
    )
    if not found["rows"]:
        raise PatientError("no patients: the table has no rows")
    if found["stated"] != found["rows"]:
        raise PatientError(f"id: {found['rows'] - found['stated']} rows without one")
    if found["ids"] != found["rows"]:
        raise PatientError(f"id: {found['rows'] - found['ids']} rows with an id that another row has")
    for field in numbers:
        least, most = found[f"min {field.id}"], found[f"max {field.id}"]
        low, high = field.low, field.high
        if (low is not None and least is not None and least < low) or (
            high is not None and most is not None and most > high
        ):
            unit = field.unit and f" {field.unit}"
            raise PatientError(f"{field.id}: some rows outside the plausible range {low:g} to {high:g}{unit}")


def _recognised(frame: Frame, field: Field) -> nw.Expr:
    """Words as criteria use them: `Diffuse` → `diffuse`; what is empty is unknown."""
    column = nw.col(field.id).cast(nw.String).str.strip_chars()
    found = frame.select(column.alias("word")).unique().collect().to_polars().get_column("word")
    meant = {word: known_value(field.id, word) for word in found.drop_nulls().to_list() if word}
    if field.values and (strange := sum(value is None for value in meant.values())):
        raise PatientError(
            f"{field.id}: must be one of {', '.join(field.values)}; {strange} other words in the column"
        )
    as_known: dict[str, list[str]] = {}
    for word, value in meant.items():
        if value is not None and value != word:
            as_known.setdefault(value, []).append(word)
    said: nw.Expr = nw.when(column != "").then(column)
    for value, wordings in as_known.items():
        said = nw.when(column.is_in(wordings)).then(nw.lit(value)).otherwise(said)
    return said.alias(field.id)
