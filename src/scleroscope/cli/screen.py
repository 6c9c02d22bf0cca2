"""`scleroscope screen` and `scleroscope whatif`: a cohort against trials."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, screen, with_record
from scleroscope.model.problem import BadRequest, NotFound

if TYPE_CHECKING:
    from scleroscope.api.scope import Scope

CohortFile = Annotated[
    Path,
    typer.Argument(
        metavar="COHORT",
        help="A .csv or .parquet table or one in a .duckdb file, a row a patient, columns as in the patient "
        "file; or FHIR, OMOP.",
    ),
]


def _several(flag: str, metavar: str, says: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=f"{says} (repeat for more).", show_default=False)


Ignore = Annotated[list[str] | None, _several("--ignore", "COLUMN", "Leave this column out")]
Table = Annotated[
    str | None,
    typer.Option("--table", metavar="NAME", help="The cohort's table in a .duckdb file.", show_default=False),
]


@with_filters
def screen_command(
    cohort: CohortFile,
    *,
    study: Annotated[list[str] | None, _several("--study", "TRIAL", "Only this trial")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write a row a patient and trial: .parquet or .csv.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a report with figures.", show_default=False),
    ] = None,
    ignore: Ignore = None,
    table: Table = None,
    filters: Wanted | None = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """A cohort against trials: verdicts, what each criterion costs, and what it alone excludes."""
    import sys

    from scleroscope.api import screen as api
    from scleroscope.api.cohorts import books
    from scleroscope.api.patients import summary

    def told(patients: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{patients:,} patients", nl=False, err=True)

    with scope(catalogue) as opened:
        found = api.screen_cohort(
            opened.catalogue,
            cohort,
            studies=_wanted(opened, study or (), filters or {}),
            out=out,
            ignore=ignore or (),
            table=table,
            sets=html is not None,
            done=told,
        )
    if sys.stderr.isatty():
        note("")
    record = books(cohort, table)
    note(*(summary(record) if record else ()))
    if found.without_criteria:
        note(f"{len(found.without_criteria)} trials left out because no criteria of theirs are known here")
    if out is not None:
        note(f"wrote {out}")
    if html is not None:
        from scleroscope.api.export import aside
        from scleroscope.api.screen_page import screen_page

        text = screen_page(found)
        aside(html, lambda place: place.write_text(text, encoding="utf-8"))
        note(f"wrote {html}")
        if not json:
            return
    if json:
        print_json(with_record(found, record))
        return
    from scleroscope.cli.screening_screen import show_screening

    show_screening(found, screen())


def _wanted(opened: Scope, named: Sequence[str], filters: Wanted) -> Sequence[str]:
    """The trials that are named, or those that the filters leave; none means all."""
    if not filters:
        return named
    if named:
        raise BadRequest("--study names trials, the filters choose them: use one of the two")
    chosen = opened.select(**filters)
    note(*chosen.notes)
    if not chosen.trials.height:
        raise NotFound("no trial fits these filters, so there is nothing to screen for")
    return chosen.trials["id"].to_list()


def whatif(
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="A registry id or an acronym.")],
    cohort: CohortFile,
    *,
    drop: Annotated[list[str] | None, _several("--drop", "CRITERION", "Without this criterion: E4")] = None,
    relax: Annotated[
        list[str] | None, _several("--relax", "BOUNDS", 'With other bounds: "fvc_percent_predicted >= 45"')
    ] = None,
    ignore: Ignore = None,
    table: Table = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """A trial with fewer or wider criteria over a cohort, and which to drop for the most gained patients."""
    from scleroscope.api import screen as api

    with scope(catalogue) as opened:
        found = api.whatif(
            opened.catalogue,
            trial,
            cohort,
            drop=drop or (),
            relax=relax or (),
            ignore=ignore or (),
            table=table,
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
