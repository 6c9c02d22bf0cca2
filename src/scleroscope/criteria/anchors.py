"""Times that begin somewhere: "disease duration (from the first non-Raynaud symptom) ≤ 5 years"."""

from __future__ import annotations

from scleroscope.criteria.items import Item, Measure


def anchored(items: list[Item]) -> list[Item]:
    """The items with a duration of unsaid beginning replaced by the one whose beginning is told.

    "Duration ≤ 3 years (defined as time from the first symptom)" is one measure, told in two places.
    """
    duration = next((number for number, item in enumerate(items) if _spread(item)), None)
    anchor = _anchor(items)
    if anchor is None:
        return items
    outer, inner = anchor
    measure = inner.value
    if duration is not None:
        first = items[duration]
        answer = [*items]
        answer[duration] = Item("measure", first.start, first.end, measure)
        return _without(answer, outer, inner, keep=None)
    if isinstance(outer.value, list):
        answer = [*items]
        place = answer.index(outer)
        answer[place] = Item("measure", inner.start, inner.end, measure)
        return answer
    return _without(items, outer, inner, keep=inner)


def _spread(item: Item) -> bool:
    return isinstance(item.value, Measure) and item.value.spread


def _anchor(items: list[Item]) -> tuple[Item, Item] | None:
    """The first told beginning: the item at the top that holds it, and the measure itself."""
    for item in items:
        inner = item.value if isinstance(item.value, list) else [item]
        if isinstance(item.value, list) and any(one.kind in ("bound", "window", "paren") for one in inner):
            continue
        for one in inner:
            if isinstance(one.value, Measure) and not one.value.spread and one.value.bare == "anchor":
                return item, one
    return None


def _without(items: list[Item], outer: Item, inner: Item, *, keep: Item | None) -> list[Item]:
    """The items without the place where the beginning was told, nor the "defined as" before it."""
    answer: list[Item] = []
    for item in items:
        if item is outer and keep is None:
            if answer and answer[-1].kind == "define":
                answer.pop()
            continue
        answer.append(item)
    if keep is not None:
        place = answer.index(keep)
        if place and answer[place - 1].kind == "define":
            del answer[place - 1]
    return answer
