"""What the tables say, in sentences. Each is derived from the numbers and names its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scleroscope.landscape import findings

if TYPE_CHECKING:
    from polars import DataFrame

    from scleroscope.landscape.overview import Overview


def headlines(view: Overview) -> dict[str, str]:
    """Topic → sentence; a topic without data says so."""
    return {
        "field": field(view),
        "families": families(view.families),
        "phases": phases(view.phases, view.totals.trials),
        "targets": targets(view.targets),
        "years": years(view.years),
        "fates": fates(view),
        "endpoints": endpoints(view.endpoints),
        "enrolment": enrolment(view.enrolment),
        "countries": countries(view.countries),
        "sponsors": sponsors(view.sponsor_classes),
        "treatments": treatments(view.treatments),
        "manifestations": manifestations(view.manifestations),
        "findings": findings.says(view.findings, view.totals.trials),
        "open": recruiting(view.open),
        "news": news(view),
    }


def caveats(view: Overview) -> dict[str, str]:
    """Topic → what the headline leaves out, with numbers; empty where nothing is."""
    trials = view.totals.trials
    undated = sum(row["trials"] for row in view.years.to_dicts() if row["year"] is None)
    return {
        "families": _missing(view.families, trials, "are in no family yet"),
        "treatments": _missing(view.treatments, trials, "test nothing that is recognised"),
        "manifestations": _missing(view.manifestations, trials, "name no manifestation"),
        "years": f"The start of {undated} of {trials} is not stated." if undated else "",
        "countries": _missing(view.countries, trials, "do not state where they run"),
        "sponsors": _missing(view.sponsor_classes, trials, "have a sponsor that is not typed"),
        "enrolment": "Only trials that tell both numbers count.",
    }


def field(view: Overview) -> str:
    """How many trials, since when, how many participants, how many recruit."""
    totals = view.totals
    if not totals.trials:
        return "No trial matches."
    span = _span(totals.first_year, totals.last_year)
    people = ""
    if totals.participants_stated:
        people = (
            f" They enrolled or plan to enrol {totals.participants:,} people"
            f"{_stated(totals.participants_stated, totals.trials)}."
        )
    stale = ""
    if totals.recruiting_unverified:
        stale = f" ({totals.recruiting_unverified} of them not verified in the last two years)"
    return f"{_trials(totals.trials)}{span}; {totals.recruiting} recruiting{stale}.{people}"


def families(table: DataFrame) -> str:
    """Which families of mechanism are tested most, and which recruit most."""
    named = _named(table)
    if not named:
        return "No trial's treatment could be placed in a family of mechanism."
    text = f"Tested most: {_ranked(named[:3])}."
    open_now = sorted((each for each in named if each["recruiting"]), key=lambda each: -each["recruiting"])
    if open_now:
        text += f" Recruiting most: {_ranked(open_now[:3], 'recruiting')}."
    return text


def phases(table: DataFrame, trials: int) -> str:
    """How many trials are late enough to change practice."""
    by_phase = {row["id"]: row["trials"] for row in table.to_dicts()}
    late = by_phase.get("3", 0) + by_phase.get("2/3", 0)
    early = sum(by_phase.get(each, 0) for each in ("1", "1/2", "2"))
    stated = trials - by_phase.get("not stated", 0)
    if not stated:
        return "No trial states its phase."
    text = f"{early} are phase 1 or 2, {late} phase 2/3 or 3, {by_phase.get('4', 0)} phase 4"
    return f"{text}{_stated(stated, trials)}."


def targets(table: DataFrame) -> str:
    """How many molecular targets were tried, which most, which got to phase 3."""
    rows = table.to_dicts()
    if not rows:
        return "No trial aims at a known molecular target."
    late = [each["id"] for each in rows if each["latest_phase"] in ("2/3", "3", "4")]
    text = f"{len(rows)} molecular targets have been aimed at, most often {_ranked(rows[:4], name='id')}."
    if late:
        text += f" {len(late)} of them got as far as phase 3."
    return text


def treatments(table: DataFrame) -> str:
    """How many drugs and procedures were tested, and which most."""
    named = _named(table)
    if not named:
        return "No trial tests a treatment that is recognised."
    return (
        f"{len(named)} drugs and procedures have been tested, most often {_ranked(named[:4], proper=True)}."
    )


def manifestations(table: DataFrame) -> str:
    """What trials are about."""
    named = _named(table)
    if not named:
        return "No trial names a manifestation."
    return f"Named most in titles and conditions: {_ranked(named[:4], proper=True)}."


def years(table: DataFrame) -> str:
    """When most trials began, and the pace of the last ten years against the ten before."""
    dated = [row for row in table.to_dicts() if row["year"] is not None]
    if not dated:
        return "No trial states when it began."
    peak = max(dated, key=lambda row: row["trials"])
    text = f"Most began in {peak['year']} ({peak['trials']})."
    last = dated[-1]["year"]
    recent = sum(row["trials"] for row in dated if last - 10 < row["year"] <= last)
    before = sum(row["trials"] for row in dated if last - 20 < row["year"] <= last - 10)
    if before:
        text += f" {recent} began in the ten years to {last}, {before} in the ten before."
    return text


def fates(view: Overview) -> str:
    """How many of the ended trials stopped early."""
    totals = view.totals
    ended = totals.completed + totals.stopped
    if not ended:
        return "No trial has ended yet."
    text = f"Of {ended} that ended, {totals.stopped} ({_percent(totals.stopped / ended)}) stopped early."
    if totals.unknown:
        text += f" {totals.unknown} were not updated for years."
    if totals.not_stated:
        text += f" The status of {totals.not_stated} is not stated."
    return text


def endpoints(table: DataFrame) -> str:
    """What is measured most, and what gained or lost ground from the first to the last full decade."""
    import polars as pl

    recognised = table.filter(pl.col("id").is_not_null())
    if recognised.is_empty():
        return "No trial has an endpoint that is recognised."
    stated = recognised.filter(pl.col("decade").is_not_null())
    most = (
        recognised.group_by("id", "name")
        .agg(pl.col("trials").sum())
        .sort("trials", "name", descending=[True, False])
    )
    text = f"Measured most: {_ranked(most.head(3).to_dicts())}."
    decades = stated.filter(pl.col("of") >= 10)["decade"].unique().sort().to_list()
    if len(decades) < 2:
        return text
    first, last = decades[0], decades[-1]
    shares = {(row["id"], row["decade"]): row["share"] for row in stated.to_dicts()}
    moves = sorted(
        (
            (shares.get((row["id"], last), 0.0) - shares.get((row["id"], first), 0.0), row)
            for row in most.to_dicts()
        ),
        key=lambda move: -move[0],
    )
    rise, row = moves[0]
    if rise >= 0.1:
        was, is_now = shares.get((row["id"], first), 0.0), shares[row["id"], last]
        text += f" {_first_upper(row['name'])} rose from {_percent(was)} of the {first}s trials"
        text += f" to {_percent(is_now)} of the {last}s."
    return text


def enrolment(table: DataFrame) -> str:
    """How much of the plan the median trial reached."""
    if table.is_empty():
        return "No trial tells both its planned and its reached enrolment."
    median = float(table["share"].median())  # type: ignore[arg-type]
    short = int((table["share"] < 0.9).sum())
    return (
        f"The median trial reached {_percent(median)} of its plan; {short} of {table.height} fell short of"
        " 90 %."
    )


def countries(table: DataFrame) -> str:
    """How many countries, and which have most trials."""
    named = _named(table)
    if not named:
        return "No trial states where it runs."
    return f"Sites in {_countries(len(named))}, most trials in {_ranked(named[:3], proper=True)}."


def sponsors(table: DataFrame) -> str:
    """Who pays, as shares of the trials whose sponsor is typed."""
    named = _named(table)
    stated = sum(each["trials"] for each in named)
    if not stated:
        return "No trial's sponsor is typed."
    parts = [f"{_inside(each['name'])} {_percent(each['trials'] / stated)}" for each in named[:4]]
    return f"{_first_upper(_list(parts))} of the trials whose sponsor is typed."


def recruiting(table: DataFrame) -> str:
    """How many recruit, in how many countries, and in which phase most."""
    if table.is_empty():
        return "No trial recruits."
    where = {country for row in table.to_dicts() for country in row["countries"] or ()}
    how_many = "1 trial recruits" if table.height == 1 else f"{table.height} trials recruit"
    return how_many + (f", with sites in {_countries(len(where))}." if where else ".")


def news(view: Overview) -> str:
    """How many trials are new or changed since the last update."""
    if view.news_since is None:
        return "No update yet: nothing to compare with. `scleroscope update` fetches what is new."
    what = [row["what"] for row in view.news.to_dicts()]
    since = f"{view.news_since:%Y-%m-%d %H:%M} UTC"
    return f"Since {since}: {what.count('new')} new, {what.count('changed')} changed."


def _named(table: DataFrame) -> list[dict[str, Any]]:
    return [row for row in table.to_dicts() if row["id"] is not None]


def _ranked(
    rows: Sequence[dict[str, Any]], number: str = "trials", name: str = "name", *, proper: bool = False
) -> str:
    return _list([f"{row[name] if proper else _inside(row[name])} ({row[number]})" for row in rows])


def _missing(table: DataFrame, trials: int, what: str) -> str:
    missing = sum(row["trials"] for row in table.to_dicts() if row["id"] is None)
    return f"{missing} of {trials} {what}." if missing else ""


def _stated(stated: int, trials: int) -> str:
    return "" if stated == trials else f" (stated by {stated} of {trials})"


def _span(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return ""
    return f", begun in {first}" if first == last else f", begun from {first} to {last}"


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count:,} trials"


def _countries(count: int) -> str:
    return "1 country" if count == 1 else f"{count} countries"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _inside(name: str) -> str:
    """A name inside a sentence: `Vascular treatments` in lower case, `JAK inhibitors` as it is."""
    return name[0].lower() + name[1:] if name[1:2].islower() and " " in name else name


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
