"""`scleroscope patient`: what was understood of a medical record, from where, and what was not."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from scleroscope.cli.options import Json
from scleroscope.cli.output import note, print_json, screen


def patient(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RECORD",
            help="FHIR: a Bundle, a folder of them, .ndjson. OMOP: a DuckDB file or a folder of tables.",
        ),
    ],
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            metavar="DAY",
            formats=["%Y-%m-%d"],
            help="The day to which ages and times run (2026-05-01); without it the record's last.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="How many patients, and kinds of what was not mapped, to list; 0: all.")
    ] = 20,
    json: Json = False,
) -> None:
    """What is understood of a medical record: each fact with its day and place, and what was not mapped."""
    from scleroscope.api import patients as api

    day: date | None = as_of.date() if as_of else None
    found = api.understood(source, as_of=day)
    note(*api.summary(found.books))
    if json:
        print_json(found)
        return
    from scleroscope.cli.patient_screen import show_records

    show_records(found, screen(), limit)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(patient)
