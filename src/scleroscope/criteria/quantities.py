"""Numbers with their units, read from tokens."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from scleroscope.criteria.items import Quantity
from scleroscope.criteria.normal import normal
from scleroscope.criteria.tokens import Token, tokens
from scleroscope.knowledge.load import cells, rows

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGITS = 15  # longer runs of digits are no measurement
_WORDS = {
    "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0,
    "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "eighteen": 18.0, "twenty": 20.0,
    "thirty": 30.0,
}  # fmt: skip


Units = dict[str, Any]  # wordings of units as a tree of words; under "" the unit and whether it tells an age


def _add(trie: Units, wording: str, unit: str, *, age: bool = False) -> None:
    node = trie
    for token in tokens(normal(wording)):
        node = node.setdefault(token.text, {})
    if node is not trie:
        node.setdefault("", (unit, age))


@cache
def _units() -> Units:
    trie: Units = {}
    for row in rows("phrases_units"):
        for wording in cells(row["words"]):
            _add(trie, wording, row["unit"], age=row["age"] == "yes")
    for row in rows("units"):
        if row["dimension"] == "frequency" or not row["id"]:
            continue
        for wording in (row["id"], *cells(row["aliases"])):
            _add(trie, wording, row["id"])
            if row["dimension"] == "mass":
                _add_doses(trie, wording, row["id"])
    for row in rows("unit_factors"):
        _add(trie, row["unit"], row["unit"])
    return trie


def _add_doses(trie: Units, wording: str, unit: str) -> None:
    """Each wording of a mass with each wording of how often: "mg/day", "g twice daily"."""
    for rate, name in _rates():
        for joint in (" ", " / ", " per "):
            _add(trie, f"{wording}{joint}{name}", f"{unit} {rate}")
            _add(trie, f"{wording} / kg{joint}{name}", f"{unit}/kg {rate}")


@cache
def _rates() -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["id"], name)
        for row in rows("units")
        if row["dimension"] == "frequency"
        for name in (row["id"], *cells(row["aliases"]))
    )


def number(text: str) -> float | None:
    """A number as written, with thousands or decimal commas; None where it is none.

    >>> number("3,000"), number("1,5"), number("x")
    (3000.0, 1.5, None)
    """
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isdigit() or len(text) > _DIGITS:
        return None
    if ":" in text:  # a titre of 1:160 counts as 160
        return float(text.split(":")[1])
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Whether a number may begin with this word."""
    return text[0].isdigit() or text in _WORDS


def quantity(words: list[Token], place: int) -> tuple[str, object, int] | None:
    """A number with its unit at this place: ("quantity", Quantity, first token behind it).

    A pair such as 160/100 mmHg is ("pressures", (160.0, 100.0), …). None where no number stands.
    """
    value = number(words[place].text)
    if value is None:
        return None
    after = place + 1
    if after < len(words) and words[after].text == "+":
        return None if after + 1 >= len(words) else _with_unit(value, words, after + 1, plus=True)
    if after + 1 < len(words) and words[after].text == "/":
        second = number(words[after + 1].text)
        unit = _unit(words, after + 2)
        if second is not None and value > second >= 20 and value >= 60:
            return "pressures", (value, second), unit[1] if unit and unit[0][0] == "mmHg" else after + 2
        if _unit(words, after) is not None:
            return _with_unit(value, words, after)
        if second is not None:
            return "quantity", Quantity(value, "/"), after + 2
    return _with_unit(value, words, after)


def _with_unit(
    value: float, words: list[Token], after: int, *, plus: bool = False
) -> tuple[str, object, int]:
    unit = _unit(words, after)
    kind = "plus" if plus else "quantity"
    if unit is None:
        return kind, Quantity(value, ""), after
    return kind, Quantity(value, unit[0][0], unit[0][1]), unit[1]


def _unit(words: list[Token], place: int) -> tuple[tuple[str, bool], int] | None:
    """The longest unit that begins at this place, and the first token behind it."""
    node: Units | None = _units()
    found = None
    while node is not None and place < len(words):
        node = node.get(words[place].text)
        place += 1
        if node is not None and "" in node:
            found = (node[""], place)
    return found
