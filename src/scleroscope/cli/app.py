"""The one Typer app: global options, the list of command modules, and how a run ends.

Exit codes: 0 done; 1 something failed (a file that cannot be written, sums that differ);
2 the command line cannot be meant (an unknown filter value, an ambiguous place);
3 what was asked for is not there (no such trial, no catalogue).
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from scleroscope import __version__
from scleroscope.api.scope import VARIABLE
from scleroscope.cli.options import CATALOGUE_HELP
from scleroscope.model.problem import Problem

# One line a module: each has `register(app)`.
MODULES = (
    "scleroscope.cli.overview",
    "scleroscope.cli.search",
    "scleroscope.cli.evidence",
    "scleroscope.cli.export",
    "scleroscope.cli.ingest",
    "scleroscope.cli.criteria",
    "scleroscope.cli.match",
    "scleroscope.cli.patient",
    "scleroscope.cli.screen",
    "scleroscope.cli.design",
    "scleroscope.cli.serve",
)

app = typer.Typer(
    name="scleroscope",
    help="The clinical trials of systemic sclerosis: overview, match, design, evidence.",
    epilog="Exit codes: 0 done · 1 something failed · 2 the command line cannot be meant · 3 not found.",
    no_args_is_help=False,
    rich_markup_mode=None,  # help in colours would take longer to start than most commands take in all
    pretty_exceptions_enable=False,  # tracebacks with local variables could show patient data
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
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
    catalogue: Annotated[
        Path | None, typer.Option("--catalogue", metavar="FILE", help=CATALOGUE_HELP, show_default=False)
    ] = None,
) -> None:
    """The clinical trials of systemic sclerosis: overview, match, design, evidence.

    Without a command: the overview.
    """
    if catalogue is not None:
        os.environ[VARIABLE] = str(catalogue)  # for this process: every command looks there
    if context.invoked_subcommand is None:
        from scleroscope.cli.overview import overview

        overview()


for module in MODULES:
    import_module(module).register(app)


def main() -> None:
    """Run the command line; a problem becomes one line on stderr and its exit code."""
    try:
        app()
    except Problem as problem:
        typer.echo(f"scleroscope: {problem}", err=True)
        sys.exit(problem.exit_code)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        typer.echo(f"scleroscope: {error.strerror or error}{where}", err=True)
        sys.exit(1)
