"""`scleroscope match`: one patient against every trial, or patients against one text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scleroscope.cli.criteria import text_of
from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, say, screen, with_record
from scleroscope.model.problem import BadRequest

if TYPE_CHECKING:
    from scleroscope.api.match import Matches
    from scleroscope.model.patient import Patient


@with_filters
def match(
    patient: Annotated[
        Path,
        typer.Argument(
            help="Patient file: .json, .toml or .yaml, or a FHIR Bundle; with --text many too (.jsonl, OMOP)."
        ),
    ],
    *,
    text: Annotated[
        Path | None,
        typer.Option("--text", help="Hold against this eligibility text alone.", show_default=False),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="TRIAL", help="One trial, criterion by criterion.", show_default=False),
    ] = None,
    near: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="Rank by the way from a town (Lyon, France) or LATITUDE,LONGITUDE.",
            show_default=False,
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="At most so far: 200km, 120mi.", show_default=False),
    ] = None,
    recruiting: Annotated[
        bool, typer.Option("--recruiting", help="Only trials whose status is recruiting.")
    ] = False,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Ask for the missing facts one by one; nothing is stored.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many trials to list; 0 lists all.")] = 20,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page to print.", show_default=False),
    ] = None,
    filters: Wanted | None = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Which trials may be open to a patient, which are not and why, and what to ask.

    With --text: patients against one eligibility text, with --json one object a patient, one a line.
    """
    if text is not None:
        if why or near or within or recruiting or interactive or html or filters:
            raise BadRequest("--text holds patients against one text: it takes no other option than --json")
        _against_text(patient, text, json)
        return
    from scleroscope.api import match as api

    known = api.one_patient(patient)
    note(*api.understood(patient))
    with scope(catalogue) as opened:
        if why is not None:
            told = api.why(opened.catalogue, why, known)
            if json:
                print_json(with_record(told, api.books(patient)))
                return
            from scleroscope.cli.match_screen import show_why

            show_why(told, screen())
            return

        def ask(about: Patient) -> Matches:
            return api.match_patient(
                opened.catalogue, about, near=near, within=within, recruiting=recruiting, wanted=filters
            )

        found = ask(known)
        if interactive:
            from scleroscope.cli.match_dialogue import dialogue

            found = dialogue(known, found, ask)
    note(*found.notes)
    if html is not None:
        from scleroscope.api.export import aside
        from scleroscope.api.match_page import match_page

        text_of_page = match_page(found)
        aside(html, lambda place: place.write_text(text_of_page, encoding="utf-8"))
        note(f"wrote {html}")
    if json:
        print_json(with_record(found, api.books(patient)))
        return
    if html is not None:
        return
    from scleroscope.cli.match_screen import show_matches

    show_matches(found, screen(), limit)


def _against_text(patients: Path, text: Path, json: bool) -> None:
    import msgspec

    from scleroscope.api import criteria as api

    encode = msgspec.json.Encoder().encode
    nobody = True
    for judgement in api.match_text(patients, text_of(text)):
        nobody = False
        if json:
            say(encode(judgement).decode())
            continue
        say(judgement.verdict)
        for answer in judgement.criteria:
            say(f"  {answer.id:4} {answer.verdict.replace('_', ' '):8} {answer.why}")
    if nobody:
        note(f"{patients}: no patient in it")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(match)
