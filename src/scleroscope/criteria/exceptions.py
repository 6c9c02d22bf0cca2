"""Exceptions: "other than …", "except …", "unless …"."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.bounds import days, is_time
from scleroscope.criteria.connect import connect
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Bound, Fact, Item, Window
from scleroscope.criteria.place import every, opposite, some
from scleroscope.knowledge.units import tidy
from scleroscope.model.criterion import All, Any, Criterion, Not, Opaque, Span, Taking


def excepted(main: Criterion, left: list[Item], right: list[Item], frame: Frame) -> Criterion:
    """The main statement without what is excepted. What is not understood leaves it open."""
    if not right:
        return _behind(left, frame) or every([main, Opaque(text="", span=None)])
    span = Span(right[0].start, right[-1].end)
    words = Opaque(text=frame.text[span.start : span.end], span=span)
    kinds = {item.kind for item in right}
    if "word" not in kinds and "drug" in kinds and not kinds & {"fact", "measure"}:
        taken = _drugs(main, right)
        if taken is not None:
            return taken
    since = _stopped(main, right) if frame.bars else None
    if since is not None:
        return since
    if _subject_itself(left, right):
        inner = msgspec.structs.replace(frame, given=(*frame.given, Item("now", left[0].start, left[-1].end)))
        return connect(left, inner) or main
    # "except A, B and C": each of them is excepted
    each = not kinds & {"bound", "lasting", "stable"} and bool(kinds & {"fact", "drug", "word"})
    inner = msgspec.structs.replace(frame, bars=not frame.bars, force="except" if each else frame.force)
    exception = connect(right, inner)
    if exception is None:
        return every([main, words])
    if not frame.bars:  # who has what is asked is not kept out by having what is excepted too
        return every([main, some([opposite(exception), words])])
    return every([main, opposite(exception)])


def _behind(left: list[Item], frame: Frame) -> Criterion | None:
    """ "A, B not included": the exception stands before its word."""
    commas = [place for place, item in enumerate(left) if item.kind == "comma"]
    if not commas or not left[: commas[-1]] or not left[commas[-1] + 1 :]:
        return None
    main = connect(left[: commas[-1]], frame)
    return None if main is None else excepted(main, left[: commas[-1]], left[commas[-1] + 1 :], frame)


def _stopped(main: Criterion, right: list[Item]) -> Criterion | None:
    """ "Ever taken X, unless stopped more than 4 weeks ago": taken within 4 weeks."""
    kinds = {item.kind for item in right}
    if "stopped" not in kinds or kinds & {"fact", "drug", "measure", "word", "severe", "paren", "neg", "if"}:
        return None
    times = [span for item in right if (span := _least(item)) is not None]
    taken = [leaf for leaf in _leaves(main) if not isinstance(leaf, Opaque)]
    if len(times) != 1 or not taken or not all(isinstance(leaf, Taking) for leaf in taken):
        return None
    within = [
        msgspec.structs.replace(leaf, when="ever", within_weeks=tidy(times[0] / 7), dose=None)
        for leaf in taken
        if isinstance(leaf, Taking)
    ]
    return some(list(within))


def _least(item: Item) -> float | None:
    """The least time that an item asks for, in days."""
    if isinstance(item.value, Window):
        return item.value.low
    if isinstance(item.value, Bound) and is_time(item) and item.value.low is not None:
        return days(item.value.low, item.value.unit)
    if isinstance(item.value, Bound) and item.kind == "lasting" and item.value.low is not None:
        return item.value.low * 7
    return None


def _leaves(tree: Criterion) -> list[Criterion]:
    match tree:
        case All(parts=parts) | Any(parts=parts):
            return [leaf for part in parts for leaf in _leaves(part)]
    return [tree]


def _subject_itself(left: list[Item], right: list[Item]) -> bool:
    """ "an autoimmune disease other than systemic sclerosis": the name before means just that already."""
    already = any(isinstance(item.value, Fact) and item.value.group == "other_disease" for item in left)
    named = [item.value for item in right if isinstance(item.value, Fact)]
    return (
        already
        and bool(named)
        and all(fact.group == "subject" for fact in named)
        and not any(item.kind == "word" for item in right)
    )


def _drugs(main: Criterion, right: list[Item]) -> Criterion | None:
    """A treatment list with some names taken out, wherever it stands in the tree."""
    if any(isinstance(item.value, Bound) for item in right):
        return None
    names = tuple(dict.fromkeys(str(item.value) for item in right if item.kind == "drug"))
    spared = _spare(main, names)
    return None if spared == main else spared


def _spare(tree: Criterion, names: tuple[str, ...]) -> Criterion:
    match tree:
        case Taking():
            return msgspec.structs.replace(tree, except_names=(*tree.except_names, *names))
        case All(parts=parts) | Any(parts=parts):
            return msgspec.structs.replace(tree, parts=tuple(_spare(part, names) for part in parts))
        case Not(part=part):
            return Not(part=_spare(part, names))
    return tree
