"""One catalogue, and every question asked of it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scleroscope.model.problem import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from polars import DataFrame

    from scleroscope.api.filters import Selection
    from scleroscope.api.findings import By, Evidence
    from scleroscope.api.match import Matches
    from scleroscope.api.overview import Overview
    from scleroscope.api.search import Found, Shown, Sort
    from scleroscope.catalogue import Catalogue
    from scleroscope.criteria.gaps import Gaps

VARIABLE = "SCLEROSCOPE_CATALOGUE"


def connect(path: str | Path | None = None) -> Scope:
    """Open a catalogue for reading.

    Which one: `path`; else the environment's SCLEROSCOPE_CATALOGUE; else your own, if it exists
    (`scleroscope import` makes it); else the one that ships with scleroscope. NotFound says what to
    do when there is none.

    >>> with connect() as scope:
    ...     scope.show("focuSSced").study.id
    'NCT02453256'
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
    from scleroscope.catalogue import default_path

    return default_path()


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
    def catalogue(self) -> Catalogue:
        """The catalogue itself, opened for reading when first asked."""
        from scleroscope.catalogue import open_catalogue

        return open_catalogue(self.path, read_only=True)

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

        Trials whose field is not stated are left out; `select` counts them.

        >>> scope = connect()
        >>> "NCT02453256" in scope.trials(target="IL6R", since="2010")["id"].to_list()
        True
        """
        return self.select(**filters).trials

    def select(self, **filters: str | Sequence[str] | None) -> Selection:
        """As `trials`, with how many trials were left out because a field is not stated.

        >>> chosen = connect().select(phase="3")
        >>> sum(each.trials for each in chosen.left_out) == chosen.not_stated > 0
        True
        """
        from scleroscope.api.filters import select

        return select(self.catalogue.trials(), filters)

    def overview(self, **filters: str | Sequence[str] | None) -> Overview:
        """The field at a glance: totals, tables and what they say.

        >>> view = connect().overview(family="jak")
        >>> view.totals.trials == connect().trials(family="jak").height
        True
        >>> view.families.columns[:3]
        ['id', 'name', 'trials']
        """
        from scleroscope.api.overview import overview

        return overview(self.catalogue, filters)

    def evidence(self, by: By = "family", **filters: str | Sequence[str] | None) -> Evidence:
        """What was tried and what was found, with harms, by `family`, `class` or `target`."""
        from scleroscope.api.findings import evidence

        return evidence(self.catalogue, by, filters)

    def search(
        self,
        query: str = "",
        *,
        near: str | None = None,
        within: str | None = None,
        sort: Sort | None = None,
        limit: int | None = 20,
        offset: int = 0,
        **filters: str | Sequence[str] | None,
    ) -> Found:
        """Trials by words, place and filters; see `api.search.search`.

        >>> found = connect().search("anti-IL6", status="completed")
        >>> "NCT02453256" in found.trials["id"].to_list()
        True
        """
        from scleroscope.api.search import search

        return search(
            self.catalogue,
            query,
            near=near,
            within=within,
            sort=sort,
            limit=limit,
            offset=offset,
            wanted=filters,
        )

    def show(self, trial: str) -> Shown:
        """One trial in full, by its id or acronym; NotFound names near ones.

        >>> connect().show("faSScinate").labels.targets
        ('IL6R',)
        """
        from scleroscope.api.search import show

        return show(self.catalogue, trial)

    def match(
        self,
        patient: str | Path | Mapping[str, object],
        *,
        near: str | None = None,
        within: str | None = None,
        recruiting: bool = False,
        **filters: str | Sequence[str] | None,
    ) -> Matches:
        """Every trial for one patient: a file, or its keys and values; see `api.match.match_patient`."""
        from scleroscope.api.match import match_patient, one_patient
        from scleroscope.patients.profile import patient as checked

        known = one_patient(Path(patient)) if isinstance(patient, str | Path) else checked(patient)
        return match_patient(
            self.catalogue, known, near=near, within=within, recruiting=recruiting, wanted=filters
        )

    def gaps(self, **filters: str | Sequence[str] | None) -> dict[str, DataFrame]:
        """What is not known yet: `unclassified` words and fields that are `not_stated`.

        >>> sorted(connect().gaps())
        ['not_stated', 'unclassified']
        """
        from scleroscope.landscape.gaps import not_stated, unclassified

        trials = self.trials(**filters)
        labels = ((trial, self.catalogue.labels(trial)) for trial in trials["id"])
        return {"not_stated": not_stated(trials), "unclassified": unclassified(labels)}

    def criteria_gaps(self, **filters: str | Sequence[str] | None) -> Gaps:
        """The wordings of eligibility criteria that are not understood yet, those of most trials first.

        Beside them, how many trials' criteria no source shows in full.
        """
        from scleroscope.api.criteria import unread

        return unread(self.catalogue, set(self.trials(**filters)["id"]) if filters else None)
