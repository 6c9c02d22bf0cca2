"""What is not understood beside one of several alternatives, said of all of them."""

from __future__ import annotations

from itertools import pairwise

from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.parts import TENSES, Part


def shared_doubts(found: list[Part]) -> None:
    """What is not understood before "A or B", or behind it, may be said of both.

    "Unstable treatment with A or B" does not keep out who takes B and is stable.
    """
    doubts: list[Item] = []
    for one, other in pairwise(found):
        doubts = _before(one, other) or doubts
        doubts = _hand(doubts, other) if _alternatives(one, other) else []
    doubts = []
    for other, one in pairwise(reversed(found)):
        doubts = _behind(other) or doubts
        doubts = _hand(doubts, one) if _alternatives(one, other) else []


def _alternatives(one: Part, other: Part) -> bool:
    """Whether two parts name like things, so that what qualifies one may qualify the other."""
    if other.joint == "with" or one.bounds or other.bounds or other.who or other.flags & TENSES:
        return False
    if (one.windows and other.windows) or "neg" in other.flags - one.flags:
        return False
    if one.drugs and other.drugs:
        return True
    apart = {_group(item) for item in (*one.facts, *other.facts)} & _APART
    return bool(one.facts and other.facts) and not (other.pause or apart)


_APART = frozenset({"expecting", "duty", "consent"})  # groups that no adjective of a neighbour qualifies


def _group(item: Item) -> str:
    return item.value.group if isinstance(item.value, Fact) else ""


def _before(part: Part, other: Part) -> list[Item]:
    """What is not understood before the first name of a part; in a list with commas, not its own noun."""
    names = [item.start for item in (*part.facts, *part.drugs, *part.measures)]
    first = min(names, default=part.start)
    unread = [item for item in (*part.words, *part.severe) if item.start < first and item.value != "other"]
    if not other.pause:
        return unread
    return [item for item in unread if item.kind == "severe" or first - item.end > 1]


def _behind(part: Part) -> list[Item]:
    """What is not understood behind the last name of a part."""
    names = [item.start for item in (*part.facts, *part.drugs, *part.measures)]
    last = max(names, default=part.end)
    return [item for item in (*part.words, *part.severe) if item.start > last and item.value != "other"]


def _hand(doubts: list[Item], part: Part) -> list[Item]:
    """Give the doubts to a part that has none of its own; what may be handed further."""
    if part.words or part.severe:
        return []
    part.words = [*part.words, *(item for item in doubts if item.kind != "severe")]
    part.severe = [*part.severe, *(item for item in doubts if item.kind == "severe")]
    return doubts
