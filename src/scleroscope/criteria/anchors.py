"""Times that begin somewhere: "disease duration (from the first non-Raynaud symptom) ≤ 5 years"."""

from __future__ import annotations

from scleroscope.criteria.items import Fact, Item, Measure
from scleroscope.criteria.vocabulary import measures


def anchored(items: list[Item]) -> list[Item]:
    """The items with a duration of unsaid beginning replaced by the one whose beginning is told.

    "Duration ≤ 3 years (defined as time from the first symptom)" is one measure, told in two places.
    """
    if not any(item.kind in _TOLD for item in items):
        return items
    items = _first_symptoms(items)
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


_BETWEEN = frozenset(
    {"symptom", "first", "of", "comma", "and", "or", "slash", "moment", "since", "critword", "dash"}
)
_TOLD = frozenset({"measure", "first", "symptom"})
_REACH = 9  # items between "first" and "Raynaud"


def _first_symptoms(items: list[Item]) -> list[Item]:
    """ "The first sign or symptom of the disease other than Raynaud's": the beginning of the disease."""
    for number, item in enumerate(items):
        if item.kind not in ("first", "symptom") and not _spread(item):
            continue
        end, spared, unknown = number + 1, False, 0
        while end < len(items) and end - number <= _REACH and not _raynaud(items[end]):
            follows = items[end]
            spared = spared or follows.kind in ("except", "neg")
            subject = isinstance(follows.value, Fact) and follows.value.group in ("subject", "subset")
            unknown += follows.kind == "word"
            if unknown > 1 or not (
                subject
                or follows.kind == "word"
                or follows.kind in ("except", "neg", "qual")
                or follows.kind in _BETWEEN
            ):
                break
            end += 1
        if end < len(items) and spared and _raynaud(items[end]):
            end += 1
            while end < len(items) and items[end].kind == "symptom":
                end += 1
            told = Item("measure", item.start, items[end - 1].end, _beginning())
            return [*items[:number], told, *items[end:]]
    return items


def _raynaud(item: Item) -> bool:
    return isinstance(item.value, Fact) and item.value.group == "raynaud"


def _beginning() -> Measure:
    return next(one for one in measures().values() if one.bare == "anchor")


def _spread(item: Item) -> bool:
    return isinstance(item.value, Measure) and item.value.spread


def _anchor(items: list[Item]) -> tuple[Item, Item] | None:
    """The first told beginning: the item at the top that holds it, and the measure itself."""
    found: list[tuple[Item, Item]] = []
    for item in items:
        inner = item.value if isinstance(item.value, list) else [item]
        if isinstance(item.value, list) and any(one.kind in ("bound", "window", "paren") for one in inner):
            continue
        found += [
            (item, one) for one in inner if isinstance(one.value, Measure) and one.value.bare == "anchor"
        ]
    # "diagnosis, as defined by the first symptom": the first in the file is the more telling one
    order = [measure.id for measure in measures().values()]
    return min(found, key=lambda pair: order.index(pair[1].value.id), default=None)  # type: ignore[attr-defined]


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
            del answer[place - 1 - (place > 1 and answer[place - 2].kind == "comma") : place]
    return answer
