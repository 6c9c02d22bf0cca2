"""What stands in brackets: another name, a dose, a list, a definition, or more words.

Each rule looks at one bracket and says whether it has dealt with it; the first that has ends the matter.
"""

from __future__ import annotations

import msgspec

from scleroscope.criteria.items import Bound, Fact, Item, Measure
from scleroscope.criteria.place import some
from scleroscope.criteria.state import State
from scleroscope.knowledge import drugs
from scleroscope.knowledge.units import dose_in
from scleroscope.model.criterion import Any, Criterion

_NAMING = frozenset({"fact", "drug", "measure", "pressures"})
_RESTRICTS = frozenset(
    {"bound", "quantity", "window", "except", "unless", "if", "pressures", "neg", "lasting"}
)
_SAYS = _NAMING | _RESTRICTS | {"word", "qual", "severe", "half_lives"}
_JOINTS = frozenset({"comma", "or", "and", "slash", "andor", "dash"})
GIVEN = (
    "now",
    "past",
    "window",
    "half_lives",
    "start",
    "hyper",
    "future",
    "neg",
    "widen",
    "lasting",
    "stable",
)


def aside(paren: Item, state: State) -> None:
    """Tell the bracket into the leaves, the numbers or the rest of the part that it stands in."""
    inner = paren.value
    assert isinstance(inner, list)
    kinds = {item.kind for item in inner}
    if part_is_expecting(state) and not kinds & {"except", "unless"}:
        return
    for rule in (_spared, _permission, _persons, _naming, _dose, _times, _numbers, _names, _drug_list):
        if rule(inner, kinds, state):
            return
    if not state.frame.bars and not kinds & (_NAMING | _RESTRICTS):
        return  # an explanation of what is asked; it asks no more
    _statement(paren, inner, kinds, state)


def part_is_expecting(state: State) -> bool:
    """Whether the part names a pregnancy alone: what stands in brackets is how it is known."""
    part = state.part
    return bool(part.facts) and not part.drugs and all(_group(item) == "expecting" for item in part.facts)


def _spared(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "immunosuppressants (other than prednisone ≤ 10 mg/day)"."""
    part = state.part
    if "except" not in kinds or not part.drugs or kinds & {"fact", "measure"} or "drug" not in kinds:
        return False
    part.spared = [*part.spared, *(item for item in inner if item.kind == "drug")]
    part.spared_partly = part.spared_partly or bool(kinds & {"bound", "severe", "word", "route", "quantity"})
    return True


def _permission(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "systemic steroids (inhaled steroids are allowed)": other drugs, or another way to take them."""
    part = state.part
    if "allow" not in kinds or not part.drugs:
        return False
    own = {item.value for item in part.drugs}
    others = "route" in kinds or not any(item.kind == "drug" and _of(item, own) for item in inner)
    if not others:
        state.rest.append(inner[0])
    return True


def _of(item: Item, names: set[object]) -> bool:
    """Whether a drug is one of those named, or of their classes."""
    name = str(item.value)
    return name in names or bool(names & set(drugs.ancestors(name)))


def _persons(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "(women of childbearing potential)"."""
    if kinds <= {"who", "and", "or", "moment", "of"}:
        state.part.who += [item for item in inner if item.kind == "who"]
        return True
    return not kinds & _SAYS


def _naming(inner: list[Item], kinds: set[str], state: State) -> bool:
    """Another name of a measure, or how it is taken: "FVC (without bronchodilator)"."""
    part = state.part
    if part.measures and part.bounds and not kinds & (_NAMING | {"window", "except", "unless", "if", "neg"}):
        return not kinds & {"bound"} or "example" in kinds  # "18 to 60 years (18 and 60 included)"
    return bool(part.measures) and not (part.facts or part.drugs or kinds & (_RESTRICTS - {"neg"}))


def _dose(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "corticosteroids (> 10 mg/day of prednisone or equivalent)"."""
    part = state.part
    if not part.drugs or kinds & {"fact", "measure", "except"} or not any(_is_dose(item) for item in inner):
        return False
    state.numbers += [item for item in inner if item.kind == "bound"]
    part.flags |= {item.kind for item in inner if item.kind in ("equiv", "now", "stable")}
    if any(item.kind == "drug" for item in inner):
        part.flags.add("equiv")
    state.rest += [item for item in inner if item.kind in ("word", "severe", "neg")]
    return True


def _is_dose(item: Item) -> bool:
    return (
        isinstance(item.value, Bound) and bool(item.value.unit) and dose_in(1.0, item.value.unit) is not None
    )


def _times(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "rituximab (within 6 months)"."""
    part = state.part
    if not kinds <= {"window", "half_lives", "now", "past"} or not (part.drugs or part.facts):
        return False
    part.windows = [*part.windows, *(item for item in inner if item.kind == "window")]
    part.half_lives = [*part.half_lives, *(item for item in inner if item.kind == "half_lives")]
    part.flags |= kinds & {"now", "past"}
    return True


def _numbers(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "platelets (< 100)": the number of the measure before it."""
    part = state.part
    if not part.measures or part.facts or state.numbers or not kinds <= {"bound", "quantity", "word"}:
        return False
    state.numbers += [item for item in inner if item.kind in ("bound", "quantity")]
    return True


def _names(inner: list[Item], kinds: set[str], state: State) -> bool:
    """The same thing by another name, or its abbreviation."""
    part = state.part
    named = [item for item in inner if item.kind in _NAMING]
    if not kinds <= {"fact", "measure", "drug", "slash", "comma", "word", "define"}:
        return False
    words = [str(item.value) for item in inner if item.kind == "word"]
    if named:
        return len(words) <= _WORDS and all(_same(item, state) for item in named)
    short = len(words) == 1 and len(words[0]) <= _ABBREVIATION
    return short and bool(part.words or part.facts or part.drugs)


_WORDS = 3
_ABBREVIATION = 6


def _group(item: Item) -> str:
    return item.value.group if isinstance(item.value, Fact) else ""


def _same(item: Item, state: State) -> bool:
    part = state.part
    if isinstance(item.value, Fact):
        return any(isinstance(one.value, Fact) and one.value.id == item.value.id for one in part.facts)
    if isinstance(item.value, Measure):
        return any(isinstance(one.value, Measure) and one.value.id == item.value.id for one in part.measures)
    return any(item.value == drug.value for drug in part.drugs)


def _drug_list(inner: list[Item], kinds: set[str], state: State) -> bool:
    """ "treated with a drug that may interfere (A, B, C)": the list says which."""
    part = state.part
    if part.drugs or "drug" not in kinds or not kinds <= _JOINTS | {"drug"}:
        return False
    tree = _read(inner, state, every_joint="or")
    if tree is not None:
        state.leaves.append(tree)
        part.windows, part.half_lives, part.lasting = [], [], []
        state.rest = [] if state.frame.bars else state.rest
    return True


def _statement(paren: Item, inner: list[Item], kinds: set[str], state: State) -> None:
    """A sentence in brackets: a definition by number, examples, an exception, or a restriction."""
    part, bars = state.part, state.frame.bars
    tree = _read(inner, state)
    if tree is None:
        return
    classes = any(isinstance(item.value, Measure) and item.value.ordinal for item in inner)
    if classes and part.facts:  # "heart failure (NYHA III or IV)": how severe
        state.leaves.append(tree)
        state.rest = [item for item in state.rest if item.kind != "severe"]
    elif not bars and all(_group(item) in ("subset", "criteria") for item in inner) and len(inner) == 1:
        state.leaves.append(tree)
    elif "example" in kinds:
        if not part.facts and not part.drugs:
            general = state.leaves or [state.words()]
            state.leaves = [some([*general, tree])]
            state.rest = []
    elif kinds & {"except", "unless"}:
        state.rest.append(paren)
    elif "bound" in kinds and (bars or not part.facts):
        state.leaves.append(tree)  # the number says what the words before it mean
        if bars:
            part.facts, state.rest = [], [item for item in state.rest if item.start > paren.end]
    elif bars:
        state.rest.append(paren)
    elif "bound" in kinds or (isinstance(tree, Any) and kinds & {"or", "andor"}):
        state.leaves.append(tree)


def _read(inner: list[Item], state: State, *, every_joint: str = "") -> Criterion | None:
    """The bracket as a sentence of its own, with the tense and time of the part around it."""
    from scleroscope.criteria.clause import sentence_tree

    part = state.part
    flags = tuple(Item(flag, part.start, part.end) for flag in sorted(part.flags & set(GIVEN) - {"neg"}))
    given = (*state.frame.given, *part.windows, *part.half_lives, *part.lasting, *flags)
    frame = msgspec.structs.replace(state.frame, given=given, force=every_joint or state.frame.force)
    return sentence_tree(inner, frame)
