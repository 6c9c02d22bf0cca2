"""One criterion's items into its tree: sentences, conditions, exceptions, definitions, examples, asides."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.asides import GIVEN
from scleroscope.criteria.connect import connect
from scleroscope.criteria.exceptions import excepted
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.place import every, opposite, some
from scleroscope.criteria.rules import NAMING, conditional, forbidden, permitted, ruled, scoped, unread
from scleroscope.model.criterion import All, Any, Criterion, Not, Opaque

_LONG = 350  # characters of an entry whose further sentences are prose
_FEW = 2  # words not understood in a sentence that still asks for something
_TIMES = ("window", "half_lives")


def clause(items: list[Item], frame: Frame) -> Criterion | None:
    """The tree of one criterion; None when its items say nothing."""
    if not frame.bars and any(item.kind == "who" for item in items):
        # "women may take part if they use contraception": a rule for them
        items = [Item("must", i.start, i.end) if i.kind == "allow" and i.value == "if" else i for i in items]
    trees: list[Criterion] = []
    for sentence in _cut(items, "stop"):
        if not sentence:
            continue
        if trees and sentence[0].kind == "or" and not frame.bars and _half(items, sentence):
            other = sentence_tree(sentence, frame)  # "A; or B": each is a way to meet it
            trees[-1] = some([trees[-1], other or unread(sentence, frame.text)])
            continue
        if trees and _permits(sentence):
            words = unread(sentence, frame.text)
            trees[-1] = every([trees[-1], words]) if frame.bars else some([trees[-1], words])
            continue
        tree = sentence_tree(sentence, frame)
        if tree is None:
            continue
        if trees and frame.bars and items[-1].end - items[0].start > _LONG and _unsure(tree):
            tree = every([tree, unread(sentence, frame.text)])  # prose: named there, not barred by itself
        if trees and not frame.bars and not frame.force and not _requires(sentence):
            tree = some([tree, unread(sentence, frame.text)])  # an explanation keeps nobody out
        trees.append(tree)
    if not trees:
        return None
    return some(trees) if frame.bars or frame.force == "or" else every(trees)


def sentence_tree(items: list[Item], frame: Frame) -> Criterion | None:
    """The tree of one sentence."""
    items = _lifted(items)
    kinds = [item.kind for item in items]
    if "allow" in kinds and (barred := forbidden(items, kinds.index("allow"), frame)) is not None:
        return barred
    if _permits(items) or (_explains(items) and not frame.bars):
        return permitted(items, frame) or unread(items, frame.text)
    if "cohort" in kinds:  # a rule for some of those who take part
        rest = [item for item in items if item.kind != "cohort"]
        tree = sentence_tree(rest, frame) if rest else None
        words = unread(items, frame.text)
        return words if tree is None else every([tree, words]) if frame.bars else some([tree, words])
    if "if" in kinds:
        return conditional(items, kinds.index("if"), frame)
    if not frame.bars and (rule := ruled(items, frame)) is not None:
        return rule
    if "scope" in kinds:
        return scoped(items, kinds.index("scope"), frame)
    for kind in ("except", "unless"):
        if kind in kinds:
            return _exception(items, kinds.index(kind), frame)
    if "example" in kinds:
        return _examples(items, kinds.index("example"), frame)
    if "define" in kinds or "colon" in kinds:
        place = min(kinds.index(kind) for kind in ("define", "colon") if kind in kinds)
        return _defined(items, place, frame)
    if any(item.kind == "oneof" and item.value != "1" for item in items):
        return unread(items, frame.text)  # "at least two of": which two is not told apart here
    return connect(items, frame)


def _lifted(items: list[Item]) -> list[Item]:
    """ "History of cancer, as in A, B or C (except D)": the bracket at the end is of the whole sentence."""
    inner = items[-1].value if items and items[-1].kind == "paren" else None
    if not isinstance(inner, list) or not inner:
        return items
    if any(one.kind == "stopped" for one in inner) and (lead := _exceptional(inner)) < len(inner):
        return [*items[:-1], *inner[lead:]]
    if inner[0].kind != "except":
        return items
    groups = [item.value.group for item in items if isinstance(item.value, Fact)]
    return [*items[:-1], *inner] if len(set(groups)) == 1 and groups[0] else items


def _exceptional(items: list[Item]) -> int:
    """Where "except" or "unless" stands among the first items of a bracket; their number where nowhere."""
    near = (number for number, item in enumerate(items[:2]) if item.kind in ("except", "unless"))
    return next(near, len(items))


def _cut(items: list[Item], kind: str) -> list[list[Item]]:
    answer: list[list[Item]] = [[]]
    for item in items:
        if item.kind == kind:
            answer.append([])
        else:
            answer[-1].append(item)
    return answer


def _unsure(tree: Criterion) -> bool:
    """Whether something in a tree was not understood."""
    match tree:
        case Opaque():
            return True
        case All(parts=parts) | Any(parts=parts):
            return any(_unsure(part) for part in parts)
        case Not(part=part):
            return _unsure(part)
    return False


def _half(items: list[Item], sentence: list[Item]) -> bool:
    """Whether a semicolon, and no full stop, stands before the sentence."""
    place = next(number for number, item in enumerate(items) if item is sentence[0])
    return place > 0 and items[place - 1].value == ";"


def _requires(items: list[Item]) -> bool:
    """Whether a further sentence asks for something, rather than explains what was asked."""
    kinds = [item.kind for item in items]
    if "note" in kinds:
        return False
    asked = "must" in kinds or ({"bound", "neg"} & set(kinds) and kinds.count("word") <= _FEW)
    return bool(asked) and not _explains(items)


def _explains(items: list[Item]) -> bool:
    """ "X is defined as Y": what a word means."""
    return any(item.kind == "define" and item.value == "term" for item in items)


def _permits(items: list[Item]) -> bool:
    """Whether the sentence allows something; what is allowed keeps nobody out."""
    for number, item in enumerate(items):
        if item.kind == "allow":
            return not any(before.kind == "neg" for before in items[max(0, number - 1) : number])
    return False


def _exception(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A except B", "A other than B", "A unless B"."""
    left, right = items[:place], items[place + 1 :]
    if not any(item.kind in NAMING or item.kind in ("word", "bound") for item in left):
        return unread(items, frame.text)
    main = sentence_tree(left, frame)
    if main is None:
        return unread(items, frame.text)
    return excepted(main, left, right, frame)


def _examples(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A such as B and C": each example is one of A."""
    left, right = items[:place], items[place + 1 :]
    if not right:
        return connect(left, frame)
    if not left:
        return sentence_tree(right, frame)
    if any(item.kind == "drug" for item in left) and not any(item.kind == "drug" for item in right):
        tree, words = connect(left, frame), unread(items, frame.text)  # given "for conditions such as …"
        return words if tree is None else every([tree, words]) if frame.bars else some([tree, words])
    times = () if any(item.kind in _TIMES for item in left) else tuple(i for i in right if i.kind in _TIMES)
    general = sentence_tree(left, msgspec.structs.replace(frame, given=(*frame.given, *times)))
    negated = any(item.kind == "neg" for item in left)
    tense = tuple(item for item in left if item.kind in GIVEN and item.kind != "neg")
    special = sentence_tree(right, msgspec.structs.replace(frame, force="or", given=(*frame.given, *tense)))
    if general is None or special is None:
        return general or special
    if negated:
        return every([general, opposite(special)])
    if not frame.bars and not isinstance(general, Opaque):
        return general  # what is asked is the general; an example shows one way to it
    return some([general, special])


def _subset_alone(items: list[Item]) -> bool:
    """Whether items name a form of the disease and nothing else."""
    facts = [item.value for item in items if isinstance(item.value, Fact)]
    named = [item for item in items if item.kind in NAMING]
    return bool(facts) and len(facts) == len(named) and all(fact.group == "subset" for fact in facts)


def _defined(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A, defined as B": B decides; where A itself was asked for, both do."""
    left, right = items[:place], items[place + 1 :]
    while left and left[-1].kind in ("comma", "dash"):
        left = left[:-1]
    if not right:
        return connect(left, frame)
    if left and all(isinstance(item.value, Fact) and item.value.group == "criteria_other" for item in right):
        return connect([*left, *right], frame)
    if (
        left
        and left[-1].kind == "measure"
        and right[0].kind in ("bound", "quantity")
        and not any(item.kind == "colon" for item in right)
    ):
        return connect([*left, *right], frame)  # "Age: 18 to 75 years"
    if not any(item.kind in NAMING or item.kind == "bound" for item in right):
        return connect([*left, *right], frame) if left else sentence_tree(right, frame)
    negated = any(item.kind == "neg" for item in left)
    if not any(item.kind in NAMING for item in left):
        tense = tuple(item for item in left if item.kind in (*GIVEN, "who"))
        choice = next((item for item in left if item.kind == "oneof"), None)
        inner = frame if choice is None else msgspec.structs.replace(frame, force="or")
        tree = sentence_tree(right, msgspec.structs.replace(inner, given=(*frame.given, *tense)))
        if choice is not None and choice.value != "1" and tree is not None:
            return every([tree, unread(items, frame.text)])
        return tree
    if any(item.kind == "measure" for item in right) and not any(item.kind == "bound" for item in right):
        return connect([*left, *right], frame)
    if (
        not frame.bars
        and items[place].kind == "colon"
        and _subset_alone(left)
        and any(item.kind == "bound" for item in right)
    ):
        main, meaning = connect(left, frame), sentence_tree(right, frame)  # "Diffuse disease: a score of 10"
        return None if main is None or meaning is None else some([opposite(main), meaning])
    main, meaning = connect(left, frame), sentence_tree(right, frame)
    if main is None or meaning is None:
        return main or meaning
    if negated:
        return every([main, opposite(meaning)])
    return meaning if frame.bars else every([main, meaning])
