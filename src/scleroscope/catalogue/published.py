"""Published results of trials, from the curated files that ship; they hold for any catalogue's trials."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scleroscope.catalogue.kept import kept
from scleroscope.catalogue.made_from import sources, state_of
from scleroscope.catalogue.shipped import shipped_files
from scleroscope.model.result import Origin, Published
from scleroscope.registries.curated import CuratedTrial, decode_curated

_MARKS = (b"[[results]]", b"[[harms]]")


@cache
def published() -> Mapping[str, Published]:
    """Trial id → its published results and harms, for every trial that has some.

    >>> published()["NCT02453256"].results[0].endpoint
    'mrss'
    """
    made_from = state_of(sources(("catalogue/data", "model", "registries")))
    return kept("published", made_from, dict[str, Published], _read)


@cache
def with_results() -> frozenset[str]:
    """The trials of which results are known from publications.

    >>> "NCT02453256" in with_results()
    True
    """
    return frozenset(trial for trial, found in published().items() if found.results)


def _read() -> dict[str, Published]:
    # Only files with results are decoded: the others have nothing to say here.
    texts = (raw for _, raw in shipped_files() if any(mark in raw for mark in _MARKS))
    return {trial.id: _published(trial) for trial in map(decode_curated, texts)}


def _published(trial: CuratedTrial) -> Published:
    cited = {key for each in trial.results for key in each.source}
    cited |= {key for each in trial.harms for key in each.source}
    allocation = trial.design.allocation if trial.design else None
    return Published(
        results=trial.results,
        harms=trial.harms,
        sources={
            key: Origin(
                what=each.what, url=each.url, registry=each.registry, record=each.record, date=each.date
            )
            for key, each in trial.sources.items()
            if key in cited
        },
        randomised=None if allocation is None else allocation == "randomized",
    )
