"""Entries that lead to others: "one of the following:", "treatment within 4 weeks with any of:"."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.asides import GIVEN
from scleroscope.criteria.items import Bound, Item
from scleroscope.model.criterion import Kind

_NAMING = ("fact", "drug", "measure", "pressures", "bound")
_LABEL = 4  # words of a title such as "adequate organ function"
_LINKS = frozenset({"oneof", "allof", "colon", "define", "dash", "stop"})
_WORDS = frozenset({"word", "severe", "except", "unless", "allow", "paren"})
_TITLE = frozenset(
    {
        "word",
        "qual",
        "quantity",
        "comma",
        "treat",
        "of",
        "prior",
        "diag",
        "severe",
        "fact",
        "drug",
        "and",
        "or",
        "slash",
        "window",
        "moment",
    }
)


class Lead(msgspec.Struct):
    """How an entry and those under it hang together.

    `alone`: each of those below is a criterion by itself; `handed` are the words of the lead that count
    for each of them; `own` what the lead says itself; `silent` that it says nothing itself.
    """

    alone: bool
    joint: str = ""
    count: int = 0
    silent: bool = True
    own: list[Item] = []
    handed: tuple[Item, ...] = ()


def lead(items: list[Item], kind: Kind) -> Lead:
    """What the words of an entry mean for the entries under it."""
    out = kind == "exclusion"
    choice = next((number for number, item in enumerate(items) if item.kind == "oneof"), None)
    if choice is None:  # "at least one marker of activity:", with the markers under it
        choice = next((number for number, item in enumerate(items[:2]) if _one(item, items)), None)
    whole = any(item.kind == "allof" for item in items)
    count = _count(items[choice]) if choice is not None else 0
    joint = "or" if choice is not None or (out and not whole) else "and"
    # "any of the following heart diseases": what stands behind names the kind of the entries
    own = [item for item in (items if choice is None else items[:choice]) if item.kind not in _LINKS]
    announced = choice is not None or any(item.kind in ("colon", "define") for item in items)
    handed = tuple(item for item in items if item.kind in GIVEN) if announced else ()
    if out:  # "patients must not have any of these", among reasons for exclusion
        handed = tuple(item for item in handed if item.kind != "neg")
    names = [item for item in own if item.kind in _NAMING]
    words = [item for item in own if item.kind in _WORDS]
    conditional = any(item.kind in ("if", "who") for item in own)
    label = not conditional and len(names) + len(words) <= _LABEL and all(item.kind in _TITLE for item in own)
    each = (joint == "or") == out and count < 2 and not (whole and out)
    if not conditional and (not names or (label and out)):
        if each and (out or label or not words):
            return Lead(alone=True, handed=(*handed, *(words if choice is not None or not label else ())))
        if not words or label:
            return Lead(alone=False, joint=joint, count=count, handed=handed)
        joint = joint if choice is not None or whole else "disputed"
        return Lead(alone=False, joint=joint, count=count, handed=handed)
    return Lead(alone=False, joint=joint, count=count, own=own, silent=False)


def _one(item: Item, items: list[Item]) -> bool:
    """Whether a lead that names no measure asks for one of the things under it."""
    bound = item.value
    counted = isinstance(bound, Bound) and bound.unit == "" and bound.low == 1 and bound.high is None
    return counted and not any(other.kind in ("fact", "drug", "measure", "pressures") for other in items)


def _count(item: Item) -> int:
    return int(str(item.value)) if str(item.value).isdigit() else 0
