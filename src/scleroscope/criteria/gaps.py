"""The commonest wordings that the reader does not understand: the work list for its next improvement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Is,
    Not,
    Opaque,
    Taking,
)


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One wording, numbers written as #: how often it stands unread, in how many trials, in which first."""

    wording: str
    count: int
    trials: int
    first: str


def gaps(read: Iterable[tuple[str, Eligibility]], most: int | None = None) -> list[Gap]:
    """The unread wordings of many trials, given as (id, criteria), commonest first; procedural text left out.

    `most` limits how many are returned.
    """
    counts: Counter[str] = Counter()
    trials: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for trial, eligibility in read:
        for clause in eligibility.clauses:
            for leaf in opaque(clause.tree):
                if not leaf.procedural and (wording := _wording(leaf.text)):
                    counts[wording] += 1
                    trials[wording][trial] = None
    ranked = sorted(counts, key=lambda one: (-len(trials[one]), -counts[one], one))
    return [
        Gap(wording=one, count=counts[one], trials=len(trials[one]), first=next(iter(trials[one])))
        for one in ranked[:most]
    ]


def opaque(tree: Criterion) -> Iterator[Opaque]:
    """The parts of a tree that were not understood."""
    match tree:
        case Opaque():
            yield tree
        case Not(part=part):
            yield from opaque(part)
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from opaque(part)
        case Has() | Is() | Compare() | Taking():
            return


def _wording(text: str) -> str:
    words = re.sub(r"\d+(?:[.,]\d+)*", "#", text.casefold())
    return " ".join(re.findall(r"[^\W_]+|[#%<>≤≥=]", words))
