"""Text as the reader sees it: lower case, one spelling of every sign, and as long as the original.

Character *i* of the result stands for character *i* of the text, so that no offset ever moves.
A sign written with several characters (`&gt;`) becomes one sign followed by blanks.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "≥": "≥", "⩾": "≥", "≧": "≥", "⋝": "≥", "≳": "≥", "＞": ">", "›": ">", "〉": ">", "˃": ">", "﹥": ">",
    "≤": "≤", "⩽": "≤", "≦": "≤", "⋜": "≤", "≲": "≤", "＜": "<", "‹": "<", "〈": "<", "˂": "<", "﹤": "<",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "－": "-", "﹣": "-", "˗": "-",
    "’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'", "′": "'", "‛": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "×": "x", "✕": "x", "✖": "x", "⨯": "x", "∗": "*", "⁎": "*", "⋅": "*",
    "•": "•", "●": "•", "◦": "•", "▪": "•", "○": "•", "■": "•", "□": "•",
    "‣": "•", "⁃": "•", "": "•", "◆": "•",
    "％": "%", "﹪": "%", "：": ":", "；": ";", "，": ",", "．": ".", "。": ".", "、": ",",
    "（": "(", "）": ")",
    "／": "/", "⁄": "/", "∕": "/", "＝": "=", "＋": "+",
    "µ": "u", "μ": "u", "º": "°", "…": ".",
    "\\": " ", "\r": " ",
}  # fmt: skip

_ENTITY = re.compile(
    r"&(?:amp;)?(?:gt|lt|ge|le|amp|nbsp|quot|apos|plusmn|times|micro|mu|ndash|mdash|#x?[0-9a-f]{1,6});",
    re.IGNORECASE,
)
_NAMED = {
    "gt": ">", "lt": "<", "ge": "≥", "le": "≤", "amp": "&", "nbsp": " ", "quot": '"', "apos": "'",
    "plusmn": "±", "times": "x", "micro": "u", "mu": "u", "ndash": "-", "mdash": "-",
}  # fmt: skip


def _single(char: str) -> str:
    """One character for one character."""
    if char in _SIGNS:
        return _SIGNS[char]
    category = unicodedata.category(char)
    if category[0] == "C" and char not in "\n\t":
        return " "  # control characters, direction marks, zero-width blanks
    if category[0] == "Z":
        return "\n" if char in "\u2028\u2029" else " "
    folded = unicodedata.normalize("NFKD", char)
    if folded and (category[0] == "L" or char.isdigit()):
        char = folded[0]  # é → e, ⁹ → 9; but ½ stays what it is
    low = char.lower()
    return low if len(low) == 1 else char


_ESCAPED = re.compile(r"(?<=\w)\\-")


class _Table(dict[int, str]):
    """Characters met so far and what stands for them."""

    def __missing__(self, code: int) -> str:
        answer = self[code] = _single(chr(code))
        return answer


_TABLE = _Table()


def _entity(match: re.Match[str]) -> str:
    name = match.group().lower().strip("&;").removeprefix("amp;")
    if name.startswith("#"):
        digits = name.removeprefix("#")
        code = int(digits[1:], 16) if digits[:1] == "x" else int(digits) if digits.isdigit() else 32
        sign = chr(code) if 32 <= code < 0x110000 else " "
    else:
        sign = _NAMED[name]
    return sign.ljust(len(match.group()))


def normal(text: str) -> str:
    """The text in lower case with one spelling of each sign; same length, same positions.

    >>> normal("mRSS \\\\&gt;= 15 – 40")
    'mrss  >   = 15 - 40'
    """
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "\\-" in text:
        text = _ESCAPED.sub("--", text)  # an escaped hyphen within a word is one
    return text.translate(_TABLE)
