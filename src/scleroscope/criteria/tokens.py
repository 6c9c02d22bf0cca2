"""Words, numbers and signs of a text, each with its place."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_TOKEN = re.compile(
    r"\b(?:e\.\s?g|i\.\s?e)\b\.?|\b(?:vs|approx|incl|etc|resp)\."
    r"|[^\W\d_]+(?:'[^\W\d_]+)?"
    r"|\b1 ?: ?\d{2,5}\b"  # a titre
    r"|\d{1,3}(?: 000)+(?![\d.,])"  # 75 000
    r"|\d+(?:[.,]\d+)*"
    r"|[^\s\w]|_"
)
_SILENT = frozenset("'\"_")
_IRREGULAR = {
    "women": "woman",
    "men": "man",
    "children": "child",
    "people": "person",
    "diagnoses": "diagnosis",
}


class Token(msgspec.Struct, frozen=True, gc=False):
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
    append = answer.append
    for match in _TOKEN.finditer(plain, start, stop):
        text = match.group()
        first, last = match.span()
        if text[0].isalnum():
            if text[0].isdigit() and _footnote(plain, first, last, start):
                continue
            append(Token(stem(text), first, last))
        elif text == "&":
            append(Token("and", first, last))
        elif text not in _SILENT and (text not in "-." or _counts(plain, text, first, last, start, stop)):
            append(Token(text, first, last))
    return answer


def _footnote(plain: str, first: int, last: int, start: int) -> bool:
    """Whether a number stands right behind the full stop of a word: "the criteria.9"."""
    if first - 3 < start or last - first > 2 or plain[first - 1] != ".":
        return False
    return plain[first - 3 : first - 1].isalpha() and not plain[last : last + 1].isalnum()


def _counts(plain: str, sign: str, first: int, last: int, start: int, stop: int) -> bool:
    """Whether a hyphen or full stop is more than a part of a word."""
    if sign == ".":
        return last >= stop or plain[last] in " \n\t"
    before = plain[first - 1] if first > start else " "
    if before == "-":
        return False
    after = plain[last : min(last + 2, stop)].removeprefix("-")[:1] or " "
    joins = (before.isalpha() and after not in " \n") or (before.isdigit() and after.isalpha())
    return not joins and not (before == ")" and after.isalpha())
