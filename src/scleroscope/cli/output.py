"""Where output goes: data to stdout, notes to stderr.

A reader that has seen enough (`| head`) closes the pipe. From the first data on, this ends the command
at once and quietly, as it ends any other tool (SIGPIPE); before that the signal stays as Python has it,
because a command that fetches or starts readers writes to pipes and sockets of its own.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def print_json(value: Any) -> None:
    """One JSON document on stdout, indented; dates as ISO text."""
    import msgspec

    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def with_record(answer: Any, books: Any) -> Any:
    """The answer, with the books of the medical records that it rests on (None: of none) under `record`."""
    import msgspec

    return answer if books is None else {**msgspec.structs.asdict(answer), "record": books}


def say(text: str, *, nl: bool = True) -> None:
    """Data as text on stdout."""
    _end_with_the_pipe()
    typer.echo(text, nl=nl)


def note(*lines: str) -> None:
    """Lines for the person at the terminal, on stderr."""
    for line in lines:
        typer.echo(line, err=True)


def screen() -> Console:
    """The terminal as rich sees it: width from the terminal or COLUMNS; no colours where there is none."""
    from rich.console import Console

    _end_with_the_pipe()
    return Console(highlight=False, emoji=False, markup=True)


def _end_with_the_pipe() -> None:
    # Windows has no such signal; a stdout that is not the process's own (a test's) is no pipe.
    if hasattr(signal, "SIGPIPE") and sys.stdout is sys.__stdout__:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
