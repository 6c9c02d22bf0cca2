"""One part of a sentence into its tree: all that it names, and an opaque rest for what it does not say."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.asides import aside
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Bound, Fact, Item, Measure, Quantity, Window
from scleroscope.criteria.parts import Part
from scleroscope.criteria.place import every, opposite, placed, some
from scleroscope.criteria.read_compare import compare, pressures
from scleroscope.criteria.read_facts import condition, dated
from scleroscope.criteria.read_treatment import treatment
from scleroscope.criteria.state import State
from scleroscope.criteria.vocabulary import measures
from scleroscope.model.criterion import All, Any, Compare, Criterion, Is, Opaque, Span

_GROWN = 12  # years; smaller numbers of years that stand alone are no age
_UNASKED = ("infection", "malignancy", "expecting", "transplant")
_AGREED = ("consent", "reproduction", "duty")  # what the fields hold "as the study asks"


def part_tree(part: Part, frame: Frame) -> Criterion:
    """The tree of one part."""
    negated = "neg" in part.flags
    altered = "alter" in part.flags and part.measures  # a change of the measure, not the measure
    if "widen" in part.flags or altered or (frame.bars and _misplaced(part, negated=negated)):
        return frame.words(part.start, part.end)
    state = State(
        part, frame, bars=frame.bars != negated, rest=[*part.words, *part.severe], numbers=[*part.bounds]
    )
    for paren in part.parens:
        aside(paren, state)
    for step in (_ages, _treatments, _measures, _conditions, _pressures, _leftovers):
        step(state)
    tree = _with_rest(state)
    if negated:
        tree = opposite(tree)
        if any(_limits(paren) for paren in part.parens):  # "no contraception (unless …)": of the whole
            words = state.words()
            tree = every([tree, words]) if frame.bars else some([tree, words])
    return _for_whom(state, tree)


def _limits(paren: Item) -> bool:
    """Whether a bracket says whom the words before it do not concern."""
    inner = paren.value if isinstance(paren.value, list) else []
    return any(item.kind in ("except", "unless", "if") for item in inner)


def _misplaced(part: Part, *, negated: bool) -> bool:
    """A rule among the reasons for exclusion, which may be meant either way.

    "No prior cancer" there can mean both; a missing consent cannot. "Must use contraception" is a rule.
    """
    if not negated:
        return "must" in part.flags or any(group(item) == "duty" for item in part.facts)
    if part.flags & {"lack", "stable"} or part.joint == "with":
        return False
    if "cannot" in part.flags:
        return not any(group(item) in _AGREED for item in part.facts)
    if part.drugs:
        return True  # "cannot use antidepressants"
    meant = (*_AGREED, "subject", "subset", "criteria")
    return not (part.measures and part.bounds) and not any(group(item) in meant for item in part.facts)


def _treatments(state: State) -> None:
    part = state.part
    if not part.drugs or _agreed(state):
        return
    names = tuple(dict.fromkeys(str(item.value) for item in part.drugs))
    with_numbers = msgspec.structs.replace(part, bounds=state.numbers)
    state.leaves.append(treatment(with_numbers, names, state.span, state.frame.text, bars=state.bars))
    state.numbers, state.timed = [], True


def _measures(state: State) -> None:
    for item in state.part.measures:
        if state.part.pressures and isinstance(item.value, Measure) and len(item.value.fields) > 1:
            continue  # a blood pressure: its pair of numbers follows
        leaf = _measured(item, state)
        if leaf is None and not state.numbers and any(isinstance(one, Compare) for one in state.leaves):
            continue  # "leukopenia (white cells < 3)": the bracket says what is meant
        state.leaves.append(leaf or state.words())
        state.timed = True
    if state.part.measures:
        state.numbers = []


def _measured(item: Item, state: State) -> Criterion | None:
    """The measure with its numbers, or with a time where it is one; None where no number fits it."""
    measure, part = item.value, state.part
    assert isinstance(measure, Measure)
    values = [(bound.value, bound) for bound in _own_numbers(item, state)] or [
        (_as_bound(window.value), window) for window in part.windows if isinstance(window.value, Window)
    ]
    values = values or [(lasting.value, lasting) for lasting in part.lasting]
    answers: list[Criterion] = []
    for value, where in values:
        if not isinstance(value, Bound | Quantity):
            return None
        span = Span(min(item.start, where.start), max(item.end, where.end))
        leaf = compare(measure, value, span, state.frame.text[span.start : span.end], bars=state.bars)
        if leaf is None:
            return None
        answers.append(leaf)
    if (
        not answers
        and measure.count
        and not (part.lasting or part.windows or part.words or "past" in part.flags)
    ):
        answers = [Compare(field=measure.fields[0], low=1, span=Span(item.start, item.end))]  # there are some
    if not answers:
        return None
    classes = measure.ordinal and all(isinstance(value, Quantity) for value, _ in values)
    return some(answers) if classes else every(answers)  # "class III or IV"


def _own_numbers(item: Item, state: State) -> list[Item]:
    """Of several measures with several numbers, each has those that follow it."""
    measures_here, numbers = state.part.measures, state.numbers
    if len(measures_here) == 1 and len(numbers) > 1:
        return _near(numbers, state)
    if len(measures_here) < 2 or len(numbers) < 2:
        return numbers
    later = [other.start for other in measures_here if other.start > item.start]
    end = min(later, default=state.part.end)
    own = [number for number in numbers if item.start < number.start < end]
    return own or [number for number in numbers if number.start >= end][:1] or numbers[-1:]


def _near(numbers: list[Item], state: State) -> list[Item]:
    """The numbers up to a word that is not understood: what follows that may be of something else."""
    first = numbers[0]
    barrier = min((item.start for item in state.part.words if item.start > first.start), default=None)
    near = [item for item in numbers if barrier is None or item.start < barrier]
    state.rest += [item for item in numbers if item not in near]
    return near


def _as_bound(window: Window) -> Bound:
    return Bound(window.low, window.high, window.strict, window.strict, "days")


def _ages(state: State) -> None:
    """Years that stand alone are an age: "18 years or older", "men of 18 to 75 years"."""
    part = state.part
    if len(state.numbers) != 1 or not isinstance(state.numbers[0].value, Bound):
        return
    bound = state.numbers[0].value
    if any(isinstance(item.value, Measure) and item.value.bare == "years" for item in part.measures):
        return
    named = part.measures or part.facts or part.drugs
    if bound.age and bound.unit != "years" and (named or part.words):
        return
    if not (bound.age or _lifetime(state, bound)):
        return
    if not bound.unit:
        bound = msgspec.structs.replace(bound, unit="years")
    measure = next(one for one in measures().values() if one.bare == "years")
    leaf = compare(measure, bound, Span(state.numbers[0].start, state.numbers[0].end), "", bars=state.bars)
    if leaf is not None:
        state.leaves.append(leaf)
        state.numbers = []


def _lifetime(state: State, bound: Bound) -> bool:
    """Whether years without a word for age can only be one: "at least 18", "men over 18 years with SSc"."""
    part = state.part
    low, high = bound.low or 0, bound.high or 0
    if bound.unit not in ("", "years") or part.measures or part.drugs or part.windows or "neg" in part.flags:
        return False
    if part.facts:  # "patients > 18 years with the disease", not "disease of > 18 years"
        first = min(item.start for item in part.facts)
        return (
            bool(bound.unit)
            and low in _MAJORITY
            and not state.frame.bars
            and state.numbers[0].end < first - 1
        )
    if part.words or part.severe or part.flags - {"must", "diag", "all", "adult"}:
        return False
    if "adult" in part.flags:
        return True
    if bound.unit and not state.frame.bars:
        return max(low, high) >= _GROWN
    if state.frame.bars:
        return (0 < high <= max(_MAJORITY) and not low) or (low >= _OLD and not high)
    return low in _MAJORITY


_MAJORITY = (16, 18, 20, 21)  # years at which people are grown up
_OLD = 60  # years from which studies leave out the aged


def _conditions(state: State) -> None:
    part, frame = state.part, state.frame
    windows = (
        [] if part.measures or part.drugs else [w.value for w in part.windows if isinstance(w.value, Window)]
    )
    defined = frame.bars and any(isinstance(leaf, Compare) for leaf in state.leaves)
    if defined:  # "severe lung disease with an FVC below 50 %": the number says how severe, and which
        state.rest = [item for item in state.rest if item.kind != "severe"]
    for item in part.facts:
        fact = item.value
        assert isinstance(fact, Fact)
        if not state.bars and fact.group in _UNASKED:
            state.rest.append(item)  # no study asks for it: it is only mentioned
            continue
        if fact.group == "subject" and frame.bars and state.bars and frame.subject and len(part.facts) == 1:
            if not state.leaves:
                state.rest.append(item)  # nobody is kept out by the disease that the study is about
            continue
        if fact.group == "criteria" and _other_disease(part):
            state.rest.append(item)  # criteria of another disease
            continue
        if (defined and isinstance(fact.bare, Any | Opaque)) or _needless(fact, state):
            continue
        flags = (
            part.flags | {"now"}
            if fact.group == "other_disease" and frame.bars and frame.subject
            else part.flags
        )
        span = Span(item.start, item.end)
        number = state.numbers[0].value if state.numbers and not windows else None
        leaf = dated(fact, number, span) if isinstance(number, Bound) else None
        if leaf is not None:
            state.numbers = state.numbers[1:]
        else:
            leaf = condition(fact, span, frame.text, flags=flags, windows=windows, bars=state.bars)
            state.timed = True
        state.leaves.append(leaf)


def _other_disease(part: Part) -> bool:
    """Whether the part names another disease and not the subject."""
    groups = {group(item) for item in part.facts}
    return "other_disease" in groups and not groups & {"subject", "subset"}


def _needless(fact: Fact, state: State) -> bool:
    """The subject of the study beside something else, or whose definition of the subset it is."""
    part, frame = state.part, state.frame
    if fact.group == "subject":
        return frame.subject and frame.bars and len(part.facts) + len(state.leaves) > 1
    return fact.group == "criteria_other" and any(group(one) == "subset" for one in part.facts)


def group(item: Item) -> str:
    """The group of a condition; "" for anything else."""
    return item.value.group if isinstance(item.value, Fact) else ""


def _pressures(state: State) -> None:
    for item in state.part.pressures:
        if isinstance(item.value, tuple) and isinstance(item.value[0], str):
            sign, pair = item.value
            state.leaves.append(pressures(sign, pair, Span(item.start, item.end), bars=state.bars))
        else:
            state.rest.append(item)


def _leftovers(state: State) -> None:
    """What was said but found no place keeps the part from being settled."""
    part = state.part
    state.rest += state.numbers
    if part.facts and all(group(item) == "expecting" for item in part.facts):
        part.flags.discard("future")  # a planned pregnancy, beside one that there is
    dosed = any(isinstance(item.value, Bound) for item in part.bounds)
    if part.drugs and dosed:  # "high dose steroids (> 10 mg/day)": the number says how high
        state.rest = [item for item in state.rest if item.value != "dose"]
    if part.drugs:  # "other immunosuppressants" are immunosuppressants
        state.rest = [item for item in state.rest if item.value != "other"]
    if "alter" in part.flags and not part.measures:
        state.rest.append(Item("word", part.start, part.end))
    if _agreed(state):  # how, and for how long: the field means "as the study asks"
        state.rest, part.procedural = [], []
        return
    if state.leaves and not state.timed:
        state.rest += [*part.windows, *part.half_lives]
    if not part.drugs and not part.measures:
        state.rest += part.lasting
    if part.flags & {"start", "hyper", "stable", "future"} and not part.drugs:
        state.rest.append(Item("word", part.start, part.end))


def _agreed(state: State) -> bool:
    """Whether the part asks for what a patient agrees to."""
    return not state.frame.bars and any(group(item) in _AGREED for item in state.part.facts)


def _with_rest(state: State) -> Criterion:
    leaves, part = state.leaves, state.part
    if not leaves and not state.rest:
        return (
            All(parts=())
            if part.who and not part.procedural
            else state.words(procedural=bool(part.procedural))
        )
    if leaves and not state.rest and not part.drugs and not state.frame.bars:
        return every(leaves)  # "age at the evaluation": what is done to find it out
    if state.rest or part.procedural:
        leaves = [*leaves, state.words(procedural=not state.rest)]
    return every(leaves)


def _for_whom(state: State, tree: Criterion) -> Criterion:
    """Rules for women or for men: asked of them alone, and barring them alone."""
    part, frame = state.part, state.frame
    people = [
        placed(item.value, Span(item.start, item.end), frame.text)
        for item in part.who
        if isinstance(item.value, Criterion)
    ]
    if not people:
        return tree
    who = some(people)
    if frame.bars:
        return every([who, tree])
    if not state.leaves and tree == All(parts=()):
        return who
    if isinstance(who, Is) and part.measures and not part.facts:  # "women of 18 to 65 years": only women?
        return every([some([opposite(who), tree]), some([who, state.words()])])
    return some([opposite(who), tree])
