"""What stays unclassified over a set of studies, ranked: the work list for new knowledge rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from scleroscope.knowledge.phrases import plain
from scleroscope.model.labels import Labels

_EXAMPLES = 3


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Words that no row of the knowledge files covers yet."""

    kind: str  # intervention, outcome, sponsor
    text: str  # as the first study wrote it
    studies: int  # how many studies use these words
    examples: tuple[str, ...]  # ids of some of them


def gaps(labelled: Iterable[tuple[str, Labels]]) -> list[Gap]:
    """The gaps of (study id, labels) pairs, those of most studies first, then by kind and text.

    Spelling differences that the wordings ignore (case, hyphens, punctuation) count as one gap.
    """
    words: dict[tuple[str, str], str] = {}
    studies: Counter[tuple[str, str]] = Counter()
    examples: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for identity, labels in labelled:
        for key, text in {_key(entry): entry for entry in labels.unclassified}.items():
            words.setdefault(key, text.partition(": ")[2])
            studies[key] += 1
            if len(examples[key]) < _EXAMPLES:
                examples[key].append(identity)
    ranked = sorted(words, key=lambda key: (-studies[key], *key))
    return [
        Gap(kind=key[0], text=words[key], studies=studies[key], examples=tuple(examples[key]))
        for key in ranked
    ]


def _key(entry: str) -> tuple[str, str]:
    kind, _, text = entry.partition(": ")
    return kind, plain(text) or text
