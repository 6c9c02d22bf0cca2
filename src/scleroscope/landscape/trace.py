"""The field over time: starts and what became of them, endpoints by decade, enrolment, what is new."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scleroscope.landscape.count import FATES, entries, fate
from scleroscope.landscape.vocabulary import name_of

if TYPE_CHECKING:
    from polars import DataFrame, Expr


def years(trials: DataFrame) -> DataFrame:
    """Trials by the year of their start: year, trials, and one column per fate.

    Years without a start are rows of zeros; trials without a start date are the row whose year is null.
    """
    import polars as pl

    counted = (
        trials.select(pl.col("start").dt.year().alias("year"), fate().alias("fate"))
        .group_by("year")
        .agg(
            pl.len().cast(pl.Int64).alias("trials"),
            *((pl.col("fate") == each).sum().cast(pl.Int64).alias(each) for each in FATES),
        )
    )
    dated = counted["year"].drop_nulls()
    if dated.is_empty():
        return counted
    first, last = int(dated.min()), int(dated.max())  # type: ignore[arg-type]
    every = pl.DataFrame({"year": pl.Series(range(first, last + 1), dtype=pl.Int32)})
    filled = every.join(counted, on="year", how="left").with_columns(pl.exclude("year").fill_null(0))
    return pl.concat([filled.sort("year"), counted.filter(pl.col("year").is_null())])


def endpoints(trials: DataFrame) -> DataFrame:
    """What trials measure, by the decade of their start: decade, id, name, trials, primary, of, share.

    `of` is how many trials of that decade have any endpoint that knowledge recognises; `share` is
    trials / of. The row whose id is null counts the trials without a recognised endpoint.
    """
    import polars as pl

    dated = trials.with_columns(_decade().alias("decade"))
    long = dated.select(
        "decade",
        entries("endpoints").alias("id"),
        "primary_endpoints",
    ).explode("id")
    counted = long.group_by("decade", "id").agg(
        pl.len().cast(pl.Int64).alias("trials"),
        pl.col("primary_endpoints").list.contains(pl.col("id")).sum().cast(pl.Int64).alias("primary"),
    )
    stated = dated.group_by("decade").agg(
        (pl.col("endpoints").list.len() > 0).sum().cast(pl.Int64).alias("of")
    )
    shared = counted.join(stated, on="decade", how="left", nulls_equal=True).with_columns(
        pl.when(pl.col("id").is_not_null() & (pl.col("of") > 0))
        .then(pl.col("trials") / pl.col("of"))
        .alias("share")
    )
    named = shared.with_columns(
        pl.Series("name", [name_of("instruments", each) for each in shared["id"].to_list()], dtype=pl.String)
    )
    return named.select("decade", "id", "name", "trials", "primary", "of", "share").sort(
        "decade", pl.col("id").is_null(), -pl.col("trials"), "name", nulls_last=True
    )


def timeline(trials: DataFrame) -> DataFrame:
    """One row a trial and target: id, title, name (the symbol), label (its name), start, fate, enrolment."""
    import polars as pl

    long = (
        trials.select(
            "id", "title", entries("targets").alias("name"), "start", fate().alias("fate"), "enrolment"
        )
        .explode("name")
        .filter(pl.col("name").is_not_null())
        .sort("start", "id", "name")
    )
    labels = [name_of("targets", symbol) for symbol in long["name"].to_list()]
    return long.with_columns(pl.Series("label", labels, dtype=pl.String))


def enrolment(trials: DataFrame) -> DataFrame:
    """Planned against reached, one row a trial that tells both.

    Columns: id, title, sponsor_class, fate, planned, reached, share.
    `planned` is the count registered before the trial ended, `reached` the count registered as
    actual; share = reached / planned.
    """
    import polars as pl

    return (
        trials.filter(
            (pl.col("enrolment_kind") == "actual")
            & pl.col("enrolment").is_not_null()
            & (pl.col("planned_enrolment") > 0)
        )
        .select(
            "id",
            "title",
            "sponsor_class",
            fate().alias("fate"),
            pl.col("planned_enrolment").alias("planned"),
            pl.col("enrolment").alias("reached"),
            (pl.col("enrolment") / pl.col("planned_enrolment")).alias("share"),
        )
        .sort("share", "id")
    )


def news(trials: DataFrame, since: dt.datetime | None) -> DataFrame:
    """Trials first seen or changed since a moment: id, title, status, start, what (new or changed).

    None is a moment that has not come: no trial is news.
    """
    import polars as pl

    moment = pl.lit(since or dt.datetime(9999, 1, 1, tzinfo=dt.UTC)).cast(pl.Datetime("us", "UTC"))
    new, changed = (
        pl.col(name).fill_null(dt.datetime(1, 1, 1, tzinfo=dt.UTC)) >= moment
        for name in ("first_seen", "last_changed")
    )
    return (
        trials.filter(new | changed)
        .select(
            "id",
            "title",
            "status",
            "start",
            pl.when(new).then(pl.lit("new")).otherwise(pl.lit("changed")).alias("what"),
        )
        .sort(pl.col("what") != "new", "start", "id", descending=[False, True, False], nulls_last=True)
    )


def _decade() -> Expr:
    import polars as pl

    return (pl.col("start").dt.year() // 10 * 10).cast(pl.Int64)
