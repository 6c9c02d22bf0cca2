"""The overview as values for its template: sections, and tables whose rows lead into the list of trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from scleroscope.api.page import SECTIONS
from scleroscope.web.asked import Asked
from scleroscope.web.render import trial_path, web_address

if TYPE_CHECKING:
    from scleroscope.api.overview import Overview
    from scleroscope.charts.report import Section

FILTER_OF = {"families": "family", "targets": "target", "endpoints": "endpoint", "countries": "country"}
"""Section → the filter that its rows' ids are values of."""

FIGURES = {
    "families": "family", "treatments": None, "manifestations": None, "endpoints": "endpoint",
    "countries": "country", "sponsor_classes": "sponsor_class",
}  # fmt: skip
"""Table that a figure draws → the filter of its rows; None: a search for their names."""

WORDS_OF = ("treatments", "manifestations")
"""Sections without a filter of their own: their rows lead to a search for the name."""


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    numeric: bool = False
    link: str | None = None
    sources: tuple[tuple[str, str | None], ...] = ()  # host or words, and the address where it is one


class Part(NamedTuple):
    """One section: said, drawn (by its own address), and listed."""

    id: str
    title: str
    says: str
    note: str
    drawn: bool
    open: bool
    first: int | None  # of an open table: how many rows stand open
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def parts(view: Overview, asked: Asked) -> list[Part]:
    """Every section of the overview."""
    return [_part(make(view), asked) for make in SECTIONS] if view.totals.trials else []


def section(view: Overview, name: str, asked: Asked) -> Section | None:
    """The section of this id, if there is one; the marks of its figure lead to their trials."""
    makers = {make.__name__: make for make in SECTIONS}
    return makers[name](_linked(view, asked)) if name in makers else None


def _linked(view: Overview, asked: Asked) -> Overview:
    """The overview with a column `link` in each table that a figure draws and that can be filtered by."""
    import polars as pl

    def way(table: str, row: Mapping[str, Any]) -> str | None:
        if row["id"] is None:
            return None
        if table in ("timeline", "enrolment"):
            return trial_path(row["id"])
        if name := FIGURES[table]:
            return _filtered(asked, name, row["id"])
        return "/trials?" + urlencode([*asked.pairs(), ("q", row["name"])])

    tables: dict[str, Any] = {}
    for table in (*FIGURES, "timeline", "enrolment"):
        frame = view.tables[table]
        if "id" in frame.columns:
            links = [way(table, row) for row in frame.to_dicts()]
            tables[table] = frame.with_columns(pl.Series("link", links, dtype=pl.String))
    return replace(view, **tables)


def _filtered(asked: Asked, name: str, value: str) -> str:
    kept = [pair for pair in asked.pairs() if pair[0] != name]
    return "/trials?" + urlencode([*kept, (name, value)])


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
        first=section.first,
        head=tuple(Cell(heading, numeric[key]) for key, heading in section.columns.items()),
        rows=tuple(
            tuple(
                Cell(
                    _text(row[key]),
                    numeric[key],
                    _link(section, row, key, asked),
                    tuple(map(_source, row[key])) if key == "source" else (),
                )
                for key in section.columns
            )
            for row in section.rows
        ),
    )


def _link(section: Section, row: Mapping[str, Any], key: str, asked: Asked) -> str | None:
    trials = section.id in ("enrolment", "open", "news", "findings", "findings-other")
    if trials:
        return trial_path(row["id"]) if key == "id" else None
    if key != ("id" if section.id == "targets" else "name"):
        return None
    if name := FILTER_OF.get(section.id):
        return _filtered(asked, name, row["id"] if row["id"] is not None else "not_stated")
    if section.id in WORDS_OF and row.get("id") is not None:
        return "/trials?" + urlencode([*asked.pairs(), ("q", row["name"])])
    return None


def _source(text: str) -> tuple[str, str | None]:
    address = web_address(text)
    return (
        ((urlsplit(address).hostname or address).removeprefix("www."), address) if address else (text, None)
    )


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
