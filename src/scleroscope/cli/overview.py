"""`scleroscope overview`: the field on one screen, as JSON, as a page, or as Parquet tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, screen


@with_filters
def overview(
    *,
    filters: Wanted | None = None,
    json: Json = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write one self-contained page.", show_default=False),
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(
            "--parquet", metavar="DIR", help="Write the trials and every table.", show_default=False
        ),
    ] = None,
    catalogue: CatalogueOption = None,
) -> None:
    """The field at a glance: what is tested, where, since when, by whom, and what became of it."""
    with scope(catalogue) as opened:
        view = opened.overview(**(filters or {}))
        note(*view.notes)
        if html:
            from scleroscope.api.export import aside
            from scleroscope.api.page import overview_page

            text = overview_page(view)
            aside(html, lambda place: place.write_text(text, encoding="utf-8"))
            note(f"wrote {html}")
        if parquet:
            from scleroscope.api.export import write_tables

            tables = {"trials": opened.trials(**(filters or {})), **view.tables}
            note(*(f"wrote {path}" for path in write_tables(tables, parquet)))
    if json:
        print_json(view.to_dict())
    elif not html and not parquet:
        from scleroscope.cli.overview_screen import show

        show(view, screen())


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(overview)
