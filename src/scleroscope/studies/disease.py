"""Which disease a study is about, and the words that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases, plain
from scleroscope.model.labels import Disease, DiseaseGroup
from scleroscope.model.study import Study

_IN_SCOPE: tuple[DiseaseGroup, ...] = ("systemic_sclerosis", "localized_scleroderma", "raynaud")
_LOOK_ALIKE = "look_alike:"


def disease_of(study: Study) -> Disease:
    """The disease group of a study, from its conditions, titles and keywords.

    A study of several diseases is in scope when one of them is; systemic sclerosis goes before
    localized scleroderma, and that before Raynaud's phenomenon. Eligibility text does not decide
    (trials of other diseases list scleroderma among their exclusions); it only tells the subset.
    """
    why: dict[DiseaseGroup, list[str]] = {}
    manifestations: list[str] = []
    subsets: list[str] = []
    for place, text in _deciding_texts(study):
        for found in _phrases().find(text):
            if found.id.startswith(_LOOK_ALIKE):
                why.setdefault("look_alike", []).append(f"{place}: {found.matched}")
                continue
            row = _conditions()[found.id]
            if row["kind"] == "manifestation":
                manifestations.append(found.id)
                continue
            if row["kind"] == "subset":
                subsets.append(found.id)
            why.setdefault(_group(row["group"]), []).append(f"{place}: {found.matched}")
            manifestations.extend(cells(row["implies"]))
    group = next((one for one in (*_IN_SCOPE, _group("look_alike")) if one in why), _group("other"))
    if group not in _IN_SCOPE:
        return Disease(group=group, why=_unique(why.get(group, [])))
    if group == "systemic_sclerosis":
        subsets = subsets or _subsets_in_eligibility(study)
        if "raynaud" in why:
            manifestations.append("raynaud")
    return Disease(
        group=group,
        why=_unique(why[group]),
        manifestations=_unique(manifestations),
        subsets=_unique(subsets),
    )


def _deciding_texts(study: Study) -> Iterator[tuple[str, str]]:
    for condition in (*study.conditions, *study.condition_mesh):
        yield "condition", condition
    for title in (study.title, study.official_title):
        if title:
            yield "title", title
    for keyword in study.keywords:
        yield "keyword", keyword


def _subsets_in_eligibility(study: Study) -> list[str]:
    text = study.eligibility.text if study.eligibility else None
    if not text:
        return []
    included = plain(text).split(" exclusion ", 1)[0]
    return [one for one in _phrases().ids(included) if one in _subset_ids()]


def _group(name: str) -> DiseaseGroup:
    groups: tuple[DiseaseGroup, ...] = (*_IN_SCOPE, "look_alike", "other")
    return next(group for group in groups if group == name)


def _unique(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


@cache
def _conditions() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows("conditions")}


@cache
def _subset_ids() -> frozenset[str]:
    return frozenset(row["id"] for row in rows("conditions") if row["kind"] == "subset")


@cache
def _phrases() -> Phrases:
    wordings = [(wording, row["id"]) for row in rows("conditions") for wording in cells(row["aliases"])]
    wordings += [(row["wording"], f"{_LOOK_ALIKE}{row['id']}") for row in rows("mismatches")]
    return Phrases(wordings)
