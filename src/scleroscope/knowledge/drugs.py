"""Drugs, procedures and their classes: find them in text, expand a class to its members."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Found, Phrases

# Wordings that hold a treatment's name and are none ("interferon-gamma release assay") hide it.
_NOT_A_TREATMENT = ""
_NOT_MEDICINES = frozenset({"behavioural", "device", "diagnostic", "control"})


def find(text: str) -> list[Found]:
    """Every medicine, procedure and class that the text names: (id, start, end, matched).

    Leftmost and longest first, case and hyphens ignored, words whole; a class is found by the
    wordings of eligibility texts ("PDE-5 inhibitors"). Exercise, education, devices, tests and
    controls are left to `find_drugs`: in running text their names mean other things.

    >>> [found.id for found in find("Actemra or other biologic DMARDs")]
    ['tocilizumab', 'biologic_dmard']
    """
    return [found for found in _all_phrases().find(text) if found.id != _NOT_A_TREATMENT]


def find_drugs(text: str) -> list[Found]:
    """Every row of `drugs.csv` that the text names, of whatever kind, but no class: for interventions."""
    return [found for found in _drug_phrases().find(text) if found.id != _NOT_A_TREATMENT]


@cache
def expand(identity: str) -> frozenset[str]:
    """The drugs that an id stands for: a class its members and those of its subclasses, a drug itself.

    An unknown id stands for nothing.

    >>> "bosentan" in expand("endothelin_receptor_antagonist")
    True
    """
    if identity in drugs():
        return frozenset({identity})
    return frozenset(drug for drug in drugs() if identity in ancestors(drug))


def name(identity: str) -> str:
    """The display name of a drug or class; KeyError when there is none."""
    row = drugs().get(identity) or classes()[identity]
    return row["name"]


def is_class(identity: str) -> bool:
    """Whether the id names a class rather than one drug or procedure."""
    return identity in classes()


@cache
def drugs() -> dict[str, dict[str, str]]:
    """The rows of `drugs.csv` by id."""
    return {row["id"]: row for row in rows("drugs")}


@cache
def classes() -> dict[str, dict[str, str]]:
    """The rows of `classes.csv` by id."""
    return {row["id"]: row for row in rows("classes")}


@cache
def ancestors(identity: str) -> frozenset[str]:
    """All classes that a drug or class belongs to, directly or through a parent class (itself included)."""
    if identity in drugs():
        start = cells(drugs()[identity]["classes"])
        return frozenset(above for one in start for above in ancestors(one))
    seen: set[str] = set()
    waiting = [identity]
    while waiting:
        one = waiting.pop()
        if one in seen or one not in classes():
            continue
        seen.add(one)
        waiting.extend(cells(classes()[one]["parent"]))
    return frozenset(seen)


@cache
def targets(identity: str) -> tuple[str, ...]:
    """The molecular targets (HGNC symbols) of a drug; empty where none is on record."""
    return cells(drugs()[identity]["targets"]) if identity in drugs() else ()


@cache
def families(identity: str) -> frozenset[str]:
    """The main treatment families of a drug or class."""
    return frozenset(family for above in ancestors(identity) for family in cells(classes()[above]["family"]))


def _drug_wordings(without: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    hiding = [(row["wording"], _NOT_A_TREATMENT) for row in rows("not_treatments")]
    return hiding + [
        (wording, row["id"])
        for row in rows("drugs")
        if row["kind"] not in without
        for wording in (row["name"], *cells(row["aliases"]))
    ]


@cache
def _drug_phrases() -> Phrases:
    return Phrases(_drug_wordings())


@cache
def _all_phrases() -> Phrases:
    of_classes = [(wording, row["id"]) for row in rows("classes") for wording in cells(row["aliases"])]
    return Phrases(_drug_wordings(_NOT_MEDICINES) + of_classes)
