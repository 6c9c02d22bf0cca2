"""Signs that the layout of a list is lost, or that a list is asked of some only: its demands stay open.

Where "at least one of the following" is followed by bare paragraphs, an item begins with "or", or the
text speaks of "(1) or (2)", what looks like one demand among many may be one way among several.
"""

from __future__ import annotations

import re
from typing import Literal

from scleroscope.criteria.place import every, some
from scleroscope.criteria.split import Piece
from scleroscope.knowledge.fields import fields
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Has,
    Is,
    Not,
    Opaque,
)

_NUMBER = r"(?:one|two|three|any|either|1|2|3)(?: or more| of any)?"
# "must meet at least one of the following", with the list behind it
_CHOICE = re.compile(
    rf"\b{_NUMBER} of (?:the|these|those)?\s?(?:following|below|criteria|conditions)\b[^:.\n]{{0,60}}"
)
# Two entries are named as a choice: either (1) or (2).
_PARTS = re.compile(
    r"\(?\b(?:1|i|a)\)\s?(?:or|and/or)\s?\(?(?:2|ii|b)\)|\b(?:criterion|option) (?:1|a|i) or\b"
)
_BEGINS = re.compile(r"[\s*•\-–(]*(?:or|and/or)\b[\s,:]")
_ENDS = re.compile(r"\b(?:or|and/or)[\s.;,:]*$")
_CAPITALS = re.compile(r"(?<!\S)OR\s")
# Several groups of people in one list, each with its own demands.
_PEOPLE = re.compile(
    r"\b(?:age|sex|gender|race)(?:[- ]|, )(?:and \w+[- ])?matched\b"
    r"|\bmatched (?:for|by|in|with|to) (?:age|sex|gender|race)"
    r"|(?<!accepts )(?<!accept )\b(?:healthy|normal)"
    r" (?:controls?|volunteers?|subjects?|people|participants?)\b(?!\s*:)"
    r"|\bcontrol (?:group|subject|participant|patient)s?\b|\bcontrols\b"
)
_TITLED = re.compile(r"\b(?:criteria|criterion|cohort|group|arm)(?: \w)?\s?:\s*$")
# "at least one A criterion and one B criterion": how many of which list
_KINDS = re.compile(r"\b(?:one|two|three|1|2|3)(?: or more)? (?:[A-Z]|major|minor) criteri")
_CLOSING = 6  # characters of an "OR" with which one of a list ends
_COLUMNS = re.compile(r"\s\|(?:\s|$)")  # a table: which column is which list is lost
_LONG = 250  # characters; in a longer entry what "OR" parts is not certain
# Headings of a list for some: "SLE specific inclusion criteria", "Inclusion criteria for healthy controls"
_SOME = re.compile(
    r"\bhealthy\b(?! volunteers? ?:)|\bcontrols?\b|\bcohorts? \w|\barms? \w|\bgroups? \w|\bsub-?stud"
    r"|\bspecific\b|\bparts? (?:[a-d1-4]|i+)\b|\bonly\b"
)
_EACH = re.compile(r"\b(?:all|both|every|each)\b|\b(?:a|1|i) (?:and|&) (?:b|2|ii)\b")
# "list": one way among several; "torn": so within an entry read as one; "some": asked of some people.
Doubt = Literal["list", "torn", "some"]


def doubtful(text: str, plain: str, pieces: list[Piece]) -> dict[int, Doubt]:
    """The entries whose demands may be alternatives, or are asked of some people only, and why."""
    answer: dict[int, Doubt] = {}
    section: list[int] = []
    some = False
    for number, piece in enumerate(pieces):
        if piece.role == "heading":
            _close(text, plain, pieces, section, answer)
            section = []
            words = plain[piece.start : piece.end]
            some = _SOME.search(words) is not None and _EACH.search(words) is None
        elif piece.parent is None:
            section.append(number)
            if some:
                answer[number] = "some"
    _close(text, plain, pieces, section, answer)
    return answer


def _close(text: str, plain: str, pieces: list[Piece], section: list[int], answer: dict[int, Doubt]) -> None:
    """Look through the entries of one list."""
    if any(_COLUMNS.search(plain, pieces[number].start, pieces[number].end) for number in section):
        answer.update(dict.fromkeys(section, "some"))
        return
    entries = [number for number in section if pieces[number].kind == "inclusion"]
    if not entries:
        return
    last = _end(pieces, entries[-1])
    groups = _PEOPLE.search(plain, pieces[entries[0]].start, last) is not None or _titled(
        plain, pieces, entries
    )
    if groups or _PARTS.search(plain, pieces[entries[0]].start, last):
        for number in entries:
            answer.setdefault(number, "list")
        return
    opened = False
    for place, number in enumerate(entries):
        piece, end = pieces[number], _end(pieces, number)
        if opened:
            answer.setdefault(number, "list")
        opened = opened or _opens(plain, pieces, number)
        if _BEGINS.match(plain, piece.body, end) and place:
            answer.setdefault(entries[place - 1], "list")
            answer.setdefault(number, "list")
        if _ENDS.search(plain, max(piece.body, end - 20), end) and place + 1 < len(entries):
            answer.setdefault(number, "list")
            answer.setdefault(entries[place + 1], "list")
        if _torn(text, pieces, number, end):
            answer.setdefault(number, "torn")


def _titled(plain: str, pieces: list[Piece], entries: list[int]) -> bool:
    """Whether two or more lists in a row each have a title of their own: "Diffuse disease criteria:"."""
    last = entries[-1]
    while last + 1 < len(pieces) and pieces[last + 1].parent is not None:
        last += 1
    listed = pieces[entries[0] : last + 1]
    return sum(_TITLED.search(plain, piece.body, piece.end) is not None for piece in listed) > 1


def _end(pieces: list[Piece], number: int) -> int:
    """Where an entry ends, with all that stands under it."""
    last = number
    while last + 1 < len(pieces) and pieces[last + 1].parent is not None:
        last += 1
    return pieces[last].end


def _opens(plain: str, pieces: list[Piece], number: int) -> bool:
    """Whether the entry announces alternatives that do not stand under it."""
    piece = pieces[number]
    if number + 1 < len(pieces) and pieces[number + 1].parent == number:
        return False
    for match in _CHOICE.finditer(plain, piece.body, piece.end):
        behind = plain[match.end() : piece.end].strip(" :.)*")
        if not behind or (
            not piece.marked and plain[match.end() : match.end() + 3].strip()[:1] in (")", ":")
        ):
            return True
    return False


def _torn(text: str, pieces: list[Piece], number: int, end: int) -> bool:
    """Whether capital OR parts more of an entry than a sentence, or it counts criteria of several kinds."""
    piece = pieces[number]
    if _KINDS.search(text, piece.body, piece.end):
        return True
    if end == piece.end:
        return end - piece.body > _LONG and _CAPITALS.search(text, piece.body, end) is not None
    last = number
    while last + 1 < len(pieces) and pieces[last].end < end:
        if _CAPITALS.search(text, pieces[last].body, pieces[last].end - _CLOSING):
            return True
        last += 1
    return _CAPITALS.search(text, pieces[last].body, end) is not None


def left_open(tree: Criterion, words: Opaque, *, bars: bool, doubt: Doubt) -> Criterion:
    """The tree so that it settles nothing against the patient: whether it is asked is not certain."""
    if doubt != "some" and _asked(tree) <= _OF_ALL:
        return tree
    return every([tree, words]) if bars else some([tree, words])


# What studies ask of everyone, whatever the list around it says.
_OF_ALL = frozenset(name for name, known in fields().items() if known.group == "person") | {
    "informed_consent"
}


def _asked(tree: Criterion) -> frozenset[str]:
    """The fields of a tree; treatments and words not understood count as one more."""
    match tree:
        case Has(field=field) | Is(field=field) | Compare(field=field):
            return frozenset({field})
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return frozenset().union(*(_asked(part) for part in parts))
        case Not(part=part):
            return _asked(part)
    return frozenset({""})


def opposed(trees: list[Criterion]) -> set[int]:
    """The places of demands that nobody can meet together: each is asked of a group of its own."""
    kinds = [(place, kind) for place, tree in enumerate(trees) if (kind := _disease(tree))]
    apart = {place for place, kind in kinds if any(not kind & other for _, other in kinds)}
    return apart | _outdone(trees)


def _outdone(trees: list[Criterion]) -> set[int]:
    """The demands of a limit that another entry asks for less strictly: one way to enter among others."""
    least: dict[str, list[tuple[float, int]]] = {}
    for place, tree in enumerate(trees):
        for field, low in _lows(tree):
            least.setdefault(field, []).append((low, place))
    return {
        place
        for bounds in least.values()
        for low, place in bounds
        if any(other < low and elsewhere != place for other, elsewhere in bounds)
    }


def _lows(tree: Criterion) -> list[tuple[str, float]]:
    """Each field that a tree asks for, but those asked of everyone, with the least value."""
    match tree:
        case Compare(field=field, low=float(low)) if field not in _OF_ALL:
            return [(field, low)]
        case All(parts=parts) | Any(parts=parts):
            return [found for part in parts for found in _lows(part)]
    return []


_SUBSETS = frozenset(fields()["subset"].values)
_LOCALIZED = frozenset({"localized"})


def _disease(tree: Criterion) -> frozenset[str]:
    """The forms of the disease that a tree demands; none where it leaves that open."""
    match tree:
        case Is(field="subset", values=values):
            return frozenset(values)
        case Has(field="localized_scleroderma"):
            return _LOCALIZED
        case Has(field="ssc"):
            return _SUBSETS
        case All(parts=parts):
            found = [kind for part in parts if (kind := _disease(part))]
            return frozenset.intersection(*found) or frozenset({"none"}) if found else frozenset()
    return frozenset()
