"""Running prose into sentences, also where the full stops were lost."""

from __future__ import annotations

import re
from functools import cache

from scleroscope.knowledge.load import rows

_STOP = re.compile(r"(?<=[^\s.])[.;]\s+(?=[^\s\d])")
_SHORT = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|vs|cf|approx|dr|no|incl|resp|ca|st|etc|fig|max|min|inc|al|spp?)|\b[a-z])$"
)
_RUN_ON = re.compile(r"(?<=[a-z0-9)%.,'\"])\s+(?=([A-Z][A-Za-z]+)[\s,/-])")
_JOINING = re.compile(
    r"\b(?:a|an|the|of|by|with|without|and|or|on|in|for|to|from|per|than|as|at|using|via|is|are|non)$"
)
_LONG = 130  # characters; what is shorter is one sentence whatever stands in it


@cache
def _openers() -> frozenset[str]:
    """Words that, with a capital letter, open an entry: Patients, Presence, History, …"""
    return frozenset(word for row in rows("phrases_openers") for word in row["words"].split(" | "))


def sentences(text: str, plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """(start, end) of each sentence between `start` and `end`; together they hold all of it.

    `plain` is `normal(text)`. Where a long stretch has no full stop, a capital letter on a word
    that opens entries ("Presence of …") begins the next one.

    >>> text = "Age over 18. Stable disease, e.g. no change."
    >>> [text[a:b] for a, b in sentences(text, text.lower(), 0, len(text))]
    ['Age over 18. ', 'Stable disease, e.g. no change.']
    """
    answer: list[tuple[int, int]] = []
    left = counted = start
    depth = 0
    for match in _STOP.finditer(plain, start, end):
        depth += plain.count("(", counted, match.start()) - plain.count(")", counted, match.start())
        counted = match.start()
        if depth > 0 or _SHORT.search(plain, max(left, match.start() - 8), match.start()):
            continue
        answer += _run_ons(text, left, match.end())
        left, depth = match.end(), 0
    if left < end:
        answer += _run_ons(text, left, end)
    return answer


def _run_ons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start < _LONG:
        return [(start, end)]
    cuts = [start]
    for match in _RUN_ON.finditer(text, start, end):
        opens = match[1].lower() in _openers() and match.start(1) - cuts[-1] > 15
        if opens and not _JOINING.search(text, cuts[-1], match.start()):
            cuts.append(match.start(1))
    return list(zip(cuts, [*cuts[1:], end], strict=True))
