"""Criteria for a page: the registry's own words beside their reading, with what was not read marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from scleroscope.api.criteria import CriteriaView, CriterionView

LABELS = {
    "computable": "read",
    "partly": "read in part",
    "opaque": "not read",
    "procedural": "for the study team",
}


class Piece(NamedTuple):
    """A stretch of the registry's text."""

    text: str
    unread: bool = False


class Row(NamedTuple):
    """One criterion, or a stretch of text between criteria (`criterion` is None)."""

    words: tuple[Piece, ...]
    criterion: CriterionView | None = None

    @property
    def label(self) -> str:
        """How much of it was read."""
        return LABELS[self.criterion.reading] if self.criterion else ""


def rows(view: CriteriaView, text: str | None) -> list[Row]:
    """The criteria in the order of the text. No word of it is left out."""
    if view.origin.how == "curated" or not text:
        return [Row((), each) for each in view.criteria]
    found: list[Row] = []
    at = 0
    for each in view.criteria:
        if each.end <= each.start or each.start < at:  # of a field of the registry, or inside another
            found.append(Row((Piece(each.text),), each))
            continue
        if gap := text[at : each.start]:
            found.append(Row((Piece(gap),)))
        found.append(Row(tuple(_pieces(each, text)), each))
        at = each.end
    if rest := text[at:]:
        found.append(Row((Piece(rest),)))
    return [row for row in found if row.criterion or row.words[0].text.strip(" \n\r\t*-•·.:;")]


def _pieces(each: CriterionView, text: str) -> Iterator[Piece]:
    if each.reading in ("opaque", "procedural"):
        yield Piece(text[each.start : each.end], unread=True)
        return
    at = each.start
    for start, end in sorted(_unread(msgspec.to_builtins(each.tree))):
        start, end = max(start, at), min(end, each.end)
        if end <= start:
            continue
        if at < start:
            yield Piece(text[at:start])
        yield Piece(text[start:end], unread=True)
        at = end
    if at < each.end:
        yield Piece(text[at : each.end])


def _unread(node: Any) -> Iterator[tuple[int, int]]:
    """The places of the opaque leaves of a tree."""
    if isinstance(node, dict):
        if node.get("node") == "opaque" and node.get("span"):
            yield tuple(node["span"])
        for value in node.values():
            yield from _unread(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _unread(value)
