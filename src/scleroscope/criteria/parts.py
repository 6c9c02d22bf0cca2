"""A sentence as parts between commas, ands and ors, each with what was said in it."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.items import Item

_JOINTS = {
    "and": "and",
    "or": "or",
    "andor": "or",
    "nor": "or",
    "comma": ",",
    "slash": "or",
    "dash": ",",
    "but": "and",
}
FLAGS = frozenset(
    {"neg", "lack", "cannot", "mention", "must", "alter", "now", "past", "start", "stable", "hyper", "widen",
     "future", "equiv", "diag", "qual", "all", "tail"}
)  # fmt: skip
_TENSES = frozenset({"now", "past", "start", "stable", "hyper", "future", "widen"})
_SILENT = frozenset(
    {
        "prior",
        "moment",
        "to",
        "for",
        "between",
        "within",
        "last",
        "ago",
        "critword",
        "oneof",
        "colon",
        "of",
        "allof",
        "then",
        "define",
        "if",
        "at_time",
        "cohort",
        "treat",
        "since",
        "first",
        "symptom",
    }
)


class Part(msgspec.Struct):
    """What stands between two joints of a sentence."""

    joint: str  # what stands before it: "and", "or", ",", or "" for the first
    start: int
    end: int
    measures: list[Item] = []
    bounds: list[Item] = []
    facts: list[Item] = []
    drugs: list[Item] = []
    pressures: list[Item] = []
    windows: list[Item] = []
    half_lives: list[Item] = []
    lasting: list[Item] = []
    who: list[Item] = []
    routes: list[Item] = []
    severe: list[Item] = []  # adjectives that narrow what follows
    words: list[Item] = []  # not understood
    procedural: list[Item] = []
    parens: list[Item] = []
    flags: set[str] = set()
    spared: list[Item] = []  # drugs that are excepted
    spared_partly: bool = False  # … up to a dose, or in a form, that is not read

    @property
    def entities(self) -> bool:
        """Whether it names something that a patient's record could hold."""
        return bool(self.measures or self.facts or self.drugs or self.pressures)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was said in it."""
        return not (
            self.entities or self.bounds or self.windows or self.half_lives or self.lasting or self.words
            or self.severe or self.who or self.procedural or self.parens or self.routes
            or self.flags - {"diag", "all", "must"}
        )  # fmt: skip

    @property
    def qualifies(self) -> bool:
        """Whether it only says more of what was named before: a time, a route, "as judged by …"."""
        if self.entities or self.bounds or self.who or self.parens:
            return False
        if self.words or self.severe:
            return "qual" in self.flags
        return bool(self.windows or self.half_lives or self.lasting or self.routes or self.flags)


def parts(items: list[Item]) -> list[Part]:
    """The parts of a sentence (without exceptions, conditions and definitions, which are cut before)."""
    answer: list[Part] = []
    joint = ""
    part: Part | None = None
    skipping = False
    for item in items:
        skipping = item.kind == "whatever" or (skipping and item.kind not in ("comma", "and", "but"))
        if skipping:
            continue  # "with or without …": that makes no difference
        if item.kind in _JOINTS:
            if part is not None and not part.empty:
                answer.append(part)
                part, joint = None, _JOINTS[item.kind]
            elif item.kind != "comma" and item.kind != "dash":
                joint = _JOINTS[item.kind] if joint in ("", ",") else joint
            part = Part(joint if answer else "", item.end, item.end)
            continue
        if part is None:
            part = Part("", item.start, item.end)
        if item.kind == "neg" and (part.entities or part.words or part.bounds):
            answer.append(part)  # "disease A without B": the negation is of B alone
            part, joint = Part("with", item.start, item.end), "with"
        if item.kind == "neg" and part.joint == "," and answer and "neg" not in answer[-1].flags:
            part.joint = "with"  # "A, but without B"
        if part.empty and not part.flags:
            part.start = item.start
        part.end = item.end
        _take(part, item)
    if part is not None and not part.empty:
        answer.append(part)
    return answer


_PLACES = {
    "measure": "measures", "fact": "facts", "drug": "drugs", "bound": "bounds", "quantity": "bounds",
    "pressures": "pressures", "window": "windows", "half_lives": "half_lives", "lasting": "lasting",
    "who": "who", "route": "routes", "severe": "severe", "paren": "parens", "proc": "procedural",
}  # fmt: skip


def _take(part: Part, item: Item) -> None:
    place = _PLACES.get(item.kind)
    if item.kind == "drug" and "mention" in part.flags:
        place = "words"  # "due to bosentan": named, not taken
    if place is not None:
        getattr(part, place).append(item)
    elif item.kind in FLAGS:
        part.flags.add(item.kind)
        if item.value in ("lack", "cannot", "mention"):
            part.flags.add(item.value)
    elif item.kind not in _SILENT:
        part.words.append(item)


def listed(found: list[Part]) -> list[Part]:
    """The parts with what a list shares handed on: numbers, times, tense, negation, adjectives."""
    found = _persons(_qualifiers(found))
    _shared_bounds(found)
    _forward(found)
    _backward(found)
    return found


def _qualifiers(found: list[Part]) -> list[Part]:
    """Parts that only qualify join the part that they qualify; leading ones the part behind them."""
    answer: list[Part] = []
    waiting: Part | None = None
    for part in found:
        if part.qualifies and not (part.joint == "or" and "future" in part.flags):
            if answer:
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
        own = part.flags & _TENSES
        if own:
            tense = own
            negated = False
        elif part.drugs or part.facts:
            part.flags |= tense & (_TENSES if part.drugs else {"past", "widen"})
        if "neg" in part.flags:
            negated = True
        elif negated and part.measures and part.bounds:
            negated = False
        elif negated:
            part.flags.add("neg")
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
        elif part.facts or part.drugs or (part.words and not part.bounds):
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
