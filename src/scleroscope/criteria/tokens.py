"""Words, numbers and signs of a text, each with its place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"\b(?:e\.\s?g|i\.\s?e)\b\.?|\b(?:vs|approx|incl|etc|resp)\."
    r"|[^\W\d_]+(?:'[^\W\d_]+)?"
    r"|\d+(?:[.,]\d+)*"
    r"|[^\s\w]|_"
)
_IRREGULAR = {
    "women": "woman",
    "men": "man",
    "children": "child",
    "people": "person",
    "diagnoses": "diagnosis",
}


class Token(NamedTuple):
    """A word (as its stem), a number or a sign, at characters [start, end)."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without plural and possessive endings; the same for wordings and texts.

    >>> stem("antibodies"), stem("raynaud's"), stem("sclerosis"), stem("fibres")
    ('antibody', 'raynaud', 'sclerosis', 'fibre')
    """
    if not word[0].isalpha():
        return word.replace(" ", "")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if "." in word:
        return word.replace(".", "").replace(" ", "")
    word = word.split("'", maxsplit=1)[0] if word.endswith("'s") else word.replace("'", "")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2:] not in ("ss", "us", "is"):
        return word[:-1]
    return word


def tokens(plain: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `normal` text between `start` and `end`.

    A hyphen counts only between numbers or with a blank beside it; a full stop only where a
    sentence may end.

    >>> [token.text for token in tokens("anti-scl-70, age 18-65 (e.g. adults).")]
    ['anti', 'scl', '70', ',', 'age', '18', '-', '65', '(', 'eg', 'adult', ')', '.']
    """
    stop = len(plain) if end is None else end
    answer: list[Token] = []
    for match in _TOKEN.finditer(plain, start, stop):
        text, first, last = match.group(), match.start(), match.end()
        if text == "-":
            before = plain[first - 1] if first > start else " "
            after = plain[last] if last < stop else " "
            if (before.isalpha() and after not in " \n") or (before.isdigit() and after.isalpha()):
                continue
            if before == ")" and after.isalpha():
                continue
        elif text == ".":
            if last < stop and plain[last] not in " \n\t":
                continue
        elif text in "'\"_":
            continue
        elif len(text) > 1 or text.isalnum():
            text = stem(text)
        answer.append(Token(text, first, last))
    return answer
