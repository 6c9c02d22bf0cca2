"""Criteria for a page: the registry's own words beside their reading, span by span, unread ones marked."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from scleroscope.api.criteria import CriteriaView, CriterionView
from scleroscope.api.spans import Outline, Part, outline, parts

LABELS = {
    "computable": "read",
    "partly": "read in part",
    "opaque": "not read",
    "procedural": "for the study team",
}


class Piece(NamedTuple):
    """A stretch of the registry's text, and the numbers of the parts that were read from it.

    `begins` are those whose words begin here.
    """

    text: str
    marks: tuple[int, ...] = ()
    unread: bool = False
    begins: tuple[int, ...] = ()


class Row(NamedTuple):
    """One criterion with its reading, or a stretch of text between criteria (`criterion` is None)."""

    words: tuple[Piece, ...]
    criterion: CriterionView | None = None
    reading: Outline | None = None
    parts: int = 0  # of the words that a part of the reading leads to

    @property
    def label(self) -> str:
        """How much of it was read."""
        return LABELS[self.criterion.reading] if self.criterion else ""


def rows(view: CriteriaView, text: str | None) -> list[Row]:
    """The criteria in the order of the text. No word of it is left out."""
    if view.origin.how == "curated" or not text:
        return [Row((), each, outline(each.tree)) for each in view.criteria]
    found: list[Row] = []
    at = 0
    for each in view.criteria:
        if each.end <= each.start or each.start < at:  # of a field of the registry, or inside another
            found.append(Row((Piece(each.text),), each, outline(each.tree)))
            continue
        if gap := text[at : each.start]:
            found.append(Row((Piece(gap),)))
        inside = parts(each.tree)
        found.append(Row(_pieces(each, text, inside), each, outline(each.tree), len(inside)))
        at = each.end
    if rest := text[at:]:
        found.append(Row((Piece(rest),)))
    return [row for row in found if row.criterion or row.words[0].text.strip(" \n\r\t*-•·.:;")]


def _pieces(each: CriterionView, text: str, inside: tuple[Part, ...]) -> tuple[Piece, ...]:
    """The criterion's own words. A heading's words, which a part may come from too, have their own row."""
    ends = {end for one in inside for end in (one.start, one.end) if each.start < end < each.end}
    cuts = sorted({each.start, each.end, *ends})
    found = []
    for start, end in pairwise(cuts):
        over = [
            (number, one) for number, one in enumerate(inside, 1) if one.start <= start and end <= one.end
        ]
        found.append(
            Piece(
                text[start:end],
                tuple(number for number, _ in over),
                any(not one.read for _, one in over) or each.reading in ("opaque", "procedural"),
                tuple(number for number, one in over if max(one.start, each.start) == start),
            )
        )
    return tuple(found)
