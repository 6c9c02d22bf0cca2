"""The commands about eligibility text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scleroscope.cli.options import CatalogueOption, Json, scope
from scleroscope.cli.output import note, print_json, say, screen
from scleroscope.model.problem import BadRequest, NotFound


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(criteria)


def criteria(
    what: Annotated[
        str, typer.Argument(metavar="TRIAL|FILE|-", help="A trial's id, a text file, or - for stdin.")
    ],
    *,
    json: Json = False,
    export: Annotated[
        str | None,
        typer.Option("--export", help="Print for another system: json, schema, cql, fhir-r4, fhir-r5, ti."),
    ] = None,
    catalogue: CatalogueOption = None,
) -> None:
    """Eligibility text as computable criteria: what was understood, in plain words, and what was not."""
    from scleroscope.api import criteria as api

    text: str | None
    if what == "-":
        text = _decoded(sys.stdin.buffer.read(), "standard input")
        view = api.text_criteria(text)
    elif Path(what).is_file() or _meant_as_file(what):
        text = text_of(Path(what))
        view = api.text_criteria(text)
    else:
        with scope(catalogue) as opened:
            study = opened.show(what).study
        text = study.eligibility.text if study.eligibility else None
        view = api.trial_criteria(study.id, text)
    if view.origin.stale:
        note(f"{what}: the registry's text has changed since this reading was reviewed")
    if export is not None:
        say(api.export(view, export, "criteria" if what == "-" else Path(what).stem))
        return
    if json:
        print_json(view)
        return
    note(*(f"{found.problem}: {found.message}" for found in view.findings))
    from scleroscope.cli.criteria_screen import show

    show(view, screen())


def _meant_as_file(what: str) -> bool:
    """Whether this names a file, be it there or not; no trial id ends in a suffix or begins with a slash.

    >>> _meant_as_file("notes.txt"), _meant_as_file("/tmp"), _meant_as_file("CTRI/2018/01/011449")
    (True, True, False)
    """
    return what.startswith(("/", "./", "../", "~")) or Path(what).suffix.lower() in _SUFFIXES


_SUFFIXES = (".txt", ".md", ".text")


def text_of(path: Path) -> str:
    """The file's text with its line ends as they are, so that offsets count the given characters."""
    try:
        return _decoded(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise NotFound(f"{path}: no such file") from None
    except IsADirectoryError:
        raise BadRequest(f"{path}: a folder; name the text file in it") from None


def _decoded(raw: bytes, where: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{where}: not UTF-8 text (byte {error.start})") from None
