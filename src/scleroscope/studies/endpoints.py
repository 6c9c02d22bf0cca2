"""What a study measures: its outcomes as instruments, with time points in weeks."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases
from scleroscope.model.labels import Endpoint
from scleroscope.model.study import Outcome, Study
from scleroscope.studies.timepoint import weeks


def endpoints_of(study: Study) -> tuple[list[Endpoint], list[str]]:
    """The recognised outcomes of a study, and the measures in which no instrument was recognised."""
    known: dict[tuple[str, str, float | None], Endpoint] = {}
    unknown: list[str] = []
    for outcome in study.outcomes:
        found = _recognise(outcome)
        if not found:
            unknown.append(outcome.measure)
            continue
        when = weeks(outcome.measure, outcome.time_frame)
        for identity, matched in found.items():
            endpoint = Endpoint(instrument=identity, level=outcome.level, weeks=when, matched=matched)
            known.setdefault((identity, outcome.level, when), endpoint)
    return list(known.values()), unknown


def _recognise(outcome: Outcome) -> dict[str, str]:
    for text in (outcome.measure, outcome.description or ""):
        found: dict[str, str] = {}
        for one in _phrases().find(text):
            found.setdefault(one.id, one.matched)
        if found:
            return _specific(found)
    return {}


def _specific(found: dict[str, str]) -> dict[str, str]:
    """Without what a narrower measure says better.

    A general measure (a biomarker, a skin measure) yields to a named one, and a broader index to its
    variant (the index to its revised form).
    """
    if len(found) == 1:
        return found
    broader = {_instruments()[one]["broader"] for one in found}
    named = {one: words for one, words in found.items() if one not in broader}
    return {one: words for one, words in named.items() if not _instruments()[one]["general"]} or named


@cache
def _instruments() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows("instruments")}


@cache
def _phrases() -> Phrases:
    return Phrases(
        (wording, row["id"])
        for row in rows("instruments")
        for wording in (row["name"], *cells(row["aliases"]))
    )
