"""The landscape in one value: totals, one table per question, and what they say in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from scleroscope.landscape import count, headline, trace
from scleroscope.landscape.filters import LeftOut, Wanted, select
from scleroscope.landscape.findings import findings, tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polars import DataFrame

    from scleroscope.model.result import Published

STALE = dt.timedelta(days=730)
"""After two years without confirmation ClinicalTrials.gov itself calls an open status unknown
(https://clinicaltrials.gov/ct2/help/glossary/unknown); other registries do not.
"""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many trials, and what became of them. `participants_stated` says how many trials give a number."""

    trials: int
    recruiting: int
    planned: int
    completed: int
    stopped: int
    unknown: int
    not_stated: int
    recruiting_unverified: int  # of the recruiting: last verified over two years before `as_of`, or never
    participants: int
    participants_stated: int
    sites: int
    with_results: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The field, or the part of it that filters ask for. Every table is a Polars frame."""

    totals: Totals
    as_of: dt.date | None  # the newest date at which a registry verified a status
    asked: dict[str, list[str]] = field(default_factory=dict)  # the filters
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()  # what the filters could not settle, in words
    news_since: dt.datetime | None = None
    families: DataFrame
    phases: DataFrame
    targets: DataFrame
    treatments: DataFrame
    timeline: DataFrame
    years: DataFrame
    endpoints: DataFrame
    enrolment: DataFrame
    countries: DataFrame
    open: DataFrame
    sponsor_classes: DataFrame
    sponsors: DataFrame
    diseases: DataFrame
    manifestations: DataFrame
    subsets: DataFrame
    tried: DataFrame
    findings: DataFrame
    news: DataFrame

    @property
    def headlines(self) -> dict[str, str]:
        """Topic → what its table says, in a sentence or two."""
        return headline.headlines(self)

    @property
    def caveats(self) -> dict[str, str]:
        """Topic → what its headline leaves out because it is not stated."""
        return headline.caveats(self)

    @property
    def tables(self) -> dict[str, DataFrame]:
        """Name → frame, for every table."""
        import polars as pl

        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pl.DataFrame)}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: totals, headlines, and each table as a list of rows."""
        from dataclasses import asdict

        return {
            "as_of": self.as_of,
            "asked": self.asked,
            "left_out": {each.filter: each.trials for each in self.left_out},
            "totals": asdict(self.totals),
            "headlines": self.headlines,
            "caveats": self.caveats,
            "news_since": self.news_since,
            **{name: table.to_dicts() for name, table in self.tables.items()},
        }


def overview(
    trials: DataFrame,
    *,
    wanted: Wanted | None = None,
    news_since: dt.datetime | None = None,
    as_of: dt.date | None = None,
    published: Mapping[str, Published] | None = None,
) -> Overview:
    """Count the trials frame of a catalogue, filtered as `wanted` says.

    `news_since` is when the last update began (None: nothing is called new); `as_of` defaults to
    the newest status date among the trials; `published` are results by trial id.
    """
    asked = {name: value for name, value in (wanted or {}).items() if value}
    selection = select(trials, asked)
    chosen = selection.trials
    return Overview(
        totals=totals(chosen),
        as_of=as_of or _newest(chosen),
        asked={name: [value] if isinstance(value, str) else list(value) for name, value in asked.items()},
        left_out=selection.left_out,
        notes=selection.notes,
        news_since=news_since,
        families=count.families(chosen),
        phases=count.phases(chosen),
        targets=count.targets(chosen),
        treatments=count.treatments(chosen),
        timeline=trace.timeline(chosen),
        years=trace.years(chosen),
        endpoints=trace.endpoints(chosen),
        enrolment=trace.enrolment(chosen),
        countries=count.countries(chosen),
        open=count.recruiting(chosen),
        sponsor_classes=count.sponsor_classes(chosen),
        sponsors=count.sponsors(chosen),
        diseases=count.diseases(chosen),
        manifestations=count.manifestations(chosen),
        subsets=count.subsets(chosen),
        tried=tried(chosen),
        findings=findings(chosen, published or {}),
        news=trace.news(chosen, news_since),
    )


def totals(trials: DataFrame) -> Totals:
    """The few numbers that stand above everything else."""
    import polars as pl

    fates = dict(trials.select(count.fate().alias("fate")).group_by("fate").len().iter_rows())
    years = trials["start"].dt.year().drop_nulls()
    recruiting = trials.filter(pl.col("status") == "recruiting")
    newest = _newest(trials) or dt.date.today()  # noqa: DTZ011
    verified = recruiting.filter(pl.col("status_date") >= newest - STALE).height if recruiting.height else 0
    return Totals(
        trials=trials.height,
        recruiting=recruiting.height,
        planned=fates.get("planned", 0),
        completed=fates.get("completed", 0),
        stopped=fates.get("stopped", 0),
        unknown=fates.get("unknown", 0),
        not_stated=fates.get("not_stated", 0),
        recruiting_unverified=recruiting.height - verified,
        participants=int(trials["enrolment"].sum() or 0),
        participants_stated=trials.height - trials["enrolment"].null_count(),
        sites=int(trials["sites"].sum() or 0),
        with_results=int(trials["has_results"].sum() or 0),
        first_year=None if years.is_empty() else int(years.min()),  # type: ignore[arg-type]
        last_year=None if years.is_empty() else int(years.max()),  # type: ignore[arg-type]
    )


def _newest(trials: DataFrame) -> dt.date | None:
    newest = trials["status_date"].max()
    return newest if isinstance(newest, dt.date) else None
