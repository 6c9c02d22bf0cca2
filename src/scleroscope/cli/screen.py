"""`scleroscope screen` and `scleroscope whatif`: a cohort against trials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scleroscope.cli.options import CatalogueOption, Json, scope
from scleroscope.cli.output import note, print_json, screen

CohortFile = Annotated[
    Path,
    typer.Argument(
        metavar="COHORT", help="A .csv or .parquet table, a row a patient, columns as in the patient file."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="COLUMN", help="Leave this column out (repeat for more).", show_default=False
    ),
]


def screen_command(
    cohort: CohortFile,
    *,
    study: Annotated[
        list[str] | None,
        typer.Option(
            "--study", metavar="TRIAL", help="Only this trial (repeat for more).", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write a row a patient and trial: .parquet or .csv.",
            show_default=False,
        ),
    ] = None,
    ignore: Ignore = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """A cohort against trials: verdicts, what each criterion costs, and what it alone excludes."""
    import sys

    from scleroscope.api import screen as api

    def told(patients: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{patients:,} patients", nl=False, err=True)

    with scope(catalogue) as opened:
        found = api.screen_cohort(
            opened.catalogue, cohort, studies=study or (), out=out, ignore=ignore or (), done=told
        )
    if sys.stderr.isatty():
        note("")
    if found.without_criteria:
        note(f"{len(found.without_criteria)} trials left out because no criteria of theirs are known here")
    if out is not None:
        note(f"wrote {out}")
    if json:
        print_json(found)
        return
    from scleroscope.cli.screening_screen import show_screening

    show_screening(found, screen())


def whatif(
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="A registry id or an acronym.")],
    cohort: CohortFile,
    *,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            "--drop",
            metavar="CRITERION",
            help="Without this criterion: E4 (repeat for more).",
            show_default=False,
        ),
    ] = None,
    relax: Annotated[
        list[str] | None,
        typer.Option(
            "--relax",
            metavar="BOUNDS",
            help='With other bounds: "fvc_percent_predicted >= 45".',
            show_default=False,
        ),
    ] = None,
    ignore: Ignore = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """A trial with fewer or wider criteria over a cohort, and which to drop for the most gained patients."""
    from scleroscope.api import screen as api

    with scope(catalogue) as opened:
        found = api.whatif(
            opened.catalogue, trial, cohort, drop=drop or (), relax=relax or (), ignore=ignore or ()
        )
    if json:
        print_json(found)
        return
    from scleroscope.cli.screening_screen import show_whatif

    show_whatif(found, screen())


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("screen")(screen_command)
    app.command()(whatif)
