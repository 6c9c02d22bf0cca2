"""Rules for some: "if A, B", "patients with A must B", "A is allowed up to 10 mg", "A is not allowed"."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.connect import connect
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.place import every, opposite, some
from scleroscope.model.criterion import Criterion, Opaque, Span, Taking

NAMING = ("fact", "drug", "measure", "pressures")


def _sentence(items: list[Item], frame: Frame) -> Criterion | None:
    """A part of a rule as a sentence of its own."""
    from scleroscope.criteria.clause import sentence_tree

    return sentence_tree(items, frame)


def unread(items: list[Item], text: str) -> Opaque:
    """The items as they stand, not understood."""
    span = Span(items[0].start, items[-1].end)
    return Opaque(text=text[span.start : span.end], span=span)


def permitted(items: list[Item], frame: Frame) -> Criterion | None:
    """ "X up to 10 mg is allowed if stable for 4 weeks": who takes X takes it so; None where more is said."""
    place = next((number for number, item in enumerate(items) if item.kind == "allow"), None)
    if frame.bars or place is None:
        return None
    said = [item for item in items[place + 1 :] if item.kind in ("lasting", "stable", "window", "dose")]
    unread = [
        item for item in items[place + 1 :] if item.kind in (*NAMING, "word", "severe", "paren", "bound")
    ]
    drugs = [part for part in _cut_any(items[:place], ("comma", "and", "or", "andor")) if part]
    if unread or not drugs or not all(any(item.kind == "drug" for item in part) for part in drugs):
        return None
    if any(item.kind not in _PERMITTED for part in drugs for item in part):
        return None
    rules: list[Criterion] = []
    for part in drugs:
        if not any(item.kind in ("paren", "bound", "lasting", "window") for item in (*part, *said)):
            return None
        named = [item for item in part if item.kind in ("drug", "route")]
        rule = _asked_of(named, [*part, *said], frame)
        if rule is None:
            return None
        rules.append(rule)
    return every(rules)


_PERMITTED = frozenset(
    {"drug", "route", "paren", "bound", "equiv", "stable", "lasting", "treat", "now", "of", "must"}
)


def _cut_any(items: list[Item], kinds: tuple[str, ...]) -> list[list[Item]]:
    answer: list[list[Item]] = [[]]
    for item in items:
        if item.kind in kinds:
            answer.append([])
        else:
            answer[-1].append(item)
    return answer


def conditional(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "If A, B": B is asked only of those with A. Behind the rule ("B if A") alike."""
    before, behind = items[:place], items[place + 1 :]
    if items[place].value == "used":  # "X, when used, at most 10 mg": asked of those who take X
        named = [item for item in before if item.kind in ("drug", "route")]
        rest = behind[1:] if behind and behind[0].kind in ("comma", "close") else behind
        head = [item for item in before if item.kind != "comma"]
        return _asked_of(named, head + rest, frame) or unread(items, frame.text)
    if any(item.kind in NAMING for item in before) or not behind:
        return _trailing(items, before, behind, frame)
    kinds = [item.kind for item in behind]
    cut = next(
        (number for number, kind in enumerate(kinds) if kind in ("then", "comma", "colon", "must")), None
    )
    if cut is None:
        return unread(items, frame.text)
    named = [item for item in behind[:cut] if item.kind in ("drug", "route")]
    asks = next((kind for kind in kinds[cut:] if kind in (*NAMING, "bound", "stable", "lasting")), "")
    if named and asks in ("bound", "stable", "lasting"):
        return _asked_of(named, [*named, *behind[cut + 1 :]], frame) or unread(items, frame.text)
    condition = connect(behind[:cut], msgspec.structs.replace(frame, bars=not frame.bars))
    rule = _sentence(behind[cut + 1 :], frame)
    if condition is None or rule is None:
        return unread(items, frame.text)
    return every([condition, rule]) if frame.bars else some([opposite(condition), rule])


def _trailing(items: list[Item], before: list[Item], behind: list[Item], frame: Frame) -> Criterion | None:
    """ "B if A", with B named."""
    rule = connect(before, frame)
    if rule is None:
        return unread(items, frame.text)
    known = any(item.kind in (*NAMING, "who") for item in behind) and not any(
        item.kind in ("word", "severe", "paren", "drug") for item in behind
    )
    condition = connect(behind, msgspec.structs.replace(frame, bars=True)) if known else None
    if condition is None:
        return every([rule, unread(behind or items, frame.text)])
    return every([rule, condition]) if frame.bars else some([opposite(condition), rule])


def _asked_of(named: list[Item], rule: list[Item], frame: Frame) -> Criterion | None:
    """What is asked of those who take a drug: its dose, and for how long it was the same."""
    names = tuple(dict.fromkeys(str(item.value) for item in named if item.kind == "drug"))
    if frame.bars or not names:
        return None
    taking = Taking(
        names=names,
        routes=tuple(dict.fromkeys(str(item.value) for item in named if item.kind == "route")),
        span=Span(named[0].start, named[-1].end),
    )
    asked = connect([Item("must", rule[0].start, rule[0].start), *rule], frame)
    return None if asked is None else some([opposite(taking), asked])


def forbidden(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "X is not permitted": who has X is kept out."""
    left = items[: place - 1]
    if not place or items[place - 1].kind != "neg" or not any(item.kind in NAMING for item in left):
        return None
    tree = _sentence(left, msgspec.structs.replace(frame, bars=True))
    return tree if tree is None or frame.bars else opposite(tree)


def ruled(items: list[Item], frame: Frame) -> Criterion | None:
    """ "Patients with A must have B": asked of those with A alone, unless A is the disease itself."""
    place = next((number for number, item in enumerate(items) if item.kind == "must"), 0)
    left, right = items[:place], items[place + 1 :]
    kinds = {item.kind for item in left}
    limited = "drug" in kinds or any(
        isinstance(item.value, Fact) and item.value.group not in _ASKED for item in left
    )
    if not limited or kinds & {"measure", "bound", "neg", "who", "if", "colon", "define", "except", "unless"}:
        return None
    if not any(item.kind in (*NAMING, "bound", "stable", "lasting") for item in right):
        return None
    named = [item for item in left if item.kind in ("drug", "route")]
    if "drug" in kinds and "fact" not in kinds and not any(item.kind in NAMING for item in right):
        return _asked_of(named, [*named, *right], frame)
    condition = connect(left, msgspec.structs.replace(frame, bars=True))
    rule = _sentence(right, frame)
    if condition is None or rule is None:
        return None
    return some([opposite(condition), rule])


_ASKED = ("subject", "criteria", "criteria_other", "consent", "duty", "expecting", "trial")


def scoped(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A skin score of 10 to 35 in patients with B": asked of those with B alone."""
    left, right = items[:place], items[place + 1 :]
    comma = next((number for number, item in enumerate(right) if item.kind in ("comma", "colon")), None)
    if not left and comma:  # "For subjects with A, B"
        left, right = right[comma + 1 :], right[:comma]
    limited = any(isinstance(item.value, Fact) and item.value.group not in _SUBJECT for item in right)
    if frame.bars or not limited or not any(item.kind in ("bound", "measure", "drug") for item in left):
        return _sentence([*left, *right], frame)
    condition = connect(right, msgspec.structs.replace(frame, bars=True))
    rule = _sentence(left, frame)
    if condition is None or rule is None:
        return unread(items, frame.text)
    return some([opposite(condition), rule])


_SUBJECT = ("subject", "criteria", "criteria_other")
