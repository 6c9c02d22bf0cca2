"""Published results on the terminal: by family in the overview, in full for one trial."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from scleroscope.api import findings as told
from scleroscope.cli.palette import ACCENT, QUIET

if TYPE_CHECKING:
    from scleroscope.api.findings import Published
    from scleroscope.api.overview import Overview


def findings(view: Overview, limit: int = 9, names: int = 14) -> RenderableType:
    """By family the primary results of each trial: randomised trials, then, apart, the others."""
    out: list[RenderableType] = []
    for family in told.by_family(view.findings, view.families):
        tried = [row for row in view.tried.to_dicts() if row["family"] == family.id]
        if not (tried or family.told):
            continue
        head = Text(family.name, style="bold")
        noun = "trial" if family.trials == 1 else "trials"
        elsewhere = family.with_results - len(family.told)
        head.append(f"  {family.trials} {noun}, published results of {family.with_results}", QUIET)
        head.append(f" ({elsewhere} told under a rarer family)" if elsewhere else "", QUIET)
        out += [Text(""), head]
        if tried:
            parts = [_tried(row) for row in tried[:names]]
            parts += [f"{len(tried) - names} more"] if len(tried) > names else []
            out.append(Padding(Text(f"tried: {', '.join(parts)}", QUIET), (0, 0, 0, 2)))
        for randomised in (True, False):
            part = [rows for rows in family.told if (rows[0]["design"] == told.RANDOMISED) == randomised]
            part = told.varied(part)
            if part and not randomised:
                out.append(Text("  not randomised, or not stated:", style=QUIET))
            out += (Padding(_line(rows), (0, 0, 0, 2)) for rows in part[:limit])
            if len(part) > limit:
                rest = ", ".join(rows[0]["trial"] for rows in part[limit:])
                more = f"  and {len(part) - limit} more: {rest}"
                out.append(Text(more, QUIET, no_wrap=True, overflow="ellipsis"))
    if out:
        end = "`scleroscope show TRIAL` gives all results, harms by arm, and the source of each number"
        out += [Text(""), Text(end, style=QUIET)]
    return Group(*out)


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


def _tried(row: dict[str, Any]) -> str:
    targets = row["targets"]
    on = f" [{' '.join(targets[:3])}{' …' if len(targets) > 3 else ''}]" if targets else ""
    return f"{row['name']} {row['trials']}{on}"


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
