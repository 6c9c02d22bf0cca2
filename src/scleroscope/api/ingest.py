"""Filling a catalogue: import files, update from the registry, verify what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from scleroscope.catalogue import intake, open_catalogue
from scleroscope.catalogue import verify as checking
from scleroscope.catalogue.books import Books
from scleroscope.catalogue.history import Refusal
from scleroscope.catalogue.verify import Verdict

__all__ = ["Books", "Refusal", "Verdict", "import_files", "refused", "update", "verify"]


def import_files(
    paths: str | Path | Sequence[str | Path],
    catalogue: str | Path | None = None,
    *,
    everything: bool = False,
    progress: Callable[[Books], None] | None = None,
) -> Books:
    """Read registry records from files and folders into a catalogue, which is made if need be.

    Studies that concern scleroderma are stored, with `everything` all. The books that come back say
    what became of every record; `complete` is False if any of them is unaccounted for. Problem or
    NotFound if the import cannot be done at all.

    >>> _ = Path("records.jsonl").write_text('{"protocolSection": {}}')
    >>> books = import_files("records.jsonl", "mine.sqlite")
    >>> books.read == books.stored + books.unchanged + books.out_of_scope + books.refused == 1
    True
    >>> refused("mine.sqlite")[0].reason
    'not a ClinicalTrials.gov study: id None is not NCT and eight digits'
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    with open_catalogue(catalogue) as opened:
        return intake.import_files(
            opened, [Path(path) for path in several], everything=everything, progress=progress
        )


def refused(catalogue: str | Path | None = None, number: int | None = None) -> list[Refusal]:
    """Every record that a catalogue refused, with source and reason; or those of one import."""
    with open_catalogue(catalogue, read_only=True) as opened:
        return opened.refused(number)


def update(
    catalogue: str | Path | None = None,
    *,
    registry: str | None = None,
    progress: Callable[[Books], None] | None = None,
    notice: Callable[[str], None] = lambda _text: None,
) -> Books:
    """Fetch every scleroderma study from the ClinicalTrials.gov API into a catalogue, made if need be.

    Only what changed is written; an update that was stopped goes on where it was. `registry` is the
    API's address if it is not the usual one (a mirror), `notice` is told why the client waits.
    `complete` of the books is False if not everything that the registry announced has arrived.
    """
    from scleroscope.catalogue import update as updating
    from scleroscope.registries.client import BASE_URL

    with open_catalogue(catalogue) as opened:
        return updating.update(opened, base_url=registry or BASE_URL, progress=progress, notice=notice)


def verify(catalogue: str | Path | None = None, ids: str | Path | None = None) -> Verdict:
    """Check a catalogue's file, books and raw records; with `ids`, compare with a list of trial ids.

    Which catalogue: as `connect` says. NotFound if there is none at the given place.
    """
    from scleroscope.api.scope import connect

    with connect(catalogue) as scope:
        return checking.verify(scope.catalogue, Path(ids) if ids is not None else None)
