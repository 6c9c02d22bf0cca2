"""What a person types, widened by what knowledge knows to be the same thing.

`anti-IL6 skin` becomes two groups of phrases, of which a trial must hold one each: every name of the
drugs that act on IL-6, and every name of skin measures. Words that knowledge does not know stay as
they are; words in double quotes are looked for exactly as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases, plain

_QUOTED = re.compile(r'"([^"]*)"')
_SMALL_WORDS = frozenset("a an and at by for from in of on or the to trial trials study studies with".split())  # noqa: SIM905


class Group(NamedTuple):
    """What was typed, what it was taken for (None: nothing that knowledge knows), and all its phrases."""

    typed: str
    meaning: str | None
    phrases: tuple[str, ...]


def expand(query: str) -> tuple[Group, ...]:
    """The groups of a query, in the order in which they were typed.

    >>> [group.typed for group in expand('rituximab "skin score"')]
    ['rituximab', 'skin score']
    """
    groups: list[tuple[int, Group]] = []

    def keep_quoted(hit: re.Match[str]) -> str:
        if hit[1].strip():
            groups.append((hit.start(), Group(hit[1], None, (hit[1],))))
        return " " * len(hit[0])

    text = _QUOTED.sub(keep_quoted, query)
    rest = text
    for found in _phrases().find(text):
        groups.append((found.start, _known(found.matched, found.id)))
        rest = rest[: found.start] + " " * (found.end - found.start) + rest[found.end :]
    groups += (
        (word.start(), Group(word[0], None, (word[0],)))
        for word in re.finditer(r"\S+", rest)
        if plain(word[0]) and word[0].lower() not in _SMALL_WORDS
    )
    return tuple(group for _, group in sorted(groups, key=lambda entry: entry[0]))


def _known(typed: str, identity: str) -> Group:
    kind, value = identity.split(":", 1)
    meaning, phrases = _MEANINGS[kind](value)
    unique = {plain(phrase): phrase for phrase in reversed((typed, *phrases)) if plain(phrase)}
    return Group(typed, meaning, tuple(reversed(unique.values())))


def _drug(identity: str) -> tuple[str, list[str]]:
    row = drugs.drugs()[identity]
    return row["name"], [row["name"], *cells(row["aliases"])]


def _class(identity: str) -> tuple[str, list[str]]:
    row = drugs.classes()[identity]
    return row["name"], [*_members(drugs.expand(identity)), row["name"], *cells(row["aliases"])]


def _target(symbol: str) -> tuple[str, list[str]]:
    row = next(row for row in rows("targets") if row["id"] == symbol)
    # A target and its receptor share a stem: what acts on either is meant by both.
    near = {symbol, f"{symbol}R", symbol.removesuffix("R")}
    members = _members(each for each in drugs.drugs() if near & set(drugs.targets(each)))
    return f"{row['name']} ({symbol})", [*members, symbol, row["name"], *cells(row["aliases"])]


def _members(identities: Iterable[str]) -> list[str]:
    """The names of drugs, then what else they are called."""
    found = [_drug(each)[1] for each in sorted(identities)]
    return [names[0] for names in found] + [other for names in found for other in names[1:]]


def _instrument(identity: str) -> tuple[str, list[str]]:
    row = next(row for row in rows("instruments") if row["id"] == identity)
    return row["name"], [row["name"], *cells(row["aliases"])]


def _domain(name: str) -> tuple[str, list[str]]:
    measures = [row for row in rows("instruments") if row["domain"] == name and not row["general"]]
    return f"{name}, and its measures", [
        each for row in measures for each in (row["name"], *cells(row["aliases"]))
    ]


def _condition(identity: str) -> tuple[str, list[str]]:
    row = next(row for row in rows("conditions") if row["id"] == identity)
    return row["name"], [row["name"], *cells(row["aliases"])]


_MEANINGS = {
    "drug": _drug,
    "class": _class,
    "target": _target,
    "instrument": _instrument,
    "domain": _domain,
    "condition": _condition,
}


@cache
def _phrases() -> Phrases:
    """Every wording that knowledge has; where two kinds share one, the first listed here wins."""
    known: dict[str, tuple[str, str]] = {}

    def add(identity: str, *wordings: str) -> None:
        for wording in wordings:
            if plain(wording):
                known.setdefault(plain(wording), (wording, identity))

    for row in rows("drugs"):
        add(f"drug:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("classes"):
        add(f"class:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("targets"):
        names = (row["id"], row["name"], *cells(row["aliases"]))
        add(f"target:{row['id']}", *names, *(f"anti-{name}" for name in names))
    for domain in dict.fromkeys(row["domain"] for row in rows("instruments")):
        add(f"domain:{domain}", domain)
    for row in rows("instruments"):
        # A general measure (a biomarker, quality of life) has words that mean other things in a query.
        if not row["general"]:
            add(f"instrument:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("conditions"):
        add(f"condition:{row['id']}", row["name"], *cells(row["aliases"]))
    return Phrases(known.values())
