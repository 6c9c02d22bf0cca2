"""The catalogue as Polars frames: the shape in which the landscape asks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Any

import polars as pl

from scleroscope.catalogue import schema
from scleroscope.catalogue.published import with_results

_TYPES: dict[str, Any] = {"INTEGER": pl.Int64, "REAL": pl.Float64, "TEXT": pl.String}
_FLAGS = ("repurposed", "has_results")
_MOMENTS = ("first_seen", "last_changed")


def trials(connection: sqlite3.Connection, ids: Collection[str] | None = None) -> pl.DataFrame:
    """One row a trial, in the order of `schema.TRIAL_COLUMNS`, and last `has_published_results`.

    That says whether results are known here: posted in the registry's record, or from a publication
    among the curated facts. It is no when none are known, which is not that none exist.
    """
    # A month or a year becomes its first day: '2019-02' || '-01-01', cut to ten characters.
    chosen = ", ".join(
        f"substr({name} || '-01-01', 1, 10)" if name in schema.DATES else name
        for name in schema.TRIAL_COLUMNS
    )
    some = "" if ids is None else " WHERE id IN (SELECT value FROM json_each(?))"
    given = () if ids is None else (json.dumps(list(ids)),)
    rows = connection.execute(f"SELECT {chosen} FROM trials{some} ORDER BY id", given).fetchall()  # noqa: S608
    types = {name: _TYPES[kind.split()[0]] for name, kind in schema.TRIAL_COLUMNS.items()}
    return pl.DataFrame(rows, schema=types, orient="row").with_columns(
        pl.col(*schema.LISTS).str.json_decode(pl.List(pl.String)),
        pl.col(*schema.DATES).str.to_date("%Y-%m-%d"),
        pl.col(*_FLAGS).cast(pl.Boolean),
        (pl.col("has_results").cast(pl.Boolean) | pl.col("id").is_in(sorted(with_results()))).alias(
            "has_published_results"
        ),
        pl.col(*_MOMENTS).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC"),
    )


def of(frame: pl.DataFrame, ids: Collection[str]) -> pl.DataFrame:
    """The rows of a frame with these ids."""
    return frame.join(pl.DataFrame({"id": list(ids)}, schema={"id": pl.String}), on="id", how="semi")


def sites(connection: sqlite3.Connection) -> pl.DataFrame:
    """One row a site, with the trial's id."""
    text, number = pl.String, pl.Float64
    types: dict[str, Any] = {
        "id": text, "facility": text, "city": text, "state": text, "country": text,
        "latitude": number, "longitude": number, "status": text,
    }  # fmt: skip
    rows = connection.execute(
        "SELECT t.id, s.facility, s.city, s.state, s.country, s.latitude, s.longitude, s.status "
        "FROM sites s JOIN trials t USING (number) ORDER BY t.id, s.rowid"
    ).fetchall()
    return pl.DataFrame(rows, schema=types, orient="row")
