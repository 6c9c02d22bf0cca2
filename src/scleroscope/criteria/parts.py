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
     "future", "equiv", "diag", "qual", "all", "tail", "adult"}
)  # fmt: skip
TENSES = frozenset({"now", "past", "start", "stable", "hyper", "future", "widen"})
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
    pause: bool = False  # whether a comma is among the joints before it
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
            or self.flags - {"diag", "all", "must", "either"}
        )  # fmt: skip

    @property
    def grown(self) -> bool:
        """Whether it says no more than that they are adults."""
        return "adult" in self.flags and not (
            self.entities or self.bounds or self.words or self.severe or self.who or self.parens
        )

    @property
    def qualifies(self) -> bool:
        """Whether it only says more of what was named before: a time, a route, "as judged by …"."""
        if self.entities or self.bounds or self.who or self.parens:
            return False
        if self.words or self.severe:
            return "qual" in self.flags
        return bool(
            self.windows or self.half_lives or self.lasting or self.routes or self.flags - {"adult", "either"}
        )


def parts(items: list[Item]) -> list[Part]:
    """The parts of a sentence (without exceptions, conditions and definitions, which are cut before)."""
    answer: list[Part] = []
    joint, pause = "", False
    part: Part | None = None
    skipping = False
    for before, item in zip([None, *items], items, strict=False):
        skipping = item.kind == "whatever" or (skipping and item.kind not in ("comma", "and", "but"))
        if skipping:
            continue  # "with or without …": that makes no difference
        if item.kind in _JOINTS:
            if part is not None and not part.empty:
                answer.append(part)
                part, joint, pause = None, _JOINTS[item.kind], False
            elif item.kind != "comma" and item.kind != "dash":
                joint = _JOINTS[item.kind] if joint in ("", ",") else joint
            pause = pause or item.kind == "comma"
            part = Part(joint if answer else "", item.end, item.end, pause=pause)
            continue
        if part is None:
            part = Part("", item.start, item.end)
        if item.kind == "neg" and (part.entities or part.words or part.bounds):
            answer.append(part)  # "disease A without B": the negation is of B alone
            part, joint = Part("with", item.start, item.end), "with"
        if item.kind == "neg" and part.joint == "," and answer and "neg" not in answer[-1].flags:
            part.joint = "with"  # "A, but without B"
        if (before is None or before.kind not in _LEADING) and _runs_on(part, item):
            answer.append(part)  # "A within a year before screening B within 6 months": the comma is lost
            part = Part(",", item.start, item.end)
        if part.empty and not part.flags:
            part.start = item.start
        part.end = item.end
        _take(part, item)
    if part is not None and not part.empty:
        answer.append(part)
    return answer


_LEADING = frozenset({"of", "prior", "since", "start", "to", "at_time"})


def _runs_on(part: Part, item: Item) -> bool:
    """Whether a name begins something new, though no comma stands before it."""
    if item.kind == "measure" and part.measures and part.bounds and part.measures[-1].value != item.value:
        return part.bounds[-1].start > part.measures[-1].start
    if item.kind == "drug" and part.drugs and part.parens:
        return part.parens[-1].start > part.drugs[-1].start
    if item.kind not in ("drug", "fact") and item.value != "current":
        return False
    named = [one.end for one in (*part.drugs, *part.facts)]
    return bool(named and part.windows) and part.windows[-1].start >= max(named)


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
    elif item.kind == "oneof" and item.value == "1":
        part.flags.add("either")
    elif item.kind in FLAGS:
        part.flags.add(item.kind)
        if item.value in ("lack", "cannot", "mention", "current"):
            part.flags.add(item.value)
    elif item.kind not in _SILENT:
        part.words.append(item)
