"""Which disease a study is about, and the words that decided it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Found, Phrases, plain
from scleroscope.model.labels import Disease, DiseaseGroup
from scleroscope.model.study import Study

# Systemic sclerosis goes before localized scleroderma, and that before Raynaud's phenomenon.
_IN_SCOPE: tuple[DiseaseGroup, ...] = ("systemic_sclerosis", "localized_scleroderma", "raynaud")
_GROUPS: tuple[DiseaseGroup, ...] = (*_IN_SCOPE, "look_alike", "other")
_SHORT_FORM = 5


def disease_of(study: Study) -> Disease:
    """The disease group of a study, from its conditions, titles and keywords, with those words.

    A study of several diseases is in scope when one of them is. The registry's MeSH terms are asked
    only when the study's own words settle nothing: the registry derives them, and gives *Scleroderma,
    Diffuse* to every systemic sclerosis. Eligibility text never decides (trials of other diseases list
    scleroderma among their exclusions); it only tells the subset.
    """
    evidence = _evidence(_own_words(study))
    if not any(group in evidence for group in _IN_SCOPE):
        registry = _evidence(("mesh", term) for term in study.condition_mesh)
        evidence = {**registry, **evidence} if any(group in registry for group in _IN_SCOPE) else evidence
    group = next((one for one in _GROUPS if one in evidence), _GROUPS[-1])
    why = _unique(evidence.get(group, ()))
    if group not in _IN_SCOPE:
        return Disease(group=group, why=why)
    subsets = evidence.get("subset", [])
    if group == "systemic_sclerosis" and not subsets:
        subsets = _subsets_in_eligibility(study)
    manifestations = evidence.get("manifestation", [])
    if group == "systemic_sclerosis" and "raynaud" in evidence:
        manifestations = [*manifestations, "raynaud"]
    return Disease(group=group, why=why, manifestations=_unique(manifestations), subsets=_unique(subsets))


def _own_words(study: Study) -> Iterator[tuple[str, str]]:
    for condition in study.conditions:
        yield "condition", condition
    for title in (study.title, study.official_title):
        if title:
            yield "title", title
    for keyword in study.keywords:
        yield "keyword", keyword


def _evidence(texts: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Disease groups with the words that speak for them; `subset` and `manifestation` with ids."""
    found: dict[str, list[str]] = {}
    generic: list[str] = []
    for place, text in texts:
        for one in _phrases().find(text):
            row = _meanings()[one.id]
            if not _stands(one):
                continue
            if row["kind"] in ("subset", "manifestation") and place != "mesh":
                found.setdefault(row["kind"], []).append(one.id)
            if row["kind"] == "generic":
                generic.append(f"{place}: {one.matched}")
            elif row["group"]:
                found.setdefault(row["group"], []).append(f"{place}: {one.matched}")
            found.setdefault("manifestation", []).extend(cells(row["implies"]))
    # "Scleroderma" alone is systemic, unless the study says that it means the localized kind.
    if generic and not ("localized_scleroderma" in found and "systemic_sclerosis" not in found):
        found.setdefault("systemic_sclerosis", []).extend(generic)
    return found


def _stands(found: Found) -> bool:
    """Whether a short form is written as one: SSc is systemic sclerosis, SSC may be a sepsis campaign."""
    return len(found.matched) > _SHORT_FORM or found.matched in _short_forms().get(
        plain(found.matched), (found.matched,)
    )


def _subsets_in_eligibility(study: Study) -> list[str]:
    text = study.eligibility.text if study.eligibility else None
    if not text:
        return []
    included = plain(text).split(" exclusion ", 1)[0]
    return [one for one in _phrases().ids(included) if _meanings()[one]["kind"] == "subset"]


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


@cache
def _meanings() -> dict[str, dict[str, str]]:
    meanings = {row["id"]: row for row in rows("conditions")}
    for row in rows("mismatches"):
        meanings[f"not:{row['id']}"] = {"kind": "look_alike", "group": "look_alike", "implies": ""}
    return meanings


@cache
def _short_forms() -> dict[str, tuple[str, ...]]:
    """Abbreviations with capitals inside, by their plain form, as they are to be written."""
    forms = [one for row in rows("conditions") for one in cells(row["aliases"]) if len(one) <= _SHORT_FORM]
    return {plain(one): (one,) for one in forms if not (one.islower() or one.istitle() or one.isupper())}


@cache
def _phrases() -> Phrases:
    wordings = [(wording, row["id"]) for row in rows("conditions") for wording in cells(row["aliases"])]
    return Phrases(wordings + [(row["wording"], f"not:{row['id']}") for row in rows("mismatches")])
