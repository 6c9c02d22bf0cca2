"""Other words for what a person searches: drugs of a target, spellings of a measure, short forms."""

from __future__ import annotations

from functools import cache

import msgspec

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Found, Phrases

_SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with"})


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One idea of a query and the terms that stand for it; a text fits that holds any of them."""

    query: str  # the words as the person wrote them
    means: str  # "target IL6R", "drug tocilizumab", … or "" for a word that no row knows
    terms: tuple[str, ...]  # alternatives, the person's own words first


def expand_query(text: str) -> tuple[Group, ...]:
    """The ideas of a query, in order, each with its alternative terms.

    Known wordings (drugs, classes, targets, measures, conditions, synonyms) become groups of all
    their wordings; a class or target also brings the drugs that belong to it. Every other word is a
    group of itself, but for the small ones (in, of, the …). All groups together are meant to be
    found (and), of one group any term (or).

    >>> [group.means for group in expand_query("anti-IL6 skin")]
    ['class il6_inhibitor', 'synonym skin']
    >>> "tocilizumab" in expand_query("anti-IL6")[0].terms
    True
    """
    groups: list[Group] = []
    position = 0
    for found in _phrases().find(text):
        groups.extend(_plain_groups(text[position : found.start]))
        groups.append(_group(found))
        position = found.end
    groups.extend(_plain_groups(text[position:]))
    return tuple(groups)


def _plain_groups(text: str) -> list[Group]:
    words = (word.strip(".,;:!?()[]\"'") for word in text.split())
    told = (word for word in words if any(map(str.isalnum, word)) and word.lower() not in _SMALL_WORDS)
    return [Group(query=word, means="", terms=(word,)) for word in told]


def _group(found: Found) -> Group:
    kind, _, identity = found.id.partition(":")
    terms = [found.matched, *_READERS[kind](identity)]
    unique = {term.lower(): term for term in reversed(terms)}
    return Group(
        query=found.matched,
        means=f"{kind} {identity}",
        terms=tuple(sorted(unique.values(), key=terms.index)),
    )


def _drug(identity: str) -> list[str]:
    row = drugs.drugs()[identity]
    return [row["name"], *cells(row["aliases"])]


def _class(identity: str) -> list[str]:
    row = drugs.classes()[identity]
    names = [drugs.name(one) for one in sorted(drugs.expand(identity))]
    return [row["name"], *cells(row["aliases"]), *names]


def _target(identity: str) -> list[str]:
    row = _rows("targets")[identity]
    hitting = [drug["name"] for drug in rows("drugs") if identity in cells(drug["targets"])]
    return [identity, row["name"], *cells(row["aliases"]), *hitting]


def _instrument(identity: str) -> list[str]:
    row = _rows("instruments")[identity]
    return [row["name"], *cells(row["aliases"])]


def _condition(identity: str) -> list[str]:
    row = _rows("conditions")[identity]
    return [row["name"], *cells(row["aliases"])]


def _synonym(identity: str) -> list[str]:
    row = _rows("synonyms")[identity]
    terms = list(cells(row["aliases"])) + list(cells(row["words"]))
    for column, reader in (
        ("instruments", _instrument),
        ("manifestations", _condition),
        ("targets", _target),
    ):
        for one in cells(row[column]):
            terms += reader(one)
    return terms


_READERS = {
    "synonym": _synonym,
    "drug": _drug,
    "class": _class,
    "target": _target,
    "instrument": _instrument,
    "condition": _condition,
}


@cache
def _rows(table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows(table)}


@cache
def _phrases() -> Phrases:
    """Wordings of all tables; where two tables know the same words, the first of `_READERS` has them."""
    tables = {
        "synonym": "synonyms",
        "drug": "drugs",
        "class": "classes",
        "target": "targets",
        "instrument": "instruments",
        "condition": "conditions",
    }
    return Phrases(
        (
            (wording, f"{kind}:{row['id']}")
            for kind, table in tables.items()
            for row in rows(table)
            if not row.get("general")  # "laboratory markers" would claim half of all queries
            for wording in (*cells(row["aliases"]), *([row["name"]] if "name" in row else []))
        ),
        first_wins=True,
    )
