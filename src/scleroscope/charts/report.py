"""A self-contained page: sentences, figures, and behind each figure its table.

No script, nothing from the network. Light and dark follow the reader's system; on paper it is light.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scleroscope.charts.theme import COLOURS, FONT

REGISTRY = "https://clinicaltrials.gov/study/"


class Tile(NamedTuple):
    """A number that stands at the top; `colour` is a name of the palette."""

    number: str
    label: str
    colour: str = "ink"


WIDE, NARROW = 830, 350  # pixels in which a figure is drawn for a desk and for a phone


class Figure(NamedTuple):
    """One figure, drawn when it is asked for: `draw` takes a width in pixels and gives SVG text."""

    draw: Callable[[int], str]


class Section(NamedTuple):
    """What a figure shows: said, drawn, and listed. `columns` maps a row's key to its heading."""

    id: str
    title: str
    says: str
    figure: Figure | None = None
    columns: Mapping[str, str] = {}
    rows: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    open: bool = False
    first: int | None = None  # of an open table: how many rows stand open, the others unfold


def page(
    title: str,
    *,
    lead: str,
    tiles: Iterable[Tile] = (),
    sections: Sequence[Section] = (),
    subtitle: Sequence[str] = (),
    footer: Sequence[str] = (),
) -> str:
    """The whole page as HTML text. Everything that is not a `Figure` is escaped."""
    lines = "".join(f'<p class="asof">{escape(line)}</p>' for line in subtitle)
    numbers = "".join(
        f"<div><dt>{escape(each.label)}</dt>"
        f'<dd style="color:var(--{each.colour})">{escape(each.number)}</dd></div>'
        for each in tiles
    )
    links = "".join(f'<a href="#{each.id}">{escape(each.title)}</a> ' for each in sections)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)} · scleroscope</title>
<link rel="icon" href="data:,">
<style>
{style()}
</style>
</head>
<body>
<header>
<p class="brand">scleroscope</p>
<h1>{escape(title)}</h1>
<p class="lead">{escape(lead)}</p>
{lines}
<dl class="tiles">{numbers}</dl>
<nav aria-label="Sections">{links}</nav>
</header>
<main>
{"".join(map(_section, sections))}
</main>
<footer>
<hr class="rule">
{"".join(f"<p>{escape(line)}</p>" for line in footer)}
</footer>
</body>
</html>
"""


def style() -> str:
    """The palette as CSS variables, light and dark, and the page's rules."""
    light = "".join(f"--{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    rules = (files("scleroscope.charts") / "report.css").read_text(encoding="utf-8")
    return (
        f":root{{{light}--font:{FONT};}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n{rules}"
    )


def _section(each: Section) -> str:
    figure = ""
    if each.figure:
        figure = (
            f'<figure><div class="wide">{each.figure.draw(WIDE)}</div>'
            f'<div class="narrow">{each.figure.draw(NARROW)}</div></figure>'
        )
    note = f'<p class="note">{escape(each.note)}</p>' if each.note else ""
    return (
        f'<section id="{each.id}" aria-labelledby="{each.id}-title">'
        f'<h2 id="{each.id}-title">{escape(each.title)}</h2>'
        f'<p class="says">{escape(each.says)}</p>{note}{figure}{_table(each)}</section>\n'
    )


def _table(each: Section) -> str:
    if not each.rows:
        return ""
    numeric = {
        key: all(isinstance(row[key], int | float) or row[key] is None for row in each.rows)
        for key in each.columns
    }
    head = "".join(
        f'<th scope="col"{_class(numeric[key])}>{escape(heading)}</th>'
        for key, heading in each.columns.items()
    )

    def table(rows: Sequence[Mapping[str, Any]]) -> str:
        body = "".join(
            f"<tr>{''.join(_cell(row, key, numeric[key]) for key in each.columns)}</tr>" for row in rows
        )
        return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def unfolding(says: str, rows: Sequence[Mapping[str, Any]]) -> str:
        return f"<details><summary>{says}</summary>{table(rows)}</details>"

    if not each.open:
        return unfolding(f"The numbers as a table ({len(each.rows)} rows)", each.rows)
    rest = each.rows[each.first :] if each.first is not None else ()
    more = unfolding(f"{len(rest)} more", rest) if rest else ""
    return table(each.rows[: each.first]) + more


def _cell(row: Mapping[str, Any], key: str, numeric: bool) -> str:
    value = row[key]
    text = escape(_text(value))
    if key == "id" and text.startswith("NCT"):
        return f'<td class="id"><a href="{REGISTRY}{text}" rel="noreferrer">{text}</a></td>'
    if key == "source" and isinstance(value, list):
        return f'<td class="source">{", ".join(map(_link, value))}</td>'
    if isinstance(value, dt.date):
        return f'<td class="date">{text}</td>'
    first = key == next(iter(row)) or key == "name"
    if first and not numeric:
        return f'<th scope="row">{text}</th>'
    return f"<td{_class(numeric)}>{text}</td>"


def _link(address: Any) -> str:
    """A web address as a link that shows its host; other text as it is."""
    text = str(address)
    host = urlsplit(text).hostname if text.startswith(("https://", "http://")) else None
    if host is None:
        return escape(text)
    return f'<a href="{escape(text)}" rel="noreferrer">{escape(host.removeprefix("www."))}</a>'


def _text(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, float):
        return f"{value:.0%}".replace("%", " %")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _class(numeric: bool) -> str:
    return ' class="n"' if numeric else ""
