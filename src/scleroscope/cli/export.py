"""`scleroscope export`: the trials as CSV, JSON lines or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scleroscope.api.export import Format
from scleroscope.cli.options import CatalogueOption, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, say
from scleroscope.model.problem import BadRequest


@with_filters
def export(
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="Write there (.csv, .jsonl, .parquet); without it to stdout.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        Format | None,
        typer.Option("--format", help="Default: as the file's name ends; csv on stdout.", show_default=False),
    ] = None,
    filters: Wanted | None = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON array of trials on stdout.")] = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Write the trials, one row each, for other tools."""
    from scleroscope.api.export import as_text, write

    with scope(catalogue) as opened:
        chosen = opened.select(**(filters or {}))
    note(*chosen.notes)
    if json and (to or kind):
        raise BadRequest("--json prints one document on stdout: it takes neither --to nor --format")
    if json:
        print_json(chosen.trials.to_dicts())
        return
    if to is None:
        say(as_text(chosen.trials, kind or "csv"), nl=False)
        return
    write(chosen.trials, to, kind)
    note(f"wrote {chosen.trials.height} trials to {to}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)
