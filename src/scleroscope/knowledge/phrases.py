"""Find known wordings in free text, all at once, with word boundaries.

Text and wordings are compared as sequences of tokens: runs of letters and runs of digits, in lower
case, without accents. So `IL-6`, `IL6` and `il 6` are one wording, and so are `anti‑CD20` and
`anti CD20`; line breaks and hyphens never hide a drug, and `IL-6` is not found in `IL-60`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import ahocorasick

_DIGIT = re.compile(r"[0-9]")
_BLANKS = {code: " " for code in range(128) if not chr(code).isalpha()}
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


class Found(NamedTuple):
    """A wording that stands in a text: whose it is, characters [start, end), the words as written."""

    id: str
    start: int
    end: int
    matched: str


class Phrases:
    """A compiled set of wordings, each with the id that it stands for."""

    def __init__(self, wordings: Iterable[tuple[str, str]], *, first_wins: bool = False) -> None:
        """Compile (wording, id) pairs; the plural of a wording's last word is added.

        ValueError when a wording holds neither letter nor digit, or stands for two ids; with
        `first_wins` it keeps the first of these.
        """
        keys: dict[str, str] = {}
        for wording, identity in wordings:
            key = plain(wording)
            if not key:
                raise ValueError(f"the wording {wording!r} of {identity} holds neither letter nor digit")
            if keys.setdefault(key, identity) != identity and not first_wins:
                raise ValueError(f"the wording {wording!r} stands for both {keys[key]} and {identity}")
        self._keys = dict(keys)
        for key, identity in keys.items():
            for plural in _plurals(key):
                self._keys.setdefault(plural, identity)
        self._machine: Any = ahocorasick.Automaton()
        for key, identity in self._keys.items():
            self._machine.add_word(f" {key} ", (identity, len(key)))
        if self._keys:
            self._machine.make_automaton()

    def __len__(self) -> int:
        return len(self._keys)

    def exact(self, text: str) -> str | None:
        """The id of a text that is one wording and nothing else."""
        return self._keys.get(plain(text))

    def ids(self, text: str) -> list[str]:
        """The ids of the wordings in the text, in order, without positions (the fast way)."""
        return [identity for identity, _, _ in self._leftmost_longest(plain(text))]

    def find(self, text: str) -> list[Found]:
        """The wordings in the text, leftmost and longest first, none overlapping another."""
        words = plain(text)
        chosen = self._leftmost_longest(words)
        if not chosen:
            return []
        # No further than the last wording: the rest of a long text need not be taken apart again.
        most = words.count(" ", 0, chosen[-1][2]) + 1
        tokens = [match.span() for match in islice(_TOKEN.finditer(text), most)]
        found: list[Found] = []
        token = position = 0  # in the plain form, tokens are told apart by the spaces before them
        for identity, start, end in chosen:
            first = token + words.count(" ", position, start)
            token = first + words.count(" ", start, end)
            position = end
            begin, stop = tokens[first][0], tokens[token][1]
            found.append(Found(identity, begin, stop, text[begin:stop]))
        return found

    def _leftmost_longest(self, words: str) -> list[tuple[str, int, int]]:
        if not self._keys or not words:
            return []
        hits = [
            (end - 1 - length, length, identity)
            for end, (identity, length) in self._machine.iter(f" {words} ")
        ]
        if not hits:
            return []
        if len(hits) > 1:
            hits.sort(key=lambda hit: (hit[0], -hit[1]))
        chosen: list[tuple[str, int, int]] = []
        reached = 0
        for start, length, identity in hits:
            if start >= reached:
                chosen.append((identity, start, start + length))
                reached = start + length
        return chosen


def plain(text: str) -> str:
    """A text as its tokens with one space between: the form in which wordings are compared.

    >>> plain("Anti-IL6R (SAR-156597®)")
    'anti il 6 r sar 156597'
    """
    if text.isascii():
        if _DIGIT.search(text):
            return " ".join(_TOKEN.findall(text.lower()))
        # Without digits there is no border inside a word, and blanks part the tokens: three times as fast.
        return " ".join(text.lower().translate(_BLANKS).split())
    return " ".join(_fold(word) for word in _TOKEN.findall(text))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word)
    # Some letters decompose into several words (U+FDFA); a token stays one token.
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char != " ").lower()


def _plurals(key: str) -> tuple[str, ...]:
    last = key.rsplit(" ", 1)[-1]
    if len(last) < 4 or not last.isascii() or not last.isalpha() or last.endswith("s"):
        return ()
    if last.endswith("y") and last[-2] not in "aeiou":
        return (f"{key[:-1]}ies",)
    return (f"{key}s",)
