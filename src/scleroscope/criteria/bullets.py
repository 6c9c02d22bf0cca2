"""Where the entries of a list begin: bullets and numbers, at the start of a line or within it."""

from __future__ import annotations

import re
from typing import NamedTuple

from scleroscope.criteria.normal import normal

_NUMBER = r"\d{1,2}(?:\.\d{1,2}){0,3}"
_START = re.compile(
    r"(?P<bullet>[*•·]|--?|o(?=\s)|\+(?=\s))(?:\s+|(?=[a-z(≥≤<>]))"
    rf"|(?:\(\s?)?(?P<number>{_NUMBER})(?:[.)]\)?\s*(?=[^\s\d%])|[.)]\)?\s+(?=\S))"
    r"|(?P<deep>\d{1,2}(?:\.\d{1,2}){2,3})\s+(?=[a-z])"
    r"|(?P<id>[a-z](?:-\d{1,2}[.):]?|\d{1,2}[.):]))\s+(?=\S)"  # "E1.", "B-3"
    r"|\(?(?P<letter>[a-z]|[ivx]{2,4})(?:\)|[.;]\)?(?=\s))\s*(?=\S)"
)
_WITHIN = re.compile(
    r"(?P<bullet>(?<=\s)[*•·](?=\s))\s+"
    r"|(?:(?<=\s)|(?<=[;:,]))\(?(?P<number>\d{1,2})[.)]\)?(?:\s+(?=[^\s\d])|\s+(?=[\d≥≤<>])|(?=[a-z]{2}))"
    r"|(?:(?<=\s)|(?<=[;:,]))\(?(?P<letter>[a-z]|[ivx]{2,4})(?:\)|\.)\s+(?=\S)"
    r"|(?P<dash>(?<=\s)(?:(?<!\d )-|-(?!\s\d))(?=\s))\s+"
)
_DEEPEST = 6  # lists within lists; no text nests deeper, and it keeps the search short
_AGAIN = re.compile(r"(?:[-*•]\s{1,4}){1,2}")  # a second bullet behind the first
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


class Mark(NamedTuple):
    """A bullet or number: where it stands, where its text begins, its style and its place in the list."""

    start: int
    text: int
    style: str  # "*", "1", "a", "i"
    value: int


def opening(plain: str, start: int, end: int) -> Mark | None:
    """The mark with which the line begins, if it has one."""
    match = _START.match(plain, start, end)
    if match is None:
        return None
    return _mark(match)


def unmarked(text: str) -> str:
    """The words of one entry without its bullet or number.

    >>> unmarked("- Age > 18"), unmarked("2) mRSS"), unmarked("30 mg of prednisone")
    ('Age > 18', 'mRSS', '30 mg of prednisone')
    """
    mark = opening(normal(text), 0, len(text))
    return text[mark.text :] if mark else text


def _mark(match: re.Match[str]) -> Mark:
    number = match["number"] or match.groupdict().get("deep")
    if number:
        parts = number.split(".")
        return Mark(match.start(), match.end(), "1" * len(parts), int(parts[-1]))
    if match["letter"]:
        letter = match["letter"]
        if len(letter) > 1 or letter == "i":
            return Mark(match.start(), match.end(), "i", _ROMAN.get(letter, 0))
        return Mark(match.start(), match.end(), "a", ord(letter) - 96)
    if match.groupdict().get("id"):
        return Mark(match.start(), match.end(), "id", 0)
    dash = match.groupdict().get("dash")
    return Mark(match.start(), match.end(), dash or match["bullet"], 0)


def within(text: str, plain: str, start: int, end: int, *, dashes: bool, known: dict[str, int]) -> list[Mark]:
    """Marks inside a run of text: all inline bullets, and numbers that count up (1. … 2. … 3.).

    `known` holds, for each style, the number that the list had reached before this text.
    Entries of one list all begin with a capital letter or none does; "a score of 3. or 4" is no entry.
    """
    candidates: list[Mark] = []
    for match in _WITHIN.finditer(plain, start, end):
        if match["dash"] and not dashes:
            continue
        mark = _mark(match)
        again = _AGAIN.match(plain, mark.text, end)
        candidates.append(mark._replace(text=again.end()) if again else mark)
    if not candidates:
        return []
    last: dict[tuple[str, int], int] = {(mark.style, mark.value): mark.start for mark in candidates}
    stack: list[tuple[str, int, bool]] = [(style, value, False) for style, value in known.items()]
    kept: list[Mark] = []
    for mark in candidates:
        if mark.value == 0:
            if mark.style in "*•·-":
                kept.append(mark)
            continue
        small = text[mark.text : mark.text + 1].islower()
        for depth in range(len(stack) - 1, -1, -1):
            style, value, capital = stack[depth]
            if (style, value) == (mark.style, mark.value - 1) and not (capital and small):
                del stack[depth:]
                break
        else:
            if mark.value != 1 or last.get((mark.style, 2), -1) < mark.start:
                continue
        stack.append((mark.style, mark.value, not small))
        del stack[:-_DEEPEST]
        kept.append(mark)
    return kept
