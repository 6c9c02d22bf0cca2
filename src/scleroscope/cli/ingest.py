"""`scleroscope import`, `update`, `verify`: fill a catalogue and prove that nothing was lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scleroscope.cli.options import CatalogueOption, Json
from scleroscope.cli.output import note, print_json, say

if TYPE_CHECKING:
    from scleroscope.api.ingest import Books

SHOWN = 20  # refusals and ids that are listed; the others are counted
FEW = 5  # files that are no records and are named

All = Annotated[bool, typer.Option("--all", help="Store studies of any disease, not only of scleroderma.")]


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="Records: JSON, JSON lines, XML, gzip, zip or tar of these, or folders."
        ),
    ],
    *,
    everything: All = False,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Read registry records into the catalogue, and account for every one of them."""
    from scleroscope.api.ingest import import_files

    with progress_bar() as progress:
        books = import_files(files, catalogue, everything=everything, progress=progress)
    report(books, catalogue, json=json)


def update(
    *,
    registry: Annotated[
        str | None,
        typer.Option("--registry", metavar="URL", help="Another address of the API, such as a mirror's."),
    ] = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Fetch the scleroderma studies of ClinicalTrials.gov; only what changed is written."""
    from scleroscope.api.ingest import update as fetch

    with progress_bar() as progress:
        books = fetch(catalogue, registry=registry, progress=progress, notice=note)
    report(books, catalogue, json=json)


def verify(
    *,
    ids: Annotated[
        Path | None, typer.Option("--ids", metavar="FILE", help="A list of trial ids to compare with.")
    ] = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Prove the books again, check the file and every record in it, compare ids with a list."""
    from scleroscope.api.ingest import verify as check

    verdict = check(catalogue, ids)
    if json:
        print_json({"sound": verdict.sound, **_plain(verdict)})
    else:
        say(
            f"{verdict.trials:,} trials in {verdict.versions:,} versions; {verdict.passed_over:,} ids out of "
            f"scope; {verdict.refused:,} records refused"
        )
        for books in verdict.imports:
            say(f"import {books.number} of {books.source}: {books}")
        if verdict.comparison:
            compared = verdict.comparison
            say(
                f"{compared.listed:,} ids listed: {len(compared.missing):,} missing here, "
                f"{len(compared.extra):,} here and not listed"
            )
            _list([f"missing {trial}: {why}" for trial, why in compared.missing.items()])
            _list([f"not listed: {trial}" for trial in compared.extra])
        say("NOT SOUND" if verdict.problems else "sound")
    note(*verdict.problems)
    if not verdict.sound:
        raise typer.Exit(1)


def report(books: Books, catalogue: Path | None, *, json: bool) -> None:
    """The books on stdout, what was refused on stderr; exit code 1 if anything of it was not taken."""
    from scleroscope.api.ingest import refused

    if json:
        print_json({"balanced": books.balanced, "complete": books.complete, **_plain(books)})
    else:
        say(str(books))
    if books.refused:
        lines = [f"refused {each.source}: {each.reason}" for each in refused(catalogue, books.number)]
        note(*lines[:SHOWN])
        if len(lines) > SHOWN:
            note(f"… and {len(lines) - SHOWN:,} more refused; all are kept in the catalogue (table refused)")
    _each(
        "taken in part",
        books.notes,
        "the rest of the record counts; correct the record and import it again",
        books.in_part,
    )
    _each(
        "came before with other content",
        books.doubles,
        "both contents are kept as versions, the later by the registry's date is shown; remove the wrong one",
        books.differing,
    )
    if books.beside:
        count = len(books.beside)
        note(f"passed over, not records: {count:,} file{'s' * (count > 1)}")
        note(*(f"  {each}" for each in books.beside[:FEW]))
        if count > FEW:
            note(f"  … and {count - FEW:,} more (--json has all)")
    note(*books.failures)
    if books.refused or books.in_part or _contradicts_itself(books) or not books.complete:
        raise typer.Exit(1)


def _each(what: str, which: Sequence[str], advice: str, count: int) -> None:
    note(*(f"{what} {each}; {advice}" for each in which[:SHOWN]))
    if count > SHOWN:
        note(f"… and {count - SHOWN:,} more {what}")


def _contradicts_itself(books: Books) -> bool:
    """Whether files give a trial two contents; a registry may change one while it is read."""
    return books.kind == "files" and books.differing > 0


@contextmanager
def progress_bar() -> Iterator[Callable[[Books], None] | None]:
    """What to call with the books as they grow; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        TextColumn("{task.fields[books]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, books="reading …")

        def show(books: Books) -> None:
            counts = f"{books.read:,} read, {books.stored:,} stored, {books.refused:,} refused"
            bar.update(task, total=books.announced, completed=books.read, books=counts)

        yield show


def _list(lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        say(line)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN:,} more (--json has all)")


def _plain(value: object) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(value)
    return plain


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.command()(update)
    app.command()(verify)
