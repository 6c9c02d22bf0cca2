"""People as read, as a table: the columns of a cohort, one row a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scleroscope.knowledge.fields import fields
from scleroscope.model.patient import PatientTreatment

if TYPE_CHECKING:
    from polars import DataFrame


def frame_of(patients: Iterable[dict[str, Any]]) -> DataFrame:
    """A cohort from patient files: `id`, the fields that some patient has, and `treatments`."""
    import polars as pl

    kinds: dict[str, Any] = {"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}
    rows = list(patients)
    used = {key for row in rows for key in row}
    schema = {"id": pl.String} | {name: kinds[one.type] for name, one in fields().items() if name in used}
    if "treatments" in used:
        schema["treatments"] = treatments_type()
    columns = {name: [row.get(name) for row in rows] for name in schema}
    if "treatments" in columns:
        columns["treatments"] = [_whole(entries) for entries in columns["treatments"]]
    return pl.DataFrame(columns, schema=schema)


def _whole(entries: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    keys = PatientTreatment.__struct_fields__
    return [{key: entry.get(key) for key in keys} for entry in entries or ()]


def treatments_type() -> Any:
    """The type of a cohort's column `treatments`."""
    import polars as pl

    numbers = dict.fromkeys(("stable_weeks", "weeks_since_last", "total_weeks"), pl.Float64)
    flags = dict.fromkeys(("taking", "intolerant"), pl.Boolean)
    keys = PatientTreatment.__struct_fields__
    return pl.List(pl.Struct({key: (numbers | flags).get(key, pl.String) for key in keys}))
