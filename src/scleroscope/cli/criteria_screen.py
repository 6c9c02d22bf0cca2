"""Criteria on a terminal: the text, what was understood of it highlighted, beside its plain reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from scleroscope.api.criteria import CriteriaView, CriterionView

SIGNS = {"computable": "●", "partly": "◐", "opaque": "○", "procedural": "·"}


def show(view: CriteriaView, console: Console) -> None:
    """Print the criteria as a table with a line of counts below."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_lines=True, expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("text (understood: bold)", ratio=1)
    table.add_column("plain reading", ratio=1)
    for one in view.criteria:
        table.add_row(f"{SIGNS[one.reading]} {one.id}", _highlighted(one), escape(one.plain))
    console.print(table)
    counts = ", ".join(
        f"{SIGNS.get(name, '')} {count} {name}".strip() for name, count in view.coverage.items()
    )
    console.print(f"{counts}; {_origin(view)}")


def _origin(view: CriteriaView) -> str:
    origin = view.origin
    if origin.how == "parsed":
        return "read by the parser"
    return f"reviewed reading of {origin.reviewed}{', now stale' if origin.stale else ''}"


def _highlighted(one: CriterionView) -> Text:
    from rich.text import Text

    text = Text(one.text)
    for start, end in _understood(msgspec.to_builtins(one.tree)):
        text.stylize("bold green", max(0, start - one.start), max(0, end - one.start))
    return text


def _understood(node: object) -> Iterator[tuple[int, int]]:
    """Where the leaves stand that are not opaque."""
    if not isinstance(node, dict):
        return
    inner = [*node.get("parts", ()), *([node["part"]] if "part" in node else [])]
    for part in inner:
        yield from _understood(part)
    if not inner and node.get("node") != "opaque" and node.get("span"):
        yield tuple(node["span"])
