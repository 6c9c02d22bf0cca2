"""The one Typer app: global options and the list of command modules."""

from __future__ import annotations

from typing import Annotated

import typer

from scleroscope import __version__

app = typer.Typer(
    name="scleroscope",
    help="The clinical trials of systemic sclerosis: overview, match, design, evidence.",
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # tracebacks with local variables could show patient data
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scleroscope {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """The clinical trials of systemic sclerosis: overview, match, design, evidence."""


def main() -> None:
    """Run the command line."""
    app()
