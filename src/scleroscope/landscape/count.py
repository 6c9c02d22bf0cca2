"""Who tests what, and where: the trials frame counted, one function a table.

Every function takes the trials frame of the catalogue and gives a Polars frame. Its first column
is an id, null where the field is not stated: those trials are a row of their own, never dropped.
A trial with several values (two families, four countries) counts once in each; `trials` therefore
adds up to more than there are trials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scleroscope.landscape.vocabulary import name_of

if TYPE_CHECKING:
    from polars import DataFrame, Expr

PHASES = ("1", "1/2", "2", "2/3", "3", "4", "none", "not stated")
"""Columns of a phase table. `none`: the registry says that no phase applies (a device, a diet)."""

FATES = ("completed", "stopped", "ongoing", "planned", "unknown", "not_stated")
"""What became of a trial. `stopped`: terminated, withdrawn or suspended. `unknown`: so the registry says,
because the sponsor has not told for years. `not_stated`: the record has no status.
"""


def phase() -> Expr:
    """The phase of a trial as one of `PHASES`; early phase 1 counts as 1."""
    import polars as pl

    has = {
        number: pl.col("phases").list.contains(f"phase_{number}").fill_null(value=False) for number in "1234"
    }
    early = pl.col("phases").list.contains("early_phase_1").fill_null(value=False)
    return (
        pl.when(has["1"] & has["2"]).then(pl.lit("1/2"))
        .when(has["2"] & has["3"]).then(pl.lit("2/3"))
        .when(has["1"] | early).then(pl.lit("1"))
        .when(has["2"]).then(pl.lit("2"))
        .when(has["3"]).then(pl.lit("3"))
        .when(has["4"]).then(pl.lit("4"))
        .when(pl.col("phases").list.contains("not_applicable").fill_null(value=False)).then(pl.lit("none"))
        .otherwise(pl.lit("not stated"))
    )  # fmt: skip


def fate() -> Expr:
    """What became of a trial, as one of `FATES`."""
    import polars as pl

    groups = {
        "completed": ["completed"],
        "stopped": ["terminated", "withdrawn", "suspended"],
        "ongoing": ["recruiting", "enrolling_by_invitation", "active_not_recruiting", "expanded_access"],
        "planned": ["not_yet_recruiting"],
        "unknown": ["unknown"],
    }
    answer = pl.lit("not_stated")
    for name, statuses in groups.items():
        answer = pl.when(pl.col("status").is_in(statuses)).then(pl.lit(name)).otherwise(answer)
    return answer


def entries(column: str) -> Expr:
    """The list without repeats; null instead of an empty list, so that exploding it keeps the trial."""
    import polars as pl

    return pl.when(pl.col(column).list.len() > 0).then(pl.col(column).list.unique())


def by(trials: DataFrame, column: str, table: str) -> DataFrame:
    """Trials by the values of one column: id, name, trials, recruiting, completed, stopped, participants.

    `participants` sums what trials enrolled or plan to enrol, where that is stated; `table` is the
    knowledge table that names the ids.
    """
    import polars as pl

    nested = trials.schema[column].is_nested()
    long = trials.select(
        (entries(column) if nested else pl.col(column)).alias("id"),
        (pl.col("status") == "recruiting").fill_null(value=False).alias("recruiting"),
        fate().alias("fate"),
        "enrolment",
    )
    if nested:
        long = long.explode("id")
    counted = long.group_by("id").agg(
        pl.len().alias("trials"),
        pl.col("recruiting").sum(),
        (pl.col("fate") == "completed").sum().alias("completed"),
        (pl.col("fate") == "stopped").sum().alias("stopped"),
        pl.col("enrolment").sum().alias("participants"),
    )
    named = counted.select(
        pl.col("id").cast(pl.String),
        pl.Series("name", [name_of(table, value) for value in counted["id"].to_list()], dtype=pl.String),
        pl.exclude("id"),
    )
    return named.sort(pl.col("id").is_null(), -pl.col("trials").cast(pl.Int64), "name")


def families(trials: DataFrame) -> DataFrame:
    """Families of mechanism: as `by`, with one column for each phase (`phase 1` … `phase not stated`)."""
    import polars as pl

    counted = by(trials, "families", "families")
    long = trials.select(entries("families").alias("id"), phase().alias("phase")).explode("id")
    wide = long.group_by("id").agg(
        (pl.col("phase") == each).sum().cast(pl.Int64).alias(f"phase {each}") for each in PHASES
    )
    return counted.join(wide, on="id", how="left", nulls_equal=True, maintain_order="left")


def phases(trials: DataFrame) -> DataFrame:
    """Trials by phase, in the order of `PHASES`: id, trials, recruiting, completed, stopped."""
    import polars as pl

    counted = by(trials.with_columns(phase().alias("phase")), "phase", "phases").drop("name")
    order = {each: number for number, each in enumerate(PHASES)}
    return counted.sort(pl.col("id").replace_strict(order, return_dtype=pl.Int64))


def targets(trials: DataFrame) -> DataFrame:
    """Trials by molecular target: as `by`, with the treatments that aim at it and the latest phase reached.

    Treatments are listed where a trial has one target only, so that a combination's second drug is
    not put down to the first one's target.
    """
    import polars as pl

    aimed = trials.filter(pl.col("targets").list.len() > 0)
    counted = by(aimed, "targets", "targets")
    order = {each: number for number, each in enumerate(PHASES[:6])}
    single = (pl.col("treatments").list.len() == 1) | (pl.col("targets").list.len() == 1)
    long = aimed.select(
        entries("targets").alias("id"),
        pl.when(single).then(pl.col("treatments")).alias("treatments"),
        phase().replace_strict(order, default=None, return_dtype=pl.Int64).alias("latest"),
        pl.col("start").dt.year().alias("year"),
    ).explode("id")
    more = long.group_by("id").agg(
        pl.col("treatments").drop_nulls().explode().drop_nulls().unique(),
        pl.col("latest").max(),
        pl.col("year").min().alias("first_year"),
    )
    named = more.with_columns(
        pl.col("latest")
        .replace_strict(dict(enumerate(PHASES)), default=None, return_dtype=pl.String)
        .alias("latest_phase"),
        pl.Series(
            "treatments",
            [sorted(name_of("drugs", each) for each in group) for group in more["treatments"].to_list()],
            dtype=pl.List(pl.String),
        ),
    ).drop("latest")
    return counted.join(named, on="id", how="left", maintain_order="left")


def recruiting(trials: DataFrame) -> DataFrame:
    """The trials that recruit, newest first: id, title, acronym, phase, treatments, countries, …"""
    import polars as pl

    now = trials.filter(pl.col("status") == "recruiting").with_columns(phase().alias("phase"))
    named = now.with_columns(
        pl.Series(
            column,
            [[name_of(table, each) for each in group or ()] for group in now[column].to_list()],
            dtype=pl.List(pl.String),
        )
        for column, table in (("treatments", "drugs"), ("families", "families"))
    )
    return named.select(
        "id", "title", "acronym", "phase", "treatments", "families", "countries", "recruiting_sites", "sites",
        "start", "status_date", "enrolment", "sponsor",
    ).sort("start", "id", descending=[True, False], nulls_last=True)  # fmt: skip


def countries(trials: DataFrame) -> DataFrame:
    """Trials by country of a site (ISO 3166-1 alpha-2)."""
    return by(trials, "countries", "countries")


def sponsor_classes(trials: DataFrame) -> DataFrame:
    """Trials by who pays: industry, academic, government, patient organisation, network, other."""
    return by(trials, "sponsor_class", "sponsor_classes")


def sponsors(trials: DataFrame) -> DataFrame:
    """Trials by sponsor, as knowledge normalises its name."""
    return by(trials, "sponsor", "sponsors")


def diseases(trials: DataFrame) -> DataFrame:
    """Trials by disease group: systemic sclerosis, localized scleroderma, Raynaud's."""
    return by(trials, "disease", "diseases")


def treatments(trials: DataFrame) -> DataFrame:
    """Trials by the drug or procedure under test."""
    return by(trials, "treatments", "drugs")


def manifestations(trials: DataFrame) -> DataFrame:
    """Trials by the manifestation that they are about: lung, pulmonary hypertension, digital ulcers …"""
    return by(trials, "manifestations", "conditions")


def subsets(trials: DataFrame) -> DataFrame:
    """Trials by the cutaneous subsets that they say they take."""
    return by(trials, "subsets", "conditions")
