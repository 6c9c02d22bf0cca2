"""Which records may concern scleroderma, told in a few microseconds.

`studies.disease` decides. It looks for whole wordings; a text that has of no wording one
chosen word, not even as a string of letters, cannot hold one. What passes here is decided there.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import get_args

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain
from scleroscope.model.labels import Disease, DiseaseGroup, Labels
from scleroscope.model.study import Study


def may_concern_scleroderma(study: Study) -> bool:
    """Whether titles, conditions and keywords leave it open; False is certain."""
    text = "\n".join(
        filter(
            None,
            (study.title, study.official_title, *study.conditions, *study.keywords, *study.condition_mesh),
        )
    )
    # Wordings are compared without accents; text of plain letters needs no folding.
    folded = text.lower() if text.isascii() else plain(text)
    return any(stem in folded for stem in stems())


@cache
def stems() -> tuple[str, ...]:
    """Few words of which every wording of a group in scope has at least one."""
    wordings = [
        plain(wording).split()
        for row in rows("conditions")
        if row["group"] in groups()
        for wording in cells(row["aliases"])
    ]
    chosen: list[str] = []
    while wordings:
        # The word that most of the remaining wordings hold; among equals the longest, which is the rarest.
        counts = Counter(word for wording in wordings for word in set(wording))
        word = max(counts, key=lambda each: (counts[each], len(each), each))
        chosen.append(word)
        wordings = [wording for wording in wordings if not any(word in other for other in wording)]
    return tuple(chosen)


@cache
def groups() -> frozenset[str]:
    """The disease groups that are in scope, as `Labels` has it."""
    names: tuple[DiseaseGroup, ...] = get_args(DiseaseGroup)
    return frozenset(name for name in names if Labels(disease=Disease(group=name)).in_scope)
