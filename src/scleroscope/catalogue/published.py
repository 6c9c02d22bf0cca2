"""Published results of trials, from the curated files that ship; they hold for any catalogue's trials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from scleroscope.catalogue.shipped import shipped_files
from scleroscope.model.result import Origin, Published
from scleroscope.registries.curated import CuratedTrial, decode_curated

_ID = re.compile(rb'^id = "([^"]+)"', re.MULTILINE)
_MARKS = (b"[[results]]", b"[[harms]]")


@cache
def published() -> Mapping[str, Published]:
    """Trial id → its published results and harms, for every trial that has some.

    >>> published()["NCT02453256"].results[0].endpoint
    'mrss'
    """
    # Only files with results are decoded: the others have nothing to say here.
    texts = (raw for _, raw in shipped_files() if any(mark in raw for mark in _MARKS))
    return {trial.id: _published(trial) for trial in map(decode_curated, texts)}


@cache
def with_results() -> frozenset[str]:
    """The trials of which results are known from publications, without reading what they are.

    >>> "NCT02453256" in with_results()
    True
    """
    found = (_ID.search(raw) for _, raw in shipped_files() if _MARKS[0] in raw)
    return frozenset(each[1].decode() for each in found if each)


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
