"""Parts into trees: and, or, not, and what is left over."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Bound, Fact, Item
from scleroscope.criteria.lists import listed
from scleroscope.criteria.part_tree import group, part_tree
from scleroscope.criteria.parts import FLAGS, Part, parts
from scleroscope.criteria.place import disputed, every, some
from scleroscope.model.criterion import All, Compare, Criterion, Opaque


def connect(items: list[Item], frame: Frame) -> Criterion | None:
    """The tree of a stretch without conditions, exceptions and definitions; None when it says nothing."""
    found = parts(items)
    if not frame.bars:
        found = [part for part in found if not part.grown]
    found = listed(found)
    if not found:
        return None
    closing = None
    if len(found) > 1 and "tail" in found[-1].flags:  # "A > 2, B < 50, both not correctable": of all of them
        last = found.pop()
        closing = frame.words(last.start, last.end)
    if frame.given:
        for part in found:
            _give(part, frame.given)
    if frame.force == "except":
        found = _said_of_one(found)
        frame = msgspec.structs.replace(frame, force="or")
    found = _without_formalities(found, frame)
    _mentioned(found)
    if frame.bars:
        _doubtful(found)
    found = _drug_lists(found)
    found, trees = _tails(found, [part_tree(part, frame) for part in found], frame)
    tree = _combine(found, trees, frame)
    if not frame.bars:
        tree = _loosened(tree, frame.words(found[0].start, found[-1].end))
    tree = tree if closing is None else every([tree, closing])
    if not frame.bars and any(_counts_something(part) for part in found):
        return some([tree, frame.words(found[0].start, found[-1].end)])  # "at least one A criterion: …"
    return tree


def _loosened(tree: Criterion, words: Opaque) -> Criterion:
    """Of two limits of one measure ("at most 80 at screening and 85 at baseline") the stricter stays open."""
    if not isinstance(tree, All):
        return tree
    parts: list[Criterion] = []
    for part in tree.parts:
        stricter = isinstance(part, Compare) and any(_wider(other, part) for other in tree.parts)
        parts.append(some([part, words]) if stricter else part)
    return every(parts)


def _wider(one: Criterion, other: Compare) -> bool:
    """Whether one bounds the same field on the same side alone, less strictly."""
    if not isinstance(one, Compare) or one.field != other.field:
        return False
    if one.low is None and other.low is None and one.high is not None and other.high is not None:
        return one.high > other.high
    return one.high is None and other.high is None and (one.low or 0) < (other.low or 0)


def _said_of_one(found: list[Part]) -> list[Part]:
    """Of what is excepted, words behind "and" say more of the name before: "cut out and cured"."""
    answer: list[Part] = []
    for part in found:
        if answer and part.joint == "and" and part.words and not part.entities and answer[-1].words:
            answer[-1].words = [*answer[-1].words, *part.words]
            answer[-1].end = max(answer[-1].end, part.end)
            continue
        answer.append(part)
    return answer


def _counts_something(part: Part) -> bool:
    """Whether the part asks for a number of things that are not understood."""
    values = [item.value for item in part.bounds if isinstance(item.value, Bound)]
    counted = any(
        value.unit == "" and value.low in (1.0, 2.0, 3.0) and value.high is None for value in values
    )
    return counted and bool(part.words) and not part.entities


def _tails(found: list[Part], trees: list[Criterion], frame: Frame) -> tuple[list[Part], list[Criterion]]:
    """A number, and then words alone ("mRSS > 10 and new or fast disease"): they are one more thing."""
    last = max((place for place, tree in enumerate(trees) if not isinstance(tree, Opaque)), default=-1)
    if frame.bars or last < 0 or len(trees) - last < 3 or found[last + 1].joint not in ("and", ","):
        return found, trees
    start, end = found[last + 1].start, found[-1].end
    return found[: last + 2], [*trees[: last + 1], frame.words(start, end)]


def _without_formalities(found: list[Part], frame: Frame) -> list[Part]:
    """Ability and willingness beside a consent are part of it."""
    if not any(group(item) == "consent" for part in found for item in part.facts):
        return found
    kept = [part for part in found if part.entities or part.words or part.bounds or part.parens]
    if not frame.bars and all(group(item) in ("consent", "trial") for part in found for item in part.facts):
        # what a consent is about, and that it is meant: "agrees to take part in the trial and signs …"
        consents = [part for part in found if any(group(item) == "consent" for item in part.facts)]
        others = [part for part in kept if not (part.facts or part.procedural)]
        kept = [part for part in kept if part in consents or part in others]
    return [msgspec.structs.replace(kept[0], joint=""), *kept[1:]]


def _mentioned(found: list[Part]) -> None:
    """Drugs without a tense beside words that are not understood are only mentioned, not taken."""
    tenses = {"now", "past", "stable", "start", "hyper", "future"}
    bare = [
        part
        for part in found
        if part.drugs and not part.flags & tenses and not part.windows and not part.bounds
    ]
    if any(part.words or part.facts for part in bare[:1]) or any("mention" in part.flags for part in found):
        for part in bare:
            part.flags.add("vague")


def _doubtful(found: list[Part]) -> None:
    """In a list of what keeps out, what follows a negation is negated or not: it stays open."""
    for before, part in pairwise(found):
        if (
            "neg" in part.flags
            and "neg" in before.flags
            and not part.flags & {"lack", "cannot"}
            and part.joint != "with"
        ):
            part.flags.add("widen")


def _give(part: Part, given: tuple[Item, ...]) -> None:
    """What was said before the list holds for each part that says nothing else itself."""
    said = part.flags & {"now", "past", "start", "stable", "hyper", "future"}
    timed = part.windows or part.half_lives
    for item in given:
        if item.kind == "window" and not timed:
            part.windows = [*part.windows, item]
        elif item.kind == "half_lives" and not timed:
            part.half_lives = [*part.half_lives, item]
        elif item.kind == "lasting" and not part.lasting:
            part.lasting = [*part.lasting, item]
        elif item.kind == "who" and not part.who:
            part.who = [item]
        elif item.kind == "word" and part.drugs:
            part.words = [*part.words, item]
        elif item.kind == "severe" and part.facts:
            part.severe = [*part.severe, item]
        elif item.kind in ("neg", "widen") or (item.kind in FLAGS and not said):
            part.flags.add(item.kind)


def _drug_lists(found: list[Part]) -> list[Part]:
    """Neighbouring treatments with one tense, window and dose become one part with all their names."""
    answer: list[Part] = []
    for part in found:
        last = answer[-1] if answer else None
        if (
            last is not None and last.drugs and part.drugs
            and not (last.facts or part.facts or last.measures or part.measures or part.words or last.words)
            and not last.bounds and part.flags - {"all"} == last.flags - {"all"}
            and _values(part.windows) == _values(last.windows)
            and _values(part.lasting) == _values(last.lasting)
            and _values(part.half_lives) == _values(last.half_lives)
            and not (part.severe or last.severe or part.parens or last.parens or part.spared or last.spared)
            and not part.routes and part.joint != "and" and not (last.routes and part.bounds)
            and all(isinstance(item.value, Bound) for item in part.bounds)
        ):  # fmt: skip
            last.drugs += part.drugs
            last.bounds += part.bounds
            last.end = max(last.end, part.end)
            continue
        answer.append(part)
    return answer


def _values(items: list[Item]) -> list[object]:
    return [item.value for item in items]


def _combine(found: list[Part], trees: list[Criterion], frame: Frame) -> Criterion:
    """The parts by their joints: "or" of "and"s, commas as the next joint says."""
    joints = _joints(found, frame)
    if not frame.bars:
        trees, joints = _eithers(found, trees, joints)
    groups = _grouped(trees, joints, "and")
    tree = some([every(group) for group in groups])
    if not frame.bars or all(len(group) == 1 for group in groups):
        return tree
    words = frame.words(found[0].start, found[-1].end)
    if len(groups) > 1:  # "A or B and C": whether A alone is enough is not certain
        return disputed(tree, every([some(group) for group in _grouped(trees, joints, "or")]), words)
    # "A and B" as a reason for exclusion may mean either of them
    return disputed(tree, some(trees), words) if _loose_and(found, joints) else tree


def _eithers(
    found: list[Part], trees: list[Criterion], joints: list[str]
) -> tuple[list[Criterion], list[str]]:
    """ "A and either B or C": the choice is one of the things that are asked."""
    answer: list[Criterion] = []
    kept: list[str] = []
    choosing = False
    for part, tree, joint in zip(found, trees, joints, strict=True):
        if choosing and joint == "or":
            answer[-1] = some([answer[-1], tree])
            continue
        choosing = "either" in part.flags and joint == "and"
        answer.append(tree)
        kept.append(joint)
    return answer, kept


def _joints(found: list[Part], frame: Frame) -> list[str]:
    joints = [part.joint for part in found]
    if frame.force:
        return [joints[0], *[frame.force] * (len(joints) - 1)]
    named = [joint for joint in joints[1:] if joint in ("and", "or")]
    following = named[-1] if named else frame.loose
    for number in range(len(joints) - 1, 0, -1):
        if joints[number] == ",":
            joints[number] = "or" if frame.bars else following
        elif joints[number] in ("and", "or"):
            following = joints[number]
    if not frame.bars:  # "not A or B": neither
        joints = [
            "and" if "inherited" in part.flags else one for part, one in zip(found, joints, strict=True)
        ]
    return [_as_list(found, number, joint) for number, joint in enumerate(joints)] if frame.bars else joints


def _grouped(trees: list[Criterion], joints: list[str], joint: str) -> list[list[Criterion]]:
    groups: list[list[Criterion]] = []
    for tree, before in zip(trees, joints, strict=True):
        if groups and before in (joint, "with"):
            groups[-1].append(tree)
        else:
            groups.append([tree])
    return groups


def _as_list(found: list[Part], number: int, joint: str) -> str:
    """In a list of what keeps out, "and" between like things lists them: "hepatitis B and C"."""
    if joint != "and" or number == 0:
        return joint
    one, other = found[number - 1], found[number]
    if one.who and other.who:
        return "or"
    if one.facts and other.facts and not other.bounds and not one.bounds:
        groups = {
            item.value.group for item in (one.facts[-1], other.facts[0]) if isinstance(item.value, Fact)
        }
        if len(groups) == 1 and "" not in groups:
            return "or"
    if one.drugs and other.drugs:
        return "or"
    if one.measures and other.measures and one.bounds and one.bounds == other.bounds:
        return "or"
    return "or" if len(found) > 2 and not (one.bounds or other.bounds) else joint


def _loose_and(found: list[Part], joints: list[str]) -> bool:
    """Whether "and" joins conditions rather than numbers."""
    return any(
        joint == "and" and not (found[number].bounds and found[number - 1].bounds)
        for number, joint in enumerate(joints)
        if number
    )
