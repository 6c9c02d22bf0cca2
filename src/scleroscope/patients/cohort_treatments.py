"""The treatments of a cohort: a list column of Parquet, or JSON in a cell of CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from scleroscope.knowledge.routes import routes
from scleroscope.model.patient import PatientTreatment
from scleroscope.patients.files import PatientError
from scleroscope.patients.frame import treatments_type
from scleroscope.patients.profile import patient

if TYPE_CHECKING:
    from polars import Series

_KEYS = tuple(PatientTreatment.__struct_fields__)
_WEEKS = ("stable_weeks", "weeks_since_last", "total_weeks")


def read_treatments(column: Series) -> Series:
    """The column `treatments` or `complete` as a list; PatientError when it cannot be one."""
    import polars as pl

    name, kind = column.name, column.dtype
    if kind == pl.Null:
        return column.cast(pl.List(pl.String) if name == "complete" else treatments_type())
    if name == "complete":
        if kind == pl.List(pl.String):
            return column
        if kind == pl.String:
            return column.str.split("|").list.eval(pl.element().str.strip_chars())
        raise PatientError('complete: a list of the lists that are whole, such as "treatments"')
    if kind == pl.String:
        cells = [None if cell is None else _cell(cell) for cell in column.to_list()]
        return pl.Series(name, cells, dtype=treatments_type())
    if not isinstance(kind, pl.List) or not isinstance(kind.inner, pl.Struct):
        raise PatientError("treatments: a list of entries, each with at least a name")
    keys = {field.name for field in kind.inner.fields}
    if "name" not in keys or keys - set(_KEYS):
        raise PatientError(f"treatments: entries have the keys {', '.join(_KEYS)}; name is needed")
    _check(column)
    return column


def _check(column: Series) -> None:
    """PatientError when a route or a number of weeks is none: a criterion could take it for another one."""
    import polars as pl

    rows = column.explode().drop_nulls().struct.unnest()
    checks = [pl.col("name").null_count()]
    if "route" in rows.columns:
        checks.append((~pl.col("route").is_in(routes())).sum())
    checks += [((pl.col(key) < 0) | (pl.col(key) > 6000)).sum() for key in _WEEKS if key in rows.columns]
    found = rows.select(checks).row(0, named=True)
    if found["name"]:
        raise PatientError("treatments: an entry without a name")
    if found.get("route"):
        raise PatientError(f"treatments, route: must be one of {', '.join(routes())}")
    for key in _WEEKS:
        if found.get(key):
            raise PatientError(f"treatments, {key}: outside the plausible range 0 to 6000 weeks")


def _cell(text: str) -> list[dict[str, Any]]:
    """One cell of JSON, checked as in a patient file."""
    try:
        entries = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise PatientError("treatments: a cell is not JSON; write [] or a list of entries") from None
    read = patient({"id": "-", "treatments": entries}).treatments
    return [{key: getattr(one, key) for key in _KEYS} for one in read]
