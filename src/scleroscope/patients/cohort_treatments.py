"""The treatments of a cohort: a list column of Parquet, or JSON in a cell of CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from scleroscope.knowledge.routes import routes
from scleroscope.model.patient import PatientTreatment
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import patient

if TYPE_CHECKING:
    from polars import Expr, LazyFrame

_KEYS = tuple(PatientTreatment.__struct_fields__)
_WEEKS = ("stable_weeks", "weeks_since_last", "total_weeks")


def read_treatments(name: str, kind: Any) -> Expr:
    """The column `treatments` or `complete` as a list; PatientError when it cannot be one."""
    import polars as pl

    if name == "complete":
        if kind == pl.List(pl.String):
            return pl.col(name)
        if kind == pl.String:
            return pl.col(name).str.split("|").list.eval(pl.element().str.strip_chars())
        raise PatientError('complete: a list of the lists that are whole, such as "treatments"')
    if kind == pl.String:
        return pl.col(name).map_elements(_cell, return_dtype=_type())
    if not isinstance(kind, pl.List) or not isinstance(kind.inner, pl.Struct):
        raise PatientError("treatments: a list of entries, each with at least a name")
    keys = {field.name for field in kind.inner.fields}
    if "name" not in keys or keys - set(_KEYS):
        raise PatientError(f"treatments: entries have the keys {', '.join(_KEYS)}; name is needed")
    return pl.col(name)


def checked_treatments(ready: LazyFrame) -> None:
    """PatientError when a route or a number of weeks is none: a criterion could take it for another one."""
    import polars as pl

    schema = ready.collect_schema()
    if "treatments" not in schema:
        return
    try:
        rows = ready.select(pl.col("treatments").explode()).unnest("treatments")
        keys = rows.collect_schema().names()
        checks = [pl.lit(0).alias("none")]
        if "route" in keys:
            checks.append((~pl.col("route").is_in(routes())).sum().alias("route"))
        checks += [
            ((pl.col(key) < 0) | (pl.col(key) > 6000)).sum().alias(key) for key in _WEEKS if key in keys
        ]
        found = rows.select(checks).collect(engine="streaming").row(0, named=True)
    except pl.exceptions.ComputeError as error:
        reason = str(error)
        told = next((line for line in reason.splitlines() if line.startswith("PatientError: ")), "")
        raise PatientError(told.removeprefix("PatientError: ") or "treatments: cannot be read") from None
    if found.get("route"):
        raise PatientError(f"treatments, route: must be one of {', '.join(routes())}")
    for key in _WEEKS:
        if found.get(key):
            raise PatientError(f"treatments, {key}: outside the plausible range 0 to 6000 weeks")


def _type() -> Any:
    import polars as pl

    numbers = dict.fromkeys(_WEEKS, pl.Float64)
    flags = dict.fromkeys(("taking", "intolerant"), pl.Boolean)
    return pl.List(pl.Struct({key: (numbers | flags).get(key, pl.String) for key in _KEYS}))


def _cell(text: str) -> list[dict[str, Any]]:
    """One cell of JSON, checked as in a patient file."""
    try:
        entries = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise PatientError("treatments: a cell is not JSON; write [] or a list of entries") from None
    read = patient({"id": "-", "treatments": entries}).treatments
    return [{key: getattr(one, key) for key in _KEYS} for one in read]
