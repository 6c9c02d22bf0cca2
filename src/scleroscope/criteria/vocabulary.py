"""The wordings of the knowledge files as one tree of words, walked once along a text."""

from __future__ import annotations

from functools import cache
from typing import Any

from scleroscope.criteria.items import Fact, Item, Measure, Quantity
from scleroscope.criteria.normal import normal
from scleroscope.criteria.phrase_tree import phrase_tree
from scleroscope.criteria.quantities import is_number, quantity
from scleroscope.criteria.tokens import Token, tokens
from scleroscope.knowledge.load import cells, rows

Trie = dict[str, Any]
END = ""  # the key under which a wording's meaning stands; no token is empty


def add(trie: Trie, wording: str, kind: str, value: object) -> None:
    """Enter a wording; a later one replaces an earlier one that has the same words."""
    node = trie
    for token in tokens(normal(wording)):
        node = node.setdefault(token.text, {})
    if node is not trie:
        node[END] = (kind, value)


@cache
def facts() -> dict[str, Fact]:
    """The conditions of `phrases_facts.csv` by id."""
    return {row["id"]: _fact(row) for row in rows("phrases_facts")}


def _fact(row: dict[str, str]) -> Fact:
    bare, now, ever = (phrase_tree(row[name] or row["tree"]) for name in ("tree", "now", "ever"))
    return Fact(row["id"], bare, now, ever, cells(row["since"]), row["group"])


@cache
def measures() -> dict[str, Measure]:
    """The measures of `phrases_measures.csv` by id."""
    return {
        row["id"]: Measure(
            row["id"],
            cells(row["fields"]),
            row["bare"],
            "ordinal" in row["how"],
            "spread" in row["how"],
            "either" in row["how"],
            "count" in row["how"],
            "pair" in row["how"],
            "rises" in row["how"],
        )
        for row in rows("phrases_measures")
    }


@cache
def wordings() -> Trie:
    """All wordings: drugs and classes first, then conditions, measures and the words of the grammar."""
    trie: Trie = {}
    for row in rows("classes"):
        _add_all(trie, (row["name"], *cells(row["aliases"])), "drug", row["id"])
    for row in rows("drugs"):
        if row["kind"] not in _NOT_TAKEN:
            _add_all(trie, (row["name"], *cells(row["aliases"])), "drug", row["id"])
    for row in rows("phrases_treatments"):
        _add_all(trie, cells(row["words"]), "drug", row["drug"])
    for row in rows("phrases_facts"):
        _add_all(trie, cells(row["words"]), "fact", facts()[row["id"]])
    for row in rows("phrases_measures"):
        _add_all(trie, cells(row["words"]), "measure", measures()[row["id"]])
    for row in rows("phrases_words"):
        value = phrase_tree(row["value"]) if row["kind"] == "who" else row["value"]
        _add_all(trie, cells(row["words"]), row["kind"], value)
    return trie


_NOT_TAKEN = ("behavioural", "device", "diagnostic", "control")
_SHORTEST = 3  # characters; shorter names of drugs stand for too much else


def _add_all(trie: Trie, words: tuple[str, ...], kind: str, value: object) -> None:
    for wording in words:
        if kind != "drug" or len(wording) >= _SHORTEST:
            add(trie, wording, kind, value)


_SIGNS = {
    ",": "comma", ";": "stop", ".": "stop", "/": "slash", ":": "colon", "(": "open", ")": "close",
    "[": "open", "]": "close", "{": "open", "}": "close", "&": "and", "-": "dash",
}  # fmt: skip
_IGNORED = frozenset("%•*#~°^|!?\"'\\")


def items(plain: str, start: int, end: int) -> list[Item]:
    """What the text between `start` and `end` says, piece by piece; words not known are kind `word`."""
    return meanings(tokens(plain, start, end))


def meanings(words: list[Token]) -> list[Item]:
    """As `items`, of tokens: at each place the longest known wording."""
    trie = wordings()
    answer: list[Item] = []
    place, count = 0, len(words)
    while place < count:
        token = words[place]
        roman = _ROMAN.get(token.text)
        if roman and (_counts_classes(answer) or (place and words[place - 1].text == "class")):
            answer.append(Item("quantity", token.start, token.end, Quantity(roman, "")))
            place += 1
            continue
        found, reach = _longest(words, place) if token.text in trie else (None, place)
        if found is not None and found[0] in _TRAILING and _goes_on(words, reach):
            found, reach = trie[token.text].get(END), place + 1  # "and less than 80" is no "… and less"
        if found is not None:
            kind, value = found
            end = words[reach - 1].end
            if kind == "neg_past":  # "no history of"
                answer.append(Item("neg", token.start, end))
                kind = "past"
            if kind != "noise":
                answer.append(Item(kind, token.start, end, value))
            place = reach
            continue
        number = quantity(words, place) if is_number(token.text) else None
        if number is not None:
            answer.append(Item(number[0], token.start, words[number[2] - 1].end, number[1]))
            place = number[2]
            continue
        sign = _SIGNS.get(token.text, "word")
        if token.text not in _IGNORED:
            answer.append(Item(sign, token.start, token.end, token.text))
        place += 1
    return _compounds(answer)


_TRAILING = ("or_more", "or_less")


def _goes_on(words: list[Token], place: int) -> bool:
    """Whether a comparison with a number of its own begins here."""
    return place < len(words) and (words[place].text == "than" or is_number(words[place].text))


_ROMAN = {"i": 1.0, "ii": 2.0, "iii": 3.0, "iv": 4.0}


def _counts_classes(before: list[Item]) -> bool:
    """Whether a class was named a few words ago: "NYHA class III or IV", "class II to IV"."""
    if (
        len(before) > 1
        and before[-2].kind == "quantity"
        and before[-1].kind in ("to", "or", "and", "dash", "slash")
    ):
        return isinstance(before[-2].value, Quantity) and before[-2].value.value in _ROMAN.values()
    return any(isinstance(item.value, Measure) and item.value.ordinal for item in before[-6:])


_NAMES = frozenset({"measure", "fact", "drug"})


def _compounds(items: list[Item]) -> list[Item]:
    """The items without names that are none.

    A name that an unknown noun follows at once means something else ("creatinine ratio"); a name behind
    "at the time of" is only a time.
    """
    for number in range(len(items) - 1):
        item, follows = items[number], items[number + 1]
        if item.kind == "neg" and item.value == "non" and follows.kind not in _NAMES:
            items[number] = Item("word", item.start, item.end, "non")  # "non-vasectomised men"
        if item.kind == "at_time" and follows.kind in _NAMES:
            items[number + 1] = Item("moment", follows.start, follows.end)
        if item.kind == "word" and item.value == "pre" and follows.kind in _NAMES:
            items[number] = items[number + 1] = Item(
                "moment", item.start, follows.end
            )  # "pre-transplant visit"
        if item.kind == "moment" and follows.kind == "of":
            _named_moment(items, number + 2)
        close = 0 < follows.start - item.end <= 1
        if close and (
            (item.kind in _NAMES and follows.kind == "word")
            or (item.kind == "fact" and follows.kind == "treat")
        ):
            items[number] = Item("word", item.start, item.end, "")
    return items


def _named_moment(items: list[Item], place: int) -> None:
    """ "The first dose of XY-123": what the study gives is part of the moment."""
    for follows in items[place : place + 2]:
        number = isinstance(follows.value, Quantity) and not follows.value.unit
        if follows.kind != "word" and not number:
            return
        follows.kind = "moment"


def _longest(words: list[Token], place: int) -> tuple[tuple[str, object] | None, int]:
    """The meaning of the longest wording that begins at this place, and the token behind it."""
    node: Trie | None = wordings().get(words[place].text)
    found, reach = None, place
    while node is not None:
        place += 1
        if END in node:
            found, reach = node[END], place
        if place >= len(words):
            break
        node = node.get(words[place].text)
    return found, reach
