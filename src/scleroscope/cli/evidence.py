"""`scleroscope evidence`: what was tried and what was found, by family, class or target."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, screen

By = Literal["family", "class", "target"]


@with_filters
def evidence(
    *,
    by: Annotated[By, typer.Option("--by", help="Gather trials by this.")] = "family",
    filters: Wanted | None = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """What was tried, what was found and what harm was done, as published, with sources."""
    with scope(catalogue) as opened:
        found = opened.evidence(by, **(filters or {}))
    note(*found.notes)
    if json:
        print_json(found.to_dict())
        return
    from scleroscope.cli.findings_screen import show

    show(found, screen())


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evidence)
