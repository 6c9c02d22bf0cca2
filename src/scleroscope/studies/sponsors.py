"""Who pays: the sponsor under one name, and what kind of organisation it is."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases
from scleroscope.model.study import Organisation

# The registry's own classes, where they say more than the name does.
_REGISTERED = {
    "industry": "industry",
    "nih": "government",
    "fed": "government",
    "u.s. fed": "government",
    "other_gov": "government",
    "network": "network",
}


def sponsor_of(organisation: Organisation) -> tuple[str, str | None]:
    """The normalised name and the class of an organisation.

    Class: industry, government, academic, patient_organisation, network, other; None where neither
    the knowledge files nor the registry tell.
    """
    for found in _names().find(organisation.name):
        row = _rows()[found.id]
        return row["name"], row["class"]
    registered = _REGISTERED.get((organisation.registered_class or "").strip().lower())
    if registered:
        return organisation.name, registered
    kinds = [found.id.partition(":")[0] for found in _words().find(organisation.name)]
    for kind in ("patient_organisation", "government", "network", "academic", "industry"):
        if kind in kinds:
            return organisation.name, kind
    return organisation.name, "other" if organisation.registered_class else None


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows("sponsors")}


@cache
def _names() -> Phrases:
    return Phrases(
        (wording, row["id"]) for row in rows("sponsors") for wording in (row["name"], *cells(row["aliases"]))
    )


@cache
def _words() -> Phrases:
    return Phrases((row["wording"], f"{row['class']}:{row['id']}") for row in rows("sponsor_words"))
