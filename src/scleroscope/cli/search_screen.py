"""Search results and gaps on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scleroscope.cli.overview_screen import ACCENT, OPEN, QUIET, STOPPED

if TYPE_CHECKING:
    from polars import DataFrame

    from scleroscope.api.criteria import Gaps
    from scleroscope.api.search import Found

STATUS_STYLES = {"recruiting": OPEN, "not_yet_recruiting": OPEN, "terminated": STOPPED, "withdrawn": STOPPED,
                 "suspended": STOPPED}  # fmt: skip


def show_found(found: Found, console: Console) -> None:
    """Print a page of results, then the facets."""
    shown = found.trials.height
    count = "no trial" if found.place and not found.total else f"{found.total} trials"
    head = Text("1 trial" if found.total == 1 else count, style=f"bold {ACCENT}")
    if found.place:
        far = "by distance from" if found.total else "could be placed within reach of"
        head.append(f" {far} {found.place.name}", style=QUIET)
    if shown < found.total:
        head.append(f", the first {shown}", style=QUIET)
    console.print(head)
    for row in found.trials.to_dicts():
        console.print()
        _trial(row, console)
    if found.total:
        console.print()
        _facets(found, console)


def _trial(row: Mapping[str, Any], console: Console) -> None:
    first = Text(row["id"], style=f"bold {ACCENT}")
    if row["acronym"]:
        first.append(f"  {row['acronym']}", style="bold")
    first.append(f"  {words(row['status'])}", style=STATUS_STYLES.get(row["status"] or "", QUIET))
    facts = [" and ".join(words(each) for each in row["phases"] or ())]
    facts += [f"began {row['start']:%Y-%m}" if row["start"] else ""]
    facts += [f"{row['enrolment']} participants" if row["enrolment"] is not None else ""]
    facts += [
        " ".join(row["countries"] or ())
        if len(row["countries"] or ()) <= 8
        else f"{len(row['countries'])} countries"
    ]
    first.append("  " + " · ".join(each for each in facts if each), style=QUIET)
    console.print(first)
    console.print(Text(f"  {row['title'] or 'no title'}"))
    if row.get("distance_km") is not None:
        line = Text(f"  {row['distance_km']:,.0f} km  {row['site'] or ''}")
        line.append(
            f"  {words(row['site_status'])}", style=STATUS_STYLES.get(row["site_status"] or "", QUIET)
        )
        console.print(line)
    if row.get("snippet"):
        console.print(_snippet(row["snippet"]))


def _snippet(text: str) -> Text:
    out = Text("  ", style=QUIET)
    for number, part in enumerate(text.replace("]", "[").split("[")):
        out.append(part, style="bold" if number % 2 else QUIET)
    return out


def _facets(found: Found, console: Console) -> None:
    out = Table.grid(padding=(0, 2, 0, 0))
    for column, rows in found.facets.items():
        line = Text()
        for _, name, count in rows[:8]:
            line.append(f"{name} ").append(f"{count}", style="bold").append("   ")
        if len(rows) > 8:
            line.append(f"and {len(rows) - 8} more", style=QUIET)
        out.add_row(Text(column.replace("_", " "), style=QUIET), line)
    console.print(out)


def show_gaps(found: Mapping[str, DataFrame], console: Console, limit: int) -> None:
    """Print the two work lists."""
    fields = Table(box=None, pad_edge=False, header_style=QUIET)
    for heading in ("not stated", "trials", "of"):
        fields.add_column(heading, justify="left" if heading == "not stated" else "right")
    for row in found["not_stated"].to_dicts():
        fields.add_row(words(row["field"]), str(row["trials"]), str(row["of"]))
    console.print(fields)
    console.print()
    unread = found["unclassified"]
    out = Table(box=None, pad_edge=False, header_style=QUIET)
    out.add_column("not recognised")
    out.add_column("words", ratio=1)
    out.add_column("trials", justify="right")
    out.add_column("for instance", no_wrap=True)
    for row in unread.head(limit or unread.height).to_dicts():
        out.add_row(
            row["kind"],
            Text(row["words"], overflow="ellipsis", no_wrap=True),
            str(row["trials"]),
            row["examples"][0],
        )
    console.print(out)
    if limit and unread.height > limit:
        console.print(Text(f"and {unread.height - limit} more (--limit 0 shows all)", style=QUIET))


def show_criteria_gaps(found: Gaps, console: Console, limit: int) -> None:
    """Print the wordings of criteria that wait to be read."""
    out = Table(box=None, pad_edge=False, header_style=QUIET)
    out.add_column("not understood (# is a number)", ratio=1)
    out.add_column("trials", justify="right")
    out.add_column("times", justify="right")
    out.add_column("for instance", no_wrap=True)
    unread = found.wordings
    for gap in unread[: limit or len(unread)]:
        wording = Text(gap.wording, overflow="ellipsis", no_wrap=True)
        out.add_row(wording, str(gap.trials), str(gap.count), gap.first)
    if found.in_part:
        console.print(
            f"[{QUIET}]{found.in_part} trials have criteria that no source of theirs shows: these wait for a "
            "source, not for a reader[/]"
        )
    console.print(out)
    if limit and len(unread) > limit:
        console.print(Text(f"and {len(unread) - limit} more (--limit 0 shows all)", style=QUIET))


def words(value: str | None) -> str:
    """An id as words."""
    return "not stated" if value is None else value.replace("_", " ")
