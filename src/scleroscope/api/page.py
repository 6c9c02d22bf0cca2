"""The overview as one self-contained page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from scleroscope.charts import field, svg
from scleroscope.charts.report import Figure, Section, Tile, page
from scleroscope.charts.world import world
from scleroscope.landscape.findings import NOT_RANDOMISED, NOT_STATED, RANDOMISED

if TYPE_CHECKING:
    from scleroscope.landscape.overview import Overview

FIRST = 10  # findings that stand open, those of the largest trials; the others unfold
COUNTS = {
    "name": "",
    "trials": "trials",
    "recruiting": "recruiting",
    "completed": "completed",
    "stopped": "stopped early",
    "participants": "participants",
}

FOOTER = """\
Made by `scleroscope overview --html`. Every figure has its numbers as a table beneath it. A trial with
several values (two families, four countries) counts once in each. What a record does not state is counted
as not stated.

Registry records change: the registry's own page, linked from each id, is what counts. This page is no
medical advice.
"""


def overview_page(view: Overview) -> str:
    """The page as HTML text; every number in it is one of the overview's tables."""
    totals = view.totals
    asked = "; ".join(f"{name.replace('_', ' ')}: {', '.join(values)}" for name, values in view.asked.items())
    subtitle = [f"Only trials with {asked}."] if asked else []
    subtitle += view.notes
    if view.as_of:
        subtitle.append(f"As of {view.as_of:%-d %B %Y}, the newest date on which a status was verified.")
    return page(
        "The clinical trials of scleroderma",
        lead=view.headlines["field"],
        subtitle=subtitle,
        tiles=[
            Tile(f"{totals.trials:,}", "trials"),
            Tile(f"{totals.recruiting:,}", "recruiting", "ongoing"),
            Tile(f"{totals.planned:,}", "not yet open"),
            Tile(f"{totals.completed:,}", "completed", "completed"),
            Tile(f"{totals.stopped:,}", "stopped early", "stopped"),
            Tile(f"{totals.unknown + totals.not_stated:,}", "unknown or not stated", "quiet"),
        ],
        sections=[make(view) for make in SECTIONS] if totals.trials else (),
        footer=FOOTER.split("\n\n"),
    )


def families(view: Overview) -> Section:
    """Families of mechanism × phases."""
    table = view.families
    phases = {name: name.replace("none", "n/a") for name in table.columns if name.startswith("phase ")}
    return _section(
        view, "families", "Families and phases", "families", field.families_by_phase, {**COUNTS, **phases},
        note=view.headlines["phases"], kind="Heat map of trials by family of mechanism and phase",
    )  # fmt: skip


def years(view: Overview) -> Section:
    """Starts a year, and what became of them."""
    columns = {
        "year": "year", "trials": "began", "completed": "completed", "ongoing": "under way",
        "planned": "not yet open", "stopped": "stopped early", "unknown": "unknown",
        "not_stated": "not stated",
    }  # fmt: skip
    rows = [{**row, "year": _text(row["year"])} for row in view.years.to_dicts()]
    return _section(
        view, "years", "Starts and endings", "years", field.starts, columns, rows=rows,
        note=view.headlines["fates"], kind="Bars of trials by year of start and what became of them",
    )  # fmt: skip


def targets(view: Overview) -> Section:
    """Each trial as a dot on the line of its molecular target."""
    columns = {
        "id": "target", "name": "", "trials": "trials", "recruiting": "recruiting", "completed": "completed",
        "stopped": "stopped early", "latest_phase": "latest phase", "first_year": "first trial",
        "treatments": "treatments",
    }  # fmt: skip
    rows = [{**row, "first_year": _text(row["first_year"])} for row in view.targets.to_dicts()]
    return _section(
        view, "targets", "Molecular targets over time", "timeline", field.timeline, columns, rows=rows,
        note="One dot a trial, larger with more participants; without a start date, only in the table.",
        kind="Dots of trials by molecular target and start date",
    )  # fmt: skip


def treatments(view: Overview) -> Section:
    """Drugs and procedures, most tested first."""
    return _section(
        view, "treatments", "Treatments", "treatments", partial(field.bars, limit=20), COUNTS,
        kind="Bars of trials by treatment",
    )  # fmt: skip


def manifestations(view: Overview) -> Section:
    """What trials are about."""
    return _section(
        view, "manifestations", "Manifestations", "manifestations", field.bars, COUNTS,
        kind="Bars of trials by manifestation",
    )  # fmt: skip


def endpoints(view: Overview) -> Section:
    """What trials measure, by decade."""
    columns = {
        "decade": "decade", "name": "endpoint", "trials": "trials", "primary": "as primary", "of": "of",
        "share": "share",
    }  # fmt: skip
    rows = [{**row, "decade": _text(row["decade"], "s")} for row in view.endpoints.to_dicts()]
    return _section(
        view, "endpoints", "What trials measure", "endpoints", field.endpoints_by_decade, columns, rows=rows,
        note="Share of the trials begun in a decade, of those with an endpoint that is recognised.",
        kind="Heat map of endpoints by decade",
    )  # fmt: skip


def countries(view: Overview) -> Section:
    """Where trials run."""
    return _section(
        view, "countries", "Where", "countries", world, COUNTS, kind="World map of trials by country",
        note="A disc's area is the number of trials with a site there; the inner disc, those that recruit.",
    )  # fmt: skip


def sponsors(view: Overview) -> Section:
    """Who pays."""
    return _section(
        view, "sponsors", "Who pays", "sponsor_classes", field.bars, COUNTS, rows=view.sponsors.to_dicts(),
        kind="Bars of trials by kind of sponsor",
    )  # fmt: skip


def enrolment(view: Overview) -> Section:
    """Planned against reached enrolment."""
    columns = {"id": "trial", "title": "", "planned": "planned", "reached": "reached", "share": "share"}
    return _section(
        view, "enrolment", "Enrolment, planned and reached", "enrolment", field.planned_against_reached,
        columns, kind="Dots of planned against reached enrolment",
    )  # fmt: skip


def randomised(view: Overview) -> Section:
    """What randomised trials found, as printed."""
    return _found(view, "findings", "What randomised trials found", view.headlines["findings"], (RANDOMISED,))


def not_randomised(view: Overview) -> Section:
    """What the other trials found, apart, because nothing was compared by chance."""
    says = "Without randomisation, a change may have come about without the treatment."
    others = (NOT_RANDOMISED, NOT_STATED)
    return _found(view, "findings-other", "What other trials found", says, others)


def _found(view: Overview, topic: str, title: str, says: str, designs: tuple[str, ...]) -> Section:
    """Each trial's primary results, or its first one where none is called primary."""
    rows, before = [], None
    for row in view.findings.to_dicts():
        if row["design"] in designs and (row["level"] == "primary" or row["id"] != before):
            rows.append({"id": row["id"], "trial": _trial(row), "finding": row["finding"],
                         "source": row["source"]})  # fmt: skip
        before = row["id"]
    columns = {"id": "trial", "trial": "measured", "finding": "found", "source": "source"}
    note = "A difference is the first arm minus the second. In square brackets: how many were analysed."
    return Section(
        topic, title, says if rows else "No such result.", None, columns, rows, note=note if rows else "",
        open=True, first=FIRST,
    )  # fmt: skip


def _trial(row: Mapping[str, Any]) -> str:
    week = f", week {row['week']}" if row["week"] else ""
    told = "" if row["level"] == "primary" else f"; {row['level']}"
    told += "; randomisation not stated" if row["design"] == NOT_STATED else ""
    return f"{row['trial']}: {row['endpoint']}{week}{told}"


def recruiting(view: Overview) -> Section:
    """The trials that recruit, as a list."""
    columns = {
        "id": "trial", "title": "", "phase": "phase", "treatments": "tests", "countries": "countries",
        "start": "since", "status_date": "verified",
    }  # fmt: skip
    return _section(view, "open", "Recruiting", "open", None, columns)


def news(view: Overview) -> Section:
    """What is new since the last update."""
    columns = {"what": "", "id": "trial", "title": "", "status": "status"}
    return _section(view, "news", "New since the last update", "news", None, columns)


SECTIONS = (
    families,
    treatments,
    targets,
    randomised,
    not_randomised,
    years,
    manifestations,
    endpoints,
    countries,
    sponsors,
    enrolment,
    recruiting,
    news,
)
"""In the order in which a newcomer asks."""


def _section(
    view: Overview,
    topic: str,
    title: str,
    table: str,
    draw: Callable[..., Any] | None,
    columns: Mapping[str, str],
    *,
    rows: Sequence[Mapping[str, Any]] | None = None,
    note: str = "",
    kind: str = "",
) -> Section:
    """A section whose figure draws one of the overview's tables; without a figure the table stands open."""
    drawn = view.tables[table].to_dicts()
    says = view.headlines[topic]
    figure = None
    if draw and any(row.get("id") is not None or row.get("year") is not None for row in drawn):
        figure = Figure(lambda width: svg.draw(draw(drawn, width=width), f"{kind}. {says}"))
    listed = drawn if rows is None else rows
    notes = (view.caveats.get(topic, "") if drawn else "", note if figure else "")
    return Section(
        topic, title, says, figure, columns, listed, note=" ".join(filter(None, notes)), open=draw is None
    )


def _text(value: int | None, suffix: str = "") -> str | None:
    return None if value is None else f"{value}{suffix}"
