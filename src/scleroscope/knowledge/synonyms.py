"""Other words for what a person searches: drugs of a target, spellings of a measure, short forms.

`anti-IL6 skin` becomes two groups of phrases, of which a trial must hold one each: every name of the
drugs that act on IL-6, and every name of skin measures. Words that knowledge does not know stay as
they are; words in double quotes are looked for exactly as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases, plain

_QUOTED = re.compile(r'"([^"]*)"')
_SMALL = """
    a about against an and are as at by can clinical could do does drug drugs for from how i in is it join
    me medication medications medicine medicines my near new of on or patient patients study studies that
    the therapies therapy there to treat treatment treatments trial trials use using versus vs was we were
    what when where which who will with
"""
_FILLERS = frozenset(_SMALL.split())
"""Words that people put around what they look for."""


class Group(NamedTuple):
    """What was typed, what it was taken for (None: nothing that knowledge knows), and all its phrases."""

    typed: str
    meaning: str | None
    phrases: tuple[str, ...]


def expand_query(query: str) -> tuple[Group, ...]:
    """The ideas of a query, in the order in which they were typed, each with its alternative phrases.

    All groups together are meant to be found (and), of one group any phrase (or); what was typed
    comes first. Small words (in, of, trials …) make no group.

    >>> [group.typed for group in expand_query('anti-IL6 "skin score" trials')]
    ['anti-IL6', 'skin score']
    >>> "tocilizumab" in expand_query("IL-6")[0].phrases
    True
    """
    groups: list[tuple[int, Group]] = []

    def keep_quoted(hit: re.Match[str]) -> str:
        if plain(hit[1]):
            groups.append((hit.start(), Group(hit[1], None, (hit[1],))))
        return " " * len(hit[0])

    text = _QUOTED.sub(keep_quoted, query)
    rest = text
    for found in _phrases().find(text):
        groups.append((found.start, _known(found.matched, found.id)))
        rest = rest[: found.start] + " " * (found.end - found.start) + rest[found.end :]
    for word in re.finditer(r"\S+", rest):
        typed = word[0].strip(".,;:!?()[]'")
        if plain(typed) and typed.lower() not in _FILLERS:
            groups.append((word.start(), Group(typed, None, (typed,))))
    return tuple(group for _, group in sorted(groups, key=lambda entry: entry[0]))


def nearest_word(word: str) -> str | None:
    """The word of knowledge that a misspelt one most probably means; None if none is near.

    >>> nearest_word("tocilizumap")
    'tocilizumab'
    """
    if len(word) < 5 or not word.isalpha():
        return None
    # A wrong first sound is rare in misspellings, and a guess that allows it is often wrong.
    typed = _sound(word)
    known = {key: each for key, each in _sounds().items() if key[0] == typed[0]}
    near = get_close_matches(typed, known, n=1, cutoff=0.85)
    return known[near[0]] if near else None


def wider(word: str) -> Group | None:
    """A word that stands only inside longer wordings of drugs and classes, as all that they mean."""
    inside = [
        identity
        for key, (_, identity) in _wordings().items()
        if plain(word) in key.split() and identity.startswith(("drug:", "class:"))
    ]
    if not inside:
        return None
    groups = [_known(word, identity) for identity in dict.fromkeys(inside)]
    meaning = ", ".join(dict.fromkeys(each.meaning or "" for each in groups))
    return Group(word, meaning, tuple(dict.fromkeys(each for group in groups for each in group.phrases)))


def _known(typed: str, identity: str) -> Group:
    kind, value = identity.split(":", 1)
    meaning, phrases = _MEANINGS[kind](value)
    unique: dict[str, str] = {}
    for phrase in (typed, *phrases):
        unique.setdefault(plain(phrase), phrase)
    return Group(typed, meaning, tuple(phrase for key, phrase in unique.items() if key))


def _drug(identity: str) -> tuple[str, list[str]]:
    return _named(drugs.drugs()[identity])


def _class(identity: str) -> tuple[str, list[str]]:
    row = drugs.classes()[identity]
    name, own = _named(row)
    return name, [*_members(drugs.expand(identity)), *own]


def _target(symbol: str) -> tuple[str, list[str]]:
    row = _rows("targets")[symbol]
    name, own = _named(row)
    # A target and its receptor share a stem: what acts on either is meant by both.
    near = {symbol, f"{symbol}R", symbol.removesuffix("R")}
    members = _members(each for each in drugs.drugs() if near & set(drugs.targets(each)))
    return f"{name} ({symbol})", [*members, symbol, *own]


def _members(identities: Iterable[str]) -> list[str]:
    """The names of drugs, then what else they are called."""
    found = [_drug(each)[1] for each in sorted(identities)]
    return [names[0] for names in found] + [other for names in found for other in names[1:]]


def _instrument(identity: str) -> tuple[str, list[str]]:
    return _named(_rows("instruments")[identity])


def _condition(identity: str) -> tuple[str, list[str]]:
    return _named(_rows("conditions")[identity])


def _synonym(identity: str) -> tuple[str, list[str]]:
    row = _rows("synonyms")[identity]
    phrases: list[str] = []
    for column, read in _COLUMNS.items():
        for each in cells(row[column]):
            phrases += read(each)[1]
    told = f"{identity.replace('_', ' ')}, and words that belong to it"
    meaning = "what acts on it" if row["targets"] else told
    return meaning, [*phrases, *cells(row["words"]), *cells(row["aliases"])]


def _named(row: dict[str, str]) -> tuple[str, list[str]]:
    return row["name"], [row["name"], *cells(row["aliases"])]


_MEANINGS = {
    "synonym": _synonym,
    "drug": _drug,
    "class": _class,
    "target": _target,
    "instrument": _instrument,
    "condition": _condition,
}
_COLUMNS = {
    "targets": _target,
    "classes": _class,
    "instruments": _instrument,
    "manifestations": _condition,
}


@cache
def _rows(table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows(table)}


@cache
def _sounds() -> dict[str, str]:
    words = sorted({word for key in _wordings() for word in key.split() if len(word) > 4})
    return {_sound(word): word for word in reversed(words)}


def _sound(word: str) -> str:
    """A word with spellings that sound alike made one."""
    folded = plain(word)
    for written, heard in (("ph", "f"), ("th", "t"), ("ae", "e"), ("oe", "e"), ("y", "i"), ("k", "c")):
        folded = folded.replace(written, heard)
    folded = re.sub(r"c(?=[ei])", "s", folded)
    return re.sub(r"(.)\1", r"\1", folded)


@cache
def _phrases() -> Phrases:
    return Phrases(_wordings().values(), first_wins=True)


@cache
def _wordings() -> dict[str, tuple[str, str]]:
    """Every wording that knowledge has; where two kinds share one, the first listed here wins."""
    known: dict[str, tuple[str, str]] = {}

    def add(identity: str, *wordings: str) -> None:
        for wording in wordings:
            if plain(wording):
                known.setdefault(plain(wording), (wording, identity))

    for row in rows("synonyms"):
        targets = cells(row["targets"])
        against = [f"anti-{each}" for each in cells(row["aliases"])] if targets else []
        add(f"synonym:{row['id']}", *cells(row["aliases"]), *against)
    for row in rows("drugs"):
        add(f"drug:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("classes"):
        add(f"class:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("targets"):
        names = (row["id"], row["name"], *cells(row["aliases"]))
        add(f"target:{row['id']}", *names, *(f"anti-{name}" for name in names))
    for row in rows("instruments"):
        # A general measure (a biomarker, quality of life) has words that mean other things in a query.
        if not row["general"]:
            add(f"instrument:{row['id']}", row["name"], *cells(row["aliases"]))
    for row in rows("conditions"):
        add(f"condition:{row['id']}", row["name"], *cells(row["aliases"]))
    return known
