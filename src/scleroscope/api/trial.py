"""The question *what about this trial?*, for a page: record, published results, criteria, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scleroscope.api.criteria import CriteriaView, export, trial_criteria
from scleroscope.api.search import Shown, find, show
from scleroscope.model.problem import NotFound
from scleroscope.registries.curated import Source

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue

__all__ = ["FORMS", "Reach", "Told", "criteria_file", "reach", "tell"]

FORMS = {
    "json": "json", "cql": "cql", "fhir-r4": "fhir.json", "fhir-r5": "fhir.json", "ti": "csv",
}  # fmt: skip
"""Form in which a trial's criteria can be had → the ending of its file."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One trial in full. `sources` are those of its curated facts, cited by a published result or not."""

    shown: Shown
    criteria: CriteriaView | None  # None: the catalogue has neither a text nor a reading
    sources: dict[str, Source]


def tell(catalogue: Catalogue, trial: str) -> Told:
    """The trial with this id or acronym; NotFound names near ones."""
    from scleroscope.catalogue.shipped import shipped_trials

    shown = show(catalogue, trial)
    told = shown.study.eligibility
    try:
        criteria = trial_criteria(shown.study.id, told.text if told else None)
    except NotFound:
        criteria = None
    entry = shipped_trials().get(shown.study.id)
    return Told(shown=shown, criteria=criteria, sources=entry.sources if entry else {})


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """A trial's sites as far from a place as they are: recruiting ones first, then the nearest."""

    place: str
    sites: tuple[tuple[str, str | None, float], ...]  # site, its status, kilometres
    not_placed: int  # sites that the gazetteer does not know


def reach(catalogue: Catalogue, trial: str, near: str) -> Reach:
    """The way from a town (or `latitude,longitude`) to each site; BadRequest on a place that is none."""
    import polars as pl

    from scleroscope.landscape.near import by_distance, find_place

    identity, place = find(catalogue, trial), find_place(near)
    trials = catalogue.trials().filter(pl.col("id") == identity)
    sites = catalogue.sites().filter(pl.col("id") == identity)
    placed = by_distance(trials, sites, place)
    return Reach(
        place=place.name,
        sites=tuple(placed.select("site", "site_status", "distance_km").iter_rows()),
        not_placed=sites.height - placed.height,
    )


def criteria_file(catalogue: Catalogue, trial: str, form: str) -> str:
    """A trial's criteria for another system, in one of FORMS; NotFound when it has none of that form."""
    if form not in FORMS:
        raise NotFound(f"no such form of criteria: one of {', '.join(FORMS)}")
    study = catalogue.study(find(catalogue, trial))
    return export(
        trial_criteria(study.id, study.eligibility.text if study.eligibility else None), form, study.id
    )
