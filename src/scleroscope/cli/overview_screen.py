"""The overview as a terminal screen: bars, sparklines and sentences, from 60 columns up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from scleroscope.cli.findings_screen import findings
from scleroscope.cli.palette import ACCENT, OPEN, QUIET, STOPPED

if TYPE_CHECKING:
    from polars import DataFrame

    from scleroscope.api.overview import Overview

WIDE = 110  # columns from which small sections stand side by side

SPARKS = "▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉"


def show(view: Overview, console: Console) -> None:
    """Print the overview on a console."""
    for part in _parts(view, console.width):
        console.print(part)
        console.print()


def _parts(view: Overview, width: int) -> Iterable[RenderableType]:
    says = {topic: f"{text} {view.caveats.get(topic, '')}".strip() for topic, text in view.headlines.items()}
    yield _title(view)
    if not view.totals.trials:
        return
    yield _section("Family × phase", says["families"] + " " + says["phases"], _families(view.families, width))
    targets = _section("Molecular targets", says["targets"], _targets(view.targets))
    years = _section("Starts a year", says["years"] + " " + says["fates"], _years(view.years))
    countries = _section("Countries", says["countries"], _counts(view.countries, 10))
    sponsors = _section("Who pays", says["sponsors"], _counts(view.sponsor_classes, 8))
    endpoints = _section("Endpoints over the decades", says["endpoints"], _endpoints(view.endpoints))
    enrolment = _section("Enrolment, planned and reached", says["enrolment"], _enrolment(view.enrolment))
    found = _section("What was tried, and what was found", says["findings"], findings(view))
    recruiting = _section("Recruiting", says["open"], _recruiting(view.open))
    news = _section("New since the last update", says["news"], _news(view.news))
    if width < WIDE:
        yield from (found, years, targets, countries, sponsors, endpoints, enrolment, recruiting, news)
    else:
        yield found
        yield _abreast(Group(years, "", sponsors), targets)
        yield _abreast(countries, Group(endpoints, "", enrolment))
        yield recruiting
        yield news


def _title(view: Overview) -> RenderableType:
    totals = view.totals
    name = Text("scleroscope", style=f"bold {ACCENT}")
    name.append("  the clinical trials of scleroderma", style="bold")
    if view.as_of:
        name.append(f"  as of {view.as_of}", style=QUIET)
    counts = (
        (totals.trials, "trials", "bold"),
        (totals.recruiting, "recruiting", f"bold {OPEN}"),
        (totals.planned, "not yet open", "bold"),
        (totals.completed, "completed", "bold"),
        (totals.stopped, "stopped early", f"bold {STOPPED}"),
        (totals.unknown, "unknown", f"bold {QUIET}"),
        (totals.not_stated, "status not stated", f"bold {QUIET}"),
    )
    numbers = Text("   ").join(
        Text(f"{number:,}", style=style).append(f" {label}".replace(" ", "\u00a0"), style=QUIET)
        for number, label, style in counts
        if number or label in ("trials", "recruiting")
    )
    lines: list[RenderableType] = [name, numbers, Text(view.headlines["field"])]
    if view.asked:
        chosen = " · ".join(
            f"{key.replace('_', ' ')}: {', '.join(values)}" for key, values in view.asked.items()
        )
        lines.insert(1, Text(chosen, style="italic"))
    return Group(*lines)


def _section(title: str, sentence: str, body: RenderableType) -> RenderableType:
    return Group(Text(title.upper(), style=f"bold {ACCENT}"), Text(sentence, style=QUIET), body)


def _abreast(left: RenderableType, right: RenderableType) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 4, 0, 0))
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    grid.add_row(left, right)
    return grid


def _table(*columns: tuple[str, str], gap: int = 1) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style=QUIET)
    for name, justify in columns:
        table.add_column(name, justify=justify, no_wrap=justify == "right")  # type: ignore[arg-type]
    return table


def _families(table: DataFrame, width: int) -> RenderableType:
    phases = [name for name in table.columns if name.startswith("phase ")]
    heads = {"phase none": "n/a", "phase not stated": "?"}
    out = _table(
        ("", "left"), ("", "left"), ("trials", "right"), ("open", "right"),
        *((heads.get(name, name.removeprefix("phase ")), "right") for name in phases),
        gap=1 if width < 100 else 2,
    )  # fmt: skip
    most = _most(table)
    for row in table.to_dicts():
        style = QUIET if row["id"] is None else ""
        out.add_row(
            Text(
                row["name"] if row["id"] else "in no family yet",
                style=style,
                overflow="ellipsis",
                no_wrap=True,
            ),
            _bar(row["trials"], most, 10 if width < 120 else 20, ACCENT)
            if row["id"] is not None
            else Text(""),
            Text(str(row["trials"]), style=style),
            Text(str(row["recruiting"] or "·"), style=OPEN if row["recruiting"] else QUIET),
            *(Text(str(row[name] or "·"), style="" if row[name] else QUIET) for name in phases),
        )
    return out


def _targets(table: DataFrame, limit: int = 14) -> RenderableType:
    out = _table(
        ("", "left"),
        ("", "left"),
        ("trials", "right"),
        ("open", "right"),
        ("to phase", "right"),
        ("by", "left"),
    )
    most = _most(table)
    for row in table.head(limit).to_dicts():
        out.add_row(
            row["id"],
            _bar(row["trials"], most, 8, ACCENT),
            str(row["trials"]),
            Text(str(row["recruiting"] or "·"), style=OPEN if row["recruiting"] else QUIET),
            row["latest_phase"] or "·",
            Text(", ".join(row["treatments"]), style=QUIET, overflow="ellipsis", no_wrap=True),
        )
    several = [row for row in table.to_dicts()[limit:] if row["trials"] > 1]
    once = table.height - limit - len(several)
    told = [f"{row['id']} {row['trials']} ({', '.join(row['treatments'])})" for row in several]
    told += [f"{once} more with one trial each"] if once > 0 else []
    return Group(out, Text(f"further {'; '.join(told)}", style=QUIET)) if told else out


def _counts(table: DataFrame, limit: int) -> RenderableType:
    out = _table(("", "left"), ("", "left"), ("trials", "right"), ("open", "right"), ("stopped", "right"))
    most = _most(table)
    rows = table.to_dicts()
    named = [row for row in rows if row["id"] is not None]
    for row in [*named[:limit], *(row for row in rows if row["id"] is None)]:
        style = QUIET if row["id"] is None else ""
        out.add_row(
            Text(row["name"], style=style),
            _bar(row["trials"], most, 14, ACCENT) if row["id"] is not None else Text(""),
            Text(str(row["trials"]), style=style),
            Text(str(row["recruiting"] or "·"), style=OPEN if row["recruiting"] else QUIET),
            Text(str(row["stopped"] or "·"), style=STOPPED if row["stopped"] else QUIET),
        )
    return _rest(out, len(named) - limit, "more")


def _years(table: DataFrame) -> RenderableType:
    rows = [row for row in table.to_dicts() if row["year"] is not None]
    if not rows:
        return Text("")
    out = Table.grid(padding=(0, 1, 0, 0))
    ongoing = [row["ongoing"] + row["planned"] for row in rows]
    for name, numbers, style in (
        ("started", [row["trials"] for row in rows], ACCENT),
        ("completed", [row["completed"] for row in rows], ""),
        ("stopped", [row["stopped"] for row in rows], STOPPED),
        ("ongoing", ongoing, OPEN),
    ):
        most = max(1, *numbers)
        out.add_row(
            Text(name, style=QUIET),
            Text(_spark(numbers), style=style, no_wrap=True),
            Text(f"≤ {most}", style=QUIET),
        )
    ends = f"{rows[0]['year']}{' ' * max(1, len(rows) - 8)}{rows[-1]['year']}"
    out.add_row("", Text(ends, style=QUIET, no_wrap=True), "")
    return out


def _endpoints(table: DataFrame, limit: int = 10) -> RenderableType:
    decades = table["decade"].unique().sort(nulls_last=True).to_list()
    names: dict[str, str] = {}
    total: dict[str, int] = {}
    share: dict[tuple[str, int | None], float] = {}
    of: dict[int | None, int] = {}
    for row in table.to_dicts():
        of[row["decade"]] = row["of"]
        if row["id"] is not None:
            names[row["id"]] = row["name"]
            total[row["id"]] = total.get(row["id"], 0) + row["trials"]
            share[row["id"], row["decade"]] = row["share"]
    out = _table(
        ("", "left"), *((f"{each}s" if each else "undated", "right") for each in decades), ("trials", "right")
    )
    for each in sorted(total, key=lambda key: (-total[key], key))[:limit]:
        cells = (share.get((each, decade)) for decade in decades)
        out.add_row(
            names[each],
            *(Text(f"{cell:.0%}" if cell else "·", style="" if cell else QUIET) for cell in cells),
            str(total[each]),
        )
    out.add_row(
        Text("trials with an endpoint read", style=QUIET),
        *(Text(str(of.get(each, 0)), style=QUIET) for each in decades),
        "",
    )
    return _rest(out, len(total) - limit, "more endpoints")


def _enrolment(table: DataFrame) -> RenderableType:
    if table.is_empty():
        return Text("")
    bounds = (
        ("under half the plan", 0.0, 0.5),
        ("half to 90 %", 0.5, 0.9),
        ("90 to 110 %", 0.9, 1.1),
        ("over 110 %", 1.1, float("inf")),
    )
    shares: Sequence[float] = table["share"].to_list()
    counts = [(name, sum(low <= each < high for each in shares)) for name, low, high in bounds]
    out = _table(("", "left"), ("", "left"), ("trials", "right"))
    for name, number in counts:
        out.add_row(name, _bar(number, max(number for _, number in counts), 14, ACCENT), str(number))
    return out


def _recruiting(table: DataFrame, limit: int = 10) -> RenderableType:
    out = _table(("", "left"), ("phase", "right"), ("since", "left"), ("", "left"))
    for row in table.head(limit).to_dicts():
        title = f"{row['acronym']}: {row['title']}" if row["acronym"] else row["title"] or "no title"
        since = f"{row['start']:%Y-%m}" if row["start"] else "·"
        phase = "·" if row["phase"] in ("none", "not stated") else row["phase"]
        out.add_row(Text(row["id"], style=OPEN), phase, since, Text(title, overflow="ellipsis", no_wrap=True))
    return _rest(out, table.height - limit, "more: `scleroscope search --status recruiting`")


def _news(table: DataFrame, limit: int = 8) -> RenderableType:
    out = Table.grid(padding=(0, 1, 0, 0))
    for row in table.head(limit).to_dicts():
        style = OPEN if row["what"] == "new" else ""
        title = Text(row["title"] or "", overflow="ellipsis", no_wrap=True)
        out.add_row(
            Text(row["what"], style=style),
            row["id"],
            Text((row["status"] or "").replace("_", " "), style=QUIET),
            title,
        )
    return _rest(out, table.height - limit, "more") if table.height else Text("")


def _rest(body: RenderableType, more: int, what: str) -> RenderableType:
    return Group(body, Text(f"and {more} {what}", style=QUIET)) if more > 0 else body


def _most(table: DataFrame) -> int:
    return max((row["trials"] for row in table.to_dicts() if row["id"] is not None), default=1)


def _bar(value: int, most: int, width: int, style: str) -> Text:
    eighths = round(value / max(most, 1) * width * 8)
    text = "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
    return Text(text or ("▏" if value else ""), style=style)


def _spark(numbers: Sequence[int]) -> str:
    most = max(1, *numbers)
    return "".join(" " if not each else SPARKS[min(7, (each * 8 - 1) // most)] for each in numbers)


__all__ = ["ACCENT", "OPEN", "QUIET", "STOPPED", "show"]
