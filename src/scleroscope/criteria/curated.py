"""Reviewed readings of a trial's criteria: lines of notation that stand in a data file.

A reading of the whole list overrides the parser. A reading of an excerpt cannot: it says nothing
of the rest. When the registry's text has changed since the reading, the reading is stale.
"""

from __future__ import annotations

import hashlib

import msgspec

from scleroscope.criteria.leaves import reading
from scleroscope.criteria.notation import format_tree, parse
from scleroscope.model.criterion import (
    All,
    Any,
    Clause,
    Criterion,
    Eligibility,
    Kind,
    Opaque,
)
from scleroscope.registries.curated import CuratedEligibility, Line


class CuratedReading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Criteria as a person read them, when, and from what."""

    eligibility: Eligibility
    whole: bool
    reviewed: str
    sources: tuple[str, ...]
    stale: bool | None = None  # None: there is no text, or the reading does not say which text it read


def curated(entry: CuratedEligibility, text: str | None = None) -> CuratedReading:
    """The criteria of a curated file; `text` is what the registry says now, where that is known.

    NotationError when a line is not notation.
    """
    clauses = [
        _clause(line, kind, number)
        for kind, lines in (("inclusion", entry.inclusion), ("exclusion", entry.exclusion))
        for number, line in enumerate(lines, 1)
    ]
    whole = entry.extent == "whole"
    if not whole:
        clauses.append(_rest(len(entry.inclusion) + 1, entry.extent))
    known = entry.text_sha256
    return CuratedReading(
        eligibility=Eligibility(clauses=tuple(clauses)),
        whole=whole,
        reviewed=entry.reviewed,
        sources=entry.source,
        stale=None if text is None or known is None else text_hash(text) != known,
    )


def text_hash(text: str) -> str:
    """What identifies an eligibility text, whatever its spaces and line breaks: a SHA-256."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _clause(line: str | Line, kind: str, number: int) -> Clause:
    tree = line_tree(line)
    side: Kind = "inclusion" if kind == "inclusion" else "exclusion"
    return Clause(
        id=f"{side[0].upper()}{number}",
        kind=side,
        text=format_tree(tree),
        start=0,
        end=0,
        tree=tree,
        reading=reading(tree),
    )


def line_tree(line: str | Line) -> Criterion:
    """The tree of one curated line. Where sources differ, only what all of them say is settled."""
    if isinstance(line, str):
        return parse(line)
    readings = [parse(line.criterion), *(parse(other.criterion) for other in line.disputed)]
    if len(readings) == 1:
        return readings[0]
    open_point = Opaque(text="the sources differ")
    agreed = (All(parts=tuple(readings)), All(parts=(Any(parts=tuple(readings)), open_point)))
    return Any(parts=agreed)


REST = "further criteria: the source of this reading is"
"""How the clause begins that stands for the criteria which a curated source did not show."""


def _rest(number: int, extent: str) -> Clause:
    text = f"{REST} a{'n' if extent[0] in 'aeiou' else ''} {extent}"
    return Clause(
        id=f"I{number}",
        kind="inclusion",
        text=text,
        start=0,
        end=0,
        tree=Opaque(text=text),
        reading="opaque",
    )
