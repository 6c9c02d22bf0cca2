"""`scleroscope overview`: the field on one screen, as JSON, as a page, or as Parquet tables."""

from __future__ import annotations

import typer

from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, screen


@with_filters
def overview(
    *,
    filters: Wanted | None = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """The field at a glance: what is tested, where, since when, by whom, and what became of it."""
    with scope(catalogue) as opened:
        view = opened.overview(**(filters or {}))
        note(*view.notes)
    if json:
        print_json(view.to_dict())
    else:
        from scleroscope.cli.overview_screen import show

        show(view, screen())


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(overview)
