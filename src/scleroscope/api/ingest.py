"""Filling a catalogue: import files, update from the registry, verify what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from scleroscope.catalogue import intake, open_catalogue
from scleroscope.catalogue import verify as checking
from scleroscope.catalogue.books import Books
from scleroscope.catalogue.history import Refusal
from scleroscope.catalogue.verify import Verdict

__all__ = ["Books", "Refusal", "Verdict", "import_files", "refused", "verify"]


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

    >>> books = import_files("records.jsonl.gz", "ssc.sqlite")  # doctest: +SKIP
    >>> books.read == books.stored + books.unchanged + books.out_of_scope + books.refused  # doctest: +SKIP
    True
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


def verify(catalogue: str | Path | None = None, ids: str | Path | None = None) -> Verdict:
    """Check a catalogue's file, books and raw records; with `ids`, compare with a list of trial ids.

    NotFound if there is no catalogue.
    """
    with open_catalogue(catalogue, read_only=True) as opened:
        return checking.verify(opened, Path(ids) if ids is not None else None)
