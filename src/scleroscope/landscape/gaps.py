"""What is not known yet, as a work list: words that no knowledge row explains, fields no record states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from scleroscope.model.labels import Labels

if TYPE_CHECKING:
    from polars import DataFrame

# Columns whose absence a reader of the overview would miss.
FIELDS = (
    "status", "phases", "start", "enrolment", "planned_enrolment", "countries", "sponsor_class", "endpoints",
    "families", "treatments", "subsets",
)  # fmt: skip


def unclassified(labels: Iterable[tuple[str, Labels]]) -> DataFrame:
    """Words that classification did not recognise: kind, words, trials, examples; most frequent first."""
    import polars as pl

    found: dict[tuple[str, str], list[str]] = {}
    for trial, of_trial in labels:
        for entry in dict.fromkeys(of_trial.unclassified):
            kind, _, words = entry.partition(": ")
            found.setdefault((kind, " ".join(words.split())), []).append(trial)
    return pl.DataFrame(
        [(kind, words, len(trials), trials[:3]) for (kind, words), trials in found.items()],
        schema={"kind": pl.String, "words": pl.String, "trials": pl.Int64, "examples": pl.List(pl.String)},
        orient="row",
    ).sort(-pl.col("trials"), "kind", "words")


def not_stated(trials: DataFrame) -> DataFrame:
    """Fields that records leave open: field, trials (without it), of (all trials)."""
    import polars as pl

    counts: Mapping[str, int] = {
        name: trials.filter(
            (pl.col(name).list.len().fill_null(0) == 0)
            if trials.schema[name].is_nested()
            else pl.col(name).is_null()
        ).height
        for name in FIELDS
    }
    return pl.DataFrame(
        [(name, count, trials.height) for name, count in counts.items() if count],
        schema={"field": pl.String, "trials": pl.Int64, "of": pl.Int64},
        orient="row",
    ).sort(-pl.col("trials"), "field")
