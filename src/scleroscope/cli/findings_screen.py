"""Published results on the terminal: the most telling, all of them by group, and one trial in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scleroscope.api import findings as told
from scleroscope.api.names import name_of
from scleroscope.cli.palette import ACCENT, QUIET

if TYPE_CHECKING:
    from scleroscope.api.findings import Evidence, Published
    from scleroscope.api.overview import Overview


TITLE = 24  # a longer title gives way to what was tested


def findings(view: Overview) -> RenderableType:
    """The most telling results as a short table; the rest by a command."""
    rows = told.telling(view.findings)
    if not rows:
        return Text("")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style=QUIET, expand=True)
    for name, ratio in (("trial", 3), ("measured", 3), ("found", 6), ("deaths, or serious events", 4)):
        table.add_column(name, ratio=ratio)
    for row in rows:
        short = row["trial"] if len(row["trial"]) <= TITLE else ", ".join(row["tests"])
        trial = Text(short or row["trial"], style=ACCENT)
        trial.append(f" {row['enrolment']}" if row["enrolment"] else "", QUIET)
        measured = ", ".join(filter(None, (row["short"], row["week"] and f"week {row['week']}")))
        table.add_row(trial, measured, Text(row["finding"]), Text(_gravest(row), style=QUIET))
    rest = view.findings["id"].n_unique() - len(rows)
    end = f"and {rest} more trials: " if rest else ""
    return Group(
        Text("The largest randomised trials of each family: their primary result.", style=QUIET),
        table,
        Text(f"{end}`scleroscope evidence --by family` (class, target), with harms and sources", style=QUIET),
    )


def show(found: Evidence, console: Console) -> None:
    """Print the evidence on a console: by group each trial's primary results, harms and sources."""
    console.print(Text("WHAT WAS TRIED, AND WHAT WAS FOUND", style=f"bold {ACCENT}"))
    console.print(Text(found.says, style=QUIET))
    for group in found.groups:
        if group.tried or group.told:
            console.print(Group(*_group(group)))
    end = "`scleroscope show TRIAL` gives all results of one trial, and the source of each number"
    console.print(Text(f"\n{end}", style=QUIET))


def _group(group: told.Group) -> Iterable[RenderableType]:
    noun = "trial" if group.trials == 1 else "trials"
    head = Text(f"\n{group.name}", style="bold")
    head.append(f"  {group.trials} {noun}, published results of {group.with_results}", QUIET)
    yield head
    parts = [f"{name_of('drugs', each)} {count}" for each, count in group.tried]
    yield from _indented(Text(f"tried: {', '.join(parts)}", QUIET) if parts else None)
    for randomised in (True, False):
        part = [rows for rows in group.told if (rows[0]["design"] == told.RANDOMISED) == randomised]
        if part and not randomised:
            yield from _indented(Text("not randomised, or not stated:", style=QUIET))
        for rows in told.varied(part):
            yield from _indented(_line(rows))
            yield from _indented(_harms(rows), Text(" ".join(_addresses(rows)), style=QUIET), by=4)
    if group.elsewhere:
        names = ", ".join(group.elsewhere)
        yield from _indented(Text(f"told in a rarer group: {names}", style=QUIET))


def _indented(*texts: Text | None, by: int = 2) -> Iterable[RenderableType]:
    return (Padding(each, (0, 0, 0, by)) for each in texts if each is not None)


def _harms(rows: list[dict[str, Any]]) -> Text | None:
    return Text(f"harm: {'; '.join(rows[0]['harms'])}") if rows[0]["harms"] else None


def _addresses(rows: list[dict[str, Any]]) -> Iterable[str]:
    return dict.fromkeys([*(each for row in rows for each in row["source"]), *rows[0]["harm_source"]])


def _gravest(row: dict[str, Any]) -> str:
    first = row["harms"][0] if row["harms"] else ""
    event = first.partition(":")[0]
    return first if "death" in event or "serious" in event else "not in the curated facts"


def results(published: Published) -> Iterable[str]:
    """Each result of one trial: its arms and contrasts, and where they stand."""
    for each in published.results:
        when = f"week {each.weeks:g}" if each.weeks is not None else ""
        total = f"n {each.n} in all" if each.n is not None else ""
        parts = ((each.level or "level not stated").replace("_", " "), told.endpoint(each), when, total)
        yield " · ".join(filter(None, parts))
        yield from (f"  {told.arm(one, each)}" for one in each.arms)
        yield from (f"  {told.contrast(one, each)}" for one in each.contrasts)
        if each.note:
            yield f"  {each.note}"
        yield from _sources(published, each.source)


def harms(published: Published) -> Iterable[str]:
    """Each kind of harm of one trial, by arm, and where it stands."""
    for each in published.harms:
        yield told.harm(each)
        if each.note and each.arms:
            yield f"  {each.note}"
        yield from _sources(published, each.source)


def _sources(published: Published, keys: Iterable[str]) -> Iterable[str]:
    for key in keys:
        what = published.sources[key].what
        yield f"  source: {told.origin(published.sources[key])}" + (f" ({what})" if what else "")


def _line(rows: list[dict[str, Any]], most: int = 6) -> Text:
    """One trial: its primary results, or the first where none is called primary."""
    first = rows[0]
    line = Text(first["trial"], style=ACCENT)
    if first["trial"] != first["id"]:
        line.append(f" {first['id']}", style=QUIET)
    shown = rows[:most] if first["level"] == "primary" else rows[:1]
    measured = None
    for row in shown:
        again = row["endpoint"] == measured
        measured = row["endpoint"]
        week = f"week {row['week']}" if row["week"] else ""
        level = "" if row["level"] == "primary" else f" ({row['level']})"
        what = ", ".join(filter(None, ("" if again else f"{row['endpoint']}", week)))
        line.append("  " if row is first else "; ")
        line.append(f"{what}{level}: {row['finding']}" if what else row["finding"])
    if len(rows) > len(shown):
        line.append(f"; and {len(rows) - len(shown)} more", style=QUIET)
    return line
