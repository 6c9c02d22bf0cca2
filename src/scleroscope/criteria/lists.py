"""What the parts of a list share: numbers, times, tense, negation, adjectives, doubts."""

from __future__ import annotations

from itertools import pairwise

from scleroscope.criteria.doubts import shared_doubts
from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.parts import TENSES, Part


def listed(found: list[Part]) -> list[Part]:
    """The parts with what a list shares handed on: numbers, times, tense, negation, adjectives."""
    found = _persons(_qualifiers(found))
    _shared_bounds(found)
    shared_doubts(found)
    _forward(found)
    _women(found)
    _purposes(found)
    _backward(found)
    return found


def _qualifiers(found: list[Part]) -> list[Part]:
    """Parts that only qualify join the part that they qualify; leading ones the part behind them."""
    answer: list[Part] = []
    waiting: Part | None = None
    for part in found:
        if part.qualifies and not (part.joint == "or" and part.flags & _APART):
            if answer and _denies_nothing(part, answer[-1]):
                answer[-1].flags.add("widen")  # the whole stays open
            elif answer:
                _join(answer[-1], part)
            elif waiting is None:
                waiting = part
            else:
                _join(waiting, part)
            continue
        if waiting is not None:
            _join(part, waiting)
            part.joint, part.start, waiting = "", waiting.start, None
        answer.append(part)
    if waiting is not None:
        answer.append(waiting)
    return answer


def _denies_nothing(part: Part, before: Part) -> bool:
    """Whether a "no" behind a comma or a number denies what was not read: "…, no restriction on sex"."""
    if "neg" not in part.flags or part.windows or part.half_lives or part.lasting:
        return False
    if part.flags & TENSES and before.drugs:
        return False  # "rituximab, not currently"
    return part.pause or bool(before.bounds)


def _persons(found: list[Part]) -> list[Part]:
    """ "Women of childbearing potential and men must …": one rule for all of them."""
    answer: list[Part] = []
    waiting: list[Item] = []
    joint = ""
    for number, part in enumerate(found):
        only = part.who and not (part.entities or part.bounds or part.words or part.severe or part.parens)
        if only and number + 1 < len(found) and not part.flags & {"neg"}:
            joint = joint if waiting else part.joint
            waiting = [*waiting, *part.who]
            continue
        if waiting:
            part.who, part.joint, waiting = [*waiting, *part.who], joint, []
        answer.append(part)
    return answer


def _join(part: Part, other: Part) -> None:
    part.windows += other.windows
    part.half_lives += other.half_lives
    part.lasting += other.lasting
    part.words += other.words
    part.severe += other.severe
    part.routes += other.routes
    part.procedural += other.procedural
    part.flags |= other.flags
    part.start, part.end = min(part.start, other.start), max(part.end, other.end)


def _shared_bounds(found: list[Part]) -> None:
    """One number for all measures ("ALT or AST > 2"), one measure for all numbers ("FVC < 50 or > 80")."""
    behind: list[Item] = []
    for part in reversed(found):
        if part.bounds and part.measures:
            behind = part.bounds
        elif part.measures and not part.facts and not part.drugs and not part.bounds and behind:
            part.bounds = list(behind)
        elif not part.measures:
            behind = behind if not part.entities and not part.bounds else []
    before: list[Item] = []
    for part in found:
        if part.measures:
            before = part.measures
        elif part.bounds and not part.entities and not part.words and before:
            part.measures = list(before)
    after: list[Item] = []
    for part in reversed(found):
        if part.measures:
            after = part.measures
        elif part.bounds and not part.entities and not part.words and after:
            part.measures = list(after)


def _forward(found: list[Part]) -> None:
    tense: set[str] = set()
    negated = False
    severe: list[Item] = []
    previous: Part | None = None
    for part in found:
        own = part.flags & TENSES
        if own == {"now"} and "stable" in tense and part.drugs and part.lasting:
            part.flags.add("stable")  # "stable doses of A and B use for 4 weeks"
        if own:
            tense = part.flags & (TENSES | {"current"})
            negated = False
        elif part.drugs or part.facts:
            part.flags |= tense & (TENSES | {"current"} if part.drugs else {"past", "widen"})
        if "neg" in part.flags:
            negated = True
        elif negated and part.measures and part.bounds:
            negated = False
        elif negated:
            part.flags |= {"neg"} if part.bounds or part.lasting else {"neg", "inherited"}
        if part.severe:
            severe = part.severe
        elif severe and part.facts and not own and previous is not None and part.joint:
            part.severe = list(severe)
        if part.entities and not part.facts:
            severe = part.severe
        previous = part


def _backward(found: list[Part]) -> None:
    """A time or a qualifier at the end of a list holds for the whole list."""
    windows: list[Item] = []
    half_lives: list[Item] = []
    lasting: list[Item] = []
    trailing: list[Item] = []
    flags: set[str] = set()
    last = True
    for part in reversed(found):
        timed = part.windows or part.half_lives
        if timed:
            windows, half_lives = part.windows, part.half_lives
        elif "current" in part.flags:
            windows, half_lives = [], []  # "current use of A, B within a year": A is asked for now
        elif (part.facts or part.drugs or (part.words and not part.bounds)) and not _lasts(part):
            part.windows, part.half_lives = list(windows), list(half_lives)
        if part.lasting:
            lasting = part.lasting
            flags = part.flags & {"stable"}
        elif part.drugs and not timed and not part.bounds:
            part.lasting = list(lasting)
            part.flags |= flags
        if last and "qual" in part.flags and part.words:
            trailing = part.words
        elif trailing and (part.facts or part.drugs) and not part.bounds:
            part.words = part.words + trailing
        last = last and not part.entities


def _lasts(part: Part) -> bool:
    """Whether the part names the disease itself, which no time behind another thing dates."""
    return any(isinstance(item.value, Fact) and item.value.group in _DISEASE for item in part.facts)


_DISEASE = frozenset({"subject", "subset", "criteria", "criteria_other"})


def _women(found: list[Part]) -> None:
    """Whom the first part is about, what follows on pregnancy and contraception is about too."""
    who: list[Item] = []
    for part in found:
        groups = {item.value.group for item in part.facts if isinstance(item.value, Fact)}
        if part.who:
            who = part.who
        elif groups and groups <= _REPRODUCTION:
            part.who = list(who)


_REPRODUCTION = frozenset({"expecting", "duty", "reproduction"})


def _purposes(found: list[Part]) -> None:
    """What one of several treatments is for, all of them are for: "disease A treated with B or C"."""
    for one, other in pairwise(found):
        if _treated(one) and _only_treatment(other) and not other.flags & TENSES - one.flags:
            other.facts = list(one.facts)
    for other, one in pairwise(reversed(found)):
        if _given_for(other) and _only_treatment(one, paused=True) and other.joint != "with":
            one.facts = list(other.facts)


def _only_treatment(part: Part, *, paused: bool = False) -> bool:
    if part.pause and not paused:
        return False
    return bool(part.drugs) and not (part.facts or part.measures or part.windows)


def _treated(part: Part) -> bool:
    return bool(part.drugs and part.facts) and part.facts[-1].end < part.drugs[0].start


def _given_for(part: Part) -> bool:
    return bool(part.drugs and part.facts) and part.facts[0].start > part.drugs[-1].end


# What "or" joins to a treatment as a case of its own: "A, or on a stable dose", "A or not stable".
_APART = frozenset({"future", "stable", "start", "neg"})
