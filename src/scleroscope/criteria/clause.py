"""One criterion's items into its tree: sentences, conditions, exceptions, definitions, examples, asides."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.asides import GIVEN
from scleroscope.criteria.connect import connect
from scleroscope.criteria.exceptions import excepted
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.place import every, opposite, some
from scleroscope.model.criterion import All, Any, Criterion, Not, Opaque, Span, Taking

_LONG = 350  # characters of an entry whose further sentences are prose
_FEW = 2  # words not understood in a sentence that still asks for something
_TIMES = ("window", "half_lives")
_NAMING = ("fact", "drug", "measure", "pressures")


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
            trees[-1] = some([trees[-1], other or _words(sentence, frame.text)])
            continue
        if trees and _permits(sentence):
            words = _words(sentence, frame.text)
            trees[-1] = every([trees[-1], words]) if frame.bars else some([trees[-1], words])
            continue
        tree = sentence_tree(sentence, frame)
        if tree is None:
            continue
        if trees and frame.bars and items[-1].end - items[0].start > _LONG and _unsure(tree):
            tree = every([tree, _words(sentence, frame.text)])  # prose: named there, not barred by itself
        if trees and not frame.bars and not frame.force and not _requires(sentence):
            tree = some([tree, _words(sentence, frame.text)])  # an explanation keeps nobody out
        trees.append(tree)
    if not trees:
        return None
    return some(trees) if frame.bars or frame.force == "or" else every(trees)


def sentence_tree(items: list[Item], frame: Frame) -> Criterion | None:
    """The tree of one sentence."""
    items = _lifted(items)
    if _permits(items) or (_explains(items) and not frame.bars):
        return _permitted(items, frame) or _words(items, frame.text)
    kinds = [item.kind for item in items]
    if "cohort" in kinds:  # a rule for some of those who take part
        rest = [item for item in items if item.kind != "cohort"]
        tree = sentence_tree(rest, frame) if rest else None
        words = _words(items, frame.text)
        return words if tree is None else every([tree, words]) if frame.bars else some([tree, words])
    if "if" in kinds:
        return _conditional(items, kinds.index("if"), frame)
    if "scope" in kinds:
        return _scoped(items, kinds.index("scope"), frame)
    for kind in ("except", "unless"):
        if kind in kinds:
            return _exception(items, kinds.index(kind), frame)
    if "example" in kinds:
        return _examples(items, kinds.index("example"), frame)
    if "define" in kinds or "colon" in kinds:
        place = min(kinds.index(kind) for kind in ("define", "colon") if kind in kinds)
        return _defined(items, place, frame)
    if any(item.kind == "oneof" and item.value != "1" for item in items):
        return _words(items, frame.text)  # "at least two of": which two is not told apart here
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


def _permitted(items: list[Item], frame: Frame) -> Criterion | None:
    """ "X up to 10 mg is allowed if stable for 4 weeks": who takes X takes it so; None where more is said."""
    place = next((number for number, item in enumerate(items) if item.kind == "allow"), None)
    if frame.bars or place is None:
        return None
    said = [item for item in items[place + 1 :] if item.kind in ("lasting", "stable", "window", "dose")]
    unread = [
        item for item in items[place + 1 :] if item.kind in (*_NAMING, "word", "severe", "paren", "bound")
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


def _words(items: list[Item], text: str) -> Opaque:
    span = Span(items[0].start, items[-1].end)
    return Opaque(text=text[span.start : span.end], span=span)


def _conditional(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "If A, B": B is asked only of those with A. Behind the rule ("B if A") alike."""
    before, behind = items[:place], items[place + 1 :]
    if items[place].value == "used":  # "X, when used, at most 10 mg": asked of those who take X
        named = [item for item in before if item.kind in ("drug", "route")]
        rest = behind[1:] if behind and behind[0].kind in ("comma", "close") else behind
        head = [item for item in before if item.kind != "comma"]
        return _asked_of(named, head + rest, frame) or _words(items, frame.text)
    if any(item.kind in _NAMING for item in before) or not behind:
        return _trailing(items, before, behind, frame)
    kinds = [item.kind for item in behind]
    cut = next(
        (number for number, kind in enumerate(kinds) if kind in ("then", "comma", "colon", "must")), None
    )
    if cut is None:
        return _words(items, frame.text)
    named = [item for item in behind[:cut] if item.kind in ("drug", "route")]
    asks = next((kind for kind in kinds[cut:] if kind in (*_NAMING, "bound", "stable", "lasting")), "")
    if named and asks in ("bound", "stable", "lasting"):
        return _asked_of(named, [*named, *behind[cut + 1 :]], frame) or _words(items, frame.text)
    condition = connect(behind[:cut], msgspec.structs.replace(frame, bars=not frame.bars))
    rule = sentence_tree(behind[cut + 1 :], frame)
    if condition is None or rule is None:
        return _words(items, frame.text)
    return every([condition, rule]) if frame.bars else some([opposite(condition), rule])


def _trailing(items: list[Item], before: list[Item], behind: list[Item], frame: Frame) -> Criterion | None:
    """ "B if A", with B named."""
    rule = connect(before, frame)
    if rule is None:
        return _words(items, frame.text)
    known = any(item.kind in (*_NAMING, "who") for item in behind) and not any(
        item.kind in ("word", "severe", "paren", "drug") for item in behind
    )
    condition = connect(behind, msgspec.structs.replace(frame, bars=True)) if known else None
    if condition is None:
        return every([rule, _words(behind or items, frame.text)])
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


def _scoped(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A skin score of 10 to 35 in patients with B": asked of those with B alone."""
    left, right = items[:place], items[place + 1 :]
    limited = any(isinstance(item.value, Fact) and item.value.group not in _SUBJECT for item in right)
    if frame.bars or not limited or not any(item.kind in ("bound", "measure", "drug") for item in left):
        return sentence_tree([*left, *right], frame)
    condition = connect(right, msgspec.structs.replace(frame, bars=True))
    rule = sentence_tree(left, frame)
    if condition is None or rule is None:
        return _words(items, frame.text)
    return some([opposite(condition), rule])


_SUBJECT = ("subject", "criteria", "criteria_other")


def _exception(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A except B", "A other than B", "A unless B"."""
    left, right = items[:place], items[place + 1 :]
    if not any(item.kind in _NAMING or item.kind in ("word", "bound") for item in left):
        return _words(items, frame.text)
    main = sentence_tree(left, frame)
    if main is None:
        return _words(items, frame.text)
    return excepted(main, left, right, frame)


def _examples(items: list[Item], place: int, frame: Frame) -> Criterion | None:
    """ "A such as B and C": each example is one of A."""
    left, right = items[:place], items[place + 1 :]
    if not right:
        return connect(left, frame)
    if not left:
        return sentence_tree(right, frame)
    if any(item.kind == "drug" for item in left) and not any(item.kind == "drug" for item in right):
        tree, words = connect(left, frame), _words(items, frame.text)  # given "for conditions such as …"
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
    if not any(item.kind in _NAMING or item.kind == "bound" for item in right):
        return connect([*left, *right], frame) if left else sentence_tree(right, frame)
    negated = any(item.kind == "neg" for item in left)
    if not any(item.kind in _NAMING for item in left):
        tense = tuple(item for item in left if item.kind in (*GIVEN, "who"))
        choice = next((item for item in left if item.kind == "oneof"), None)
        inner = frame if choice is None else msgspec.structs.replace(frame, force="or")
        tree = sentence_tree(right, msgspec.structs.replace(inner, given=(*frame.given, *tense)))
        if choice is not None and choice.value != "1" and tree is not None:
            return every([tree, _words(items, frame.text)])
        return tree
    if any(item.kind == "measure" for item in right) and not any(item.kind == "bound" for item in right):
        return connect([*left, *right], frame)
    main, meaning = connect(left, frame), sentence_tree(right, frame)
    if main is None or meaning is None:
        return main or meaning
    if negated:
        return every([main, opposite(meaning)])
    return meaning if frame.bars else every([main, meaning])
