"""One catalogue, and every question asked of it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scleroscope.model.problem import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polars import DataFrame

    from scleroscope.api.overview import Overview

VARIABLE = "SCLEROSCOPE_CATALOGUE"


def connect(path: str | Path | None = None) -> Scope:
    """Open a catalogue for reading.

    Which one: `path`; else the environment's SCLEROSCOPE_CATALOGUE; else your own, if it exists
    (`scleroscope import` makes it); else the one that ships with scleroscope. NotFound says what to
    do when there is none.
    """
    named = path or os.environ.get(VARIABLE) or None
    if named is not None:
        if not Path(named).exists():
            raise NotFound(
                f"no catalogue at {named}; `scleroscope import FILE… --catalogue {named}` makes one"
            )
        return Scope(Path(named))
    own = own_path()
    return Scope(own if own.exists() else _shipped())


def own_path() -> Path:
    """Where your own catalogue lies by this platform's convention, whether or not it exists yet."""
    from importlib import import_module

    found: Path = import_module("scleroscope.catalogue").default_path()
    return found


def _shipped() -> Path:
    from importlib import import_module

    try:
        found: Path = import_module("scleroscope.catalogue.shipped").shipped_catalogue()
    except (ModuleNotFoundError, AttributeError):
        raise NotFound(
            "no catalogue yet: `scleroscope import FILE…` reads registry records into one, "
            "`scleroscope update` fetches them from ClinicalTrials.gov"
        ) from None
    return found


class Scope:
    """The questions that can be asked of one catalogue. Close it, or use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def catalogue(self) -> Any:
        """The catalogue itself, opened for reading when first asked."""
        from importlib import import_module

        return import_module("scleroscope.catalogue").open_catalogue(self.path, read_only=True)

    def close(self) -> None:
        """Close the catalogue, if it was opened."""
        if "catalogue" in self.__dict__:
            self.catalogue.close()
            del self.catalogue

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Scope({str(self.path)!r})"

    def trials(self, **filters: str | Sequence[str] | None) -> DataFrame:
        """One row a trial. Filters as in the command line: `family=`, `phase=["2", "3"]`, `since="2015"` …

        Trials whose field is not stated are left out; `filters.select` counts them.
        """
        from scleroscope.api.filters import select

        return select(self.catalogue.trials(), filters).trials

    def overview(self, **filters: str | Sequence[str] | None) -> Overview:
        """The field at a glance: totals, tables and what they say."""
        from scleroscope.api.overview import overview

        return overview(self.catalogue, filters)
