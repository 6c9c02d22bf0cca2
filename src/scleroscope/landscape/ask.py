"""What a typed query asks for: words to look for, and words that are filters or places.

`recruiting CAR-T in Germany phase 1` looks for CAR-T, among recruiting phase 1 trials with a site in
Germany. A word that no trial holds is respelt, or left out; each of these is told in a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, NamedTuple

from scleroscope.knowledge.synonyms import Group, expand_query, nearest_word, wider
from scleroscope.landscape.vocabulary import country_names

if TYPE_CHECKING:
    from polars import DataFrame

Count = Callable[[Group], int]
"""How many trials hold one of the phrases of a group."""

_PHASE = re.compile(r"\b(early\s+)?phase[\s-]*([1-4]|i{1,3}|iv)\b(?!\s*/)", re.IGNORECASE)
_SPACED_ID = re.compile(r"\b(NCT|ISRCTN)[\s-]+(\d{8})\b", re.IGNORECASE)
_STATUSES = {
    "recruiting": "recruiting", "enrolling": "recruiting", "ongoing": "recruiting,active_not_recruiting",
    "completed": "completed", "terminated": "terminated", "withdrawn": "withdrawn",
}  # fmt: skip


class Asked(NamedTuple):
    """A query, understood. `cities`: as the trials' sites name them; a trial must have a site in one."""

    groups: tuple[Group, ...]
    filters: dict[str, str]  # name of a filter → value
    cities: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()  # words that no trial holds and that are not looked for
    notes: tuple[str, ...] = ()


def ask(query: str, sites: Callable[[], DataFrame], count: Count, given: Collection[str] = ()) -> Asked:
    """Understand a query. `given` names the filters that were set apart from it: these stand.

    `count` is asked only about words that knowledge does not know, `sites` (the frame of the
    catalogue's sites) only about those that no trial's text holds.
    """
    filters, rest = _spoken_filters(query, given)
    groups: list[Group] = []
    cities: list[str] = []
    absent: list[str] = []
    notes: list[str] = []
    for group in expand_query(rest):
        word = group.typed.casefold()
        if group.meaning is not None or f'"{group.typed}"' in query:
            groups.append(group)
        elif word in _STATUSES and "status" not in given:
            filters["status"] = _STATUSES[word]
        elif count(group):
            groups.append(group)
        elif towns := _cities(group.typed, sites()):
            cities += towns
        elif known := wider(word):
            groups.append(known)
        elif near := nearest_word(word):
            groups += expand_query(near)
            notes.append(f"no trial holds {group.typed!r}; looked for {near!r}")
        else:
            absent.append(group.typed)
    notes += [f"taken as a filter: --{name} {value}" for name, value in filters.items()]
    if cities:
        notes.append(f"only trials with a site in {', '.join(cities)}; --near finds what is around a place")
    if absent:
        notes.append(f"no trial holds {' or '.join(map(repr, absent))}: looked for without")
    return Asked(tuple(groups), filters, tuple(cities), tuple(absent), tuple(notes))


def _spoken_filters(query: str, given: Collection[str]) -> tuple[dict[str, str], str]:
    """The phases and countries in a query, and the query without them; quoted words are none."""
    rest = _SPACED_ID.sub(r"\1\2", query)
    if '"' in rest:
        return {}, rest
    phases: list[str] = []

    def phase(hit: re.Match[str]) -> str:
        phases.append(f"{hit[1] or ''}{hit[2]}")
        return " "

    if "phase" not in given:
        rest = _PHASE.sub(phase, rest)
    countries = [] if "country" in given else _countries_in(rest)
    for country in countries:
        rest = re.sub(rf"\b{re.escape(country)}\b", " ", rest, flags=re.IGNORECASE)
    spoken = {"phase": ",".join(phases), "country": ",".join(countries)}
    return {name: value for name, value in spoken.items() if value}, rest


def _countries_in(text: str) -> list[str]:
    """The countries that a text names, the longest names first; short forms only in capitals."""
    names = sorted(country_names(), key=len, reverse=True)
    folded = text.casefold()
    return [
        each
        for each in names
        if each in folded
        and (hit := re.search(rf"\b{re.escape(each)}\b", folded))
        and (len(each) > 3 or text[hit.start() : hit.end()].isupper())
    ]


def _cities(word: str, sites: DataFrame) -> list[str]:
    return [each for each in sites["city"].drop_nulls().unique() if each.casefold() == word.casefold()]
