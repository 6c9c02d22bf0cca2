"""Where output goes: data to stdout, notes to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def print_json(value: Any) -> None:
    """One JSON document on stdout, indented; dates as ISO text."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def note(*lines: str) -> None:
    """Lines for the person at the terminal, on stderr."""
    for line in lines:
        typer.echo(line, err=True)


def screen() -> Console:
    """The terminal as rich sees it: width from the terminal or COLUMNS; no colours where there is none."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, markup=True)
