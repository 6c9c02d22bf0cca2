"""How much of the trials' criteria is read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scleroscope.api.criteria import trial_criteria
from scleroscope.model.problem import NotFound

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue


def coverage(catalogue: Catalogue) -> dict[str, int]:
    """Trials by where their criteria come from, and criteria by how far they are read.

    `curated`, `parsed`, `none` count trials; `criteria` and the readings count criteria.
    """
    found: Counter[str] = Counter(dict.fromkeys(("curated", "parsed", "none", "criteria"), 0))
    for study in catalogue.studies():
        try:
            view = trial_criteria(study.id, study.eligibility.text if study.eligibility else None)
        except NotFound:
            found["none"] += 1
            continue
        found[view.origin.how] += 1
        found.update(view.coverage)
    return dict(found)
