"""The overview as values for its template: sections, and tables whose rows lead into the list of trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from scleroscope.api.page import SECTIONS
from scleroscope.web.asked import Asked
from scleroscope.web.render import trial_path

if TYPE_CHECKING:
    from scleroscope.api.overview import Overview
    from scleroscope.charts.report import Section

FILTER_OF = {"families": "family", "targets": "target", "endpoints": "endpoint", "countries": "country"}
"""Section → the filter that its rows' ids are values of."""

WORDS_OF = ("treatments", "manifestations")
"""Sections without a filter of their own: their rows lead to a search for the name."""


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    numeric: bool = False
    link: str | None = None


class Part(NamedTuple):
    """One section: said, drawn (by its own address), and listed."""

    id: str
    title: str
    says: str
    note: str
    drawn: bool
    open: bool
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def parts(view: Overview, asked: Asked) -> list[Part]:
    """Every section of the overview."""
    return [_part(make(view), asked) for make in SECTIONS] if view.totals.trials else []


def section(view: Overview, name: str) -> Section | None:
    """The section of this id, if there is one."""
    makers = {make.__name__: make for make in SECTIONS}
    return makers[name](view) if name in makers else None


def _part(section: Section, asked: Asked) -> Part:
    numeric = {
        key: bool(section.rows)
        and all(isinstance(row[key], int | float) or row[key] is None for row in section.rows)
        for key in section.columns
    }
    return Part(
        id=section.id,
        title=section.title,
        says=section.says,
        note=section.note,
        drawn=section.figure is not None,
        open=section.open,
        head=tuple(Cell(heading, numeric[key]) for key, heading in section.columns.items()),
        rows=tuple(
            tuple(
                Cell(_text(row[key]), numeric[key], _link(section, row, key, asked))
                for key in section.columns
            )
            for row in section.rows
        ),
    )


def _link(section: Section, row: Mapping[str, Any], key: str, asked: Asked) -> str | None:
    trials = section.id in ("enrolment", "open", "news")
    if trials:
        return trial_path(row["id"]) if key == "id" else None
    if key != ("id" if section.id == "targets" else "name"):
        return None
    if name := FILTER_OF.get(section.id):
        value = row["id"] if row["id"] is not None else "not_stated"
        kept = asked.pairs()
        return "/trials?" + urlencode([*(pair for pair in kept if pair[0] != name), (name, value)])
    if section.id in WORDS_OF and row.get("id") is not None:
        return "/trials?" + urlencode([*asked.pairs(), ("q", row["name"])])
    return None


def _text(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, float):
        return f"{value:.0%}".replace("%", " %")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
