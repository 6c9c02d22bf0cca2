"""The commonest wordings that the reader does not understand: the work list for its next improvement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from scleroscope.criteria.curated import REST
from scleroscope.criteria.leaves import leaves
from scleroscope.model.criterion import (
    Eligibility,
    Opaque,
)


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """The wordings that wait to be read, and the trials of which no source showed every criterion."""

    wordings: tuple[Gap, ...]
    in_part: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One wording, numbers written as #: how often it stands unread, in how many trials, in which first."""

    wording: str
    count: int
    trials: int
    first: str


def gaps(read: Iterable[tuple[str, Eligibility]], most: int | None = None) -> Gaps:
    """The unread wordings of many trials, given as (id, criteria), commonest first; procedural text left out.

    `most` limits how many are returned. Criteria that a curated source did not show are no wording that
    could be read: the trials with such are only counted.
    """
    in_part = 0
    counts: Counter[str] = Counter()
    trials: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for trial, eligibility in read:
        in_part += any(clause.text.startswith(REST) for clause in eligibility.clauses)
        for clause in eligibility.clauses:
            for leaf in leaves(clause.tree):
                if not isinstance(leaf, Opaque) or leaf.procedural or leaf.text.startswith(REST):
                    continue
                if wording := _wording(leaf.text):
                    counts[wording] += 1
                    trials[wording][trial] = None
    ranked = sorted(counts, key=lambda one: (-len(trials[one]), -counts[one], one))
    wordings = tuple(
        Gap(wording=one, count=counts[one], trials=len(trials[one]), first=next(iter(trials[one])))
        for one in ranked[:most]
    )
    return Gaps(wordings=wordings, in_part=in_part)


def _wording(text: str) -> str:
    words = re.sub(r"\d+(?:[.,]\d+)*", "#", text.casefold())
    return " ".join(re.findall(r"[^\W_]+|[#%<>≤≥=]", words))
