"""What the phase of a study is for."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases
from scleroscope.model.study import Study


def purposes_of(study: Study) -> tuple[str, ...]:
    """safety_and_dose, efficacy, after_approval, long_term, extension: from phases and titles."""
    found = [row["purpose"] for row in rows("purposes") if row["phase"] and row["phase"] in study.phases]
    titles = " ; ".join(title for title in (study.title, study.official_title) if title)
    found += _phrases().ids(titles)
    return tuple(dict.fromkeys(found))


@cache
def _phrases() -> Phrases:
    return Phrases((wording, row["purpose"]) for row in rows("purposes") for wording in cells(row["wording"]))
