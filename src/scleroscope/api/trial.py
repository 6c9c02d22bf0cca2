"""The question *what about this trial?*, for a page: record, criteria, published results, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scleroscope.api.criteria import CriteriaView, trial_criteria
from scleroscope.api.search import Shown, show
from scleroscope.landscape.vocabulary import name_of
from scleroscope.model.problem import NotFound
from scleroscope.model.result import Harm, Result
from scleroscope.registries.curated import Source

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue

__all__ = ["Told", "tell"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One trial in full. `sources` are those of the curated facts, by the keys that `results` cite."""

    shown: Shown
    criteria: CriteriaView | None  # None: the catalogue has neither a text nor a reading
    results: tuple[Result, ...]
    harms: tuple[Harm, ...]
    sources: dict[str, Source]
    endpoints: dict[str, str]  # id → name, of the results' endpoints


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
    results = entry.results if entry else ()
    return Told(
        shown=shown,
        criteria=criteria,
        results=results,
        harms=entry.harms if entry else (),
        sources=entry.sources if entry else {},
        endpoints={each.endpoint: name_of("instruments", each.endpoint) for each in results},
    )
