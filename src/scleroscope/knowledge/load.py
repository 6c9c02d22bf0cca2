"""The knowledge files: CSV tables in `knowledge/data`, one row a fact, each with its source."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from io import StringIO

LIST_MARK = " | "


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """All rows of one table, in file order: column name → cell ("" where the cell is empty).

    `name` is the file's name without `.csv`. FileNotFoundError when there is no such table;
    ValueError, with file and line, when a row has too many or too few cells.

    >>> rows("families")[0]["id"]
    'antifibrotic'
    """
    text = (files("scleroscope.knowledge") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    head = next(reader)
    table: list[dict[str, str]] = []
    for row in reader:
        if len(row) != len(head):
            raise ValueError(f"{name}.csv, line {reader.line_num}: {len(row)} cells instead of {len(head)}")
        table.append(dict(zip(head, row, strict=True)))
    return tuple(table)


def cells(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds a list.

    >>> cells("CellCept | MMF")
    ('CellCept', 'MMF')
    """
    return tuple(part for part in cell.split(LIST_MARK) if part)
