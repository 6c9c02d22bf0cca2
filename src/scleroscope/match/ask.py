"""Which fact to find out next: the one whose answer settles most of the trials that are still possible.

The gain of a question is the expected number of possible trials that its answer decides,
Σ p(answer) · decided(answer). How often an answer comes is counted in a sample of people (virtual or
real) that are like the patient where the sample tells; of a fact that no sample tells, each answer that
some criterion tells apart counts alike, and the question says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.explain import question
from scleroscope.criteria.facts import TREATMENTS, Course, Facts, facts
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.implications import close, implications
from scleroscope.knowledge.text_values import values_of
from scleroscope.match.match import Trials, seen
from scleroscope.match.program import NO, UNKNOWN, Answers, Leaf
from scleroscope.model.criterion import Compare
from scleroscope.model.patient import Patient, Value

ENOUGH = 30  # with fewer people like the patient, the whole sample counts
LISTS_TRIED = 12  # whole lists of treatments that are tried
PEOPLE_TRIED = 60


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A fact to find out. `settles` is the expected number of trials that the answer decides.

    `waiting` counts the possible trials with a criterion that this fact would help to settle; `basis`
    tells whether the frequencies of the answers were counted in a sample or taken as alike.
    """

    field: str
    question: str
    settles: float
    waiting: int
    basis: Literal["sample", "alike"]


def ask_next(
    trials: Trials,
    known: Facts,
    sample: Sequence[Patient] = (),
    among: Iterable[str] | None = None,
) -> list[Question]:
    """The facts that are missing of the possible trials, the most decisive first.

    A question whose answers were counted, and that is expected to settle a trial, comes before those of
    whose answers nobody knows how likely they are. `among` restricts to trials with these ids.
    """
    board = _board(trials, known, None if among is None else frozenset(among))
    like = _like(known, sample)
    found = [_question(board, field, count, like) for field, count in board.waiting.items()]
    return sorted(found, key=_rank)


def _rank(one: Question) -> tuple[bool, float, int, str]:
    return (one.basis == "alike" or one.settles < 1, -one.settles, -one.waiting, one.field)


class _Board(NamedTuple):
    """Where the possible trials stand before a question."""

    trials: Trials
    known: Facts
    before: Answers
    unknown: dict[int, int]  # possible trial → how many of its criteria are unknown
    users: dict[int, list[tuple[int, int]]]  # tree → (trial, place of its clause)
    waiting: Counter[str]  # field → how many possible trials miss it


def _board(trials: Trials, known: Facts, among: frozenset[str] | None) -> _Board:
    before = trials.program.answers(known)
    unknown: dict[int, int] = {}
    users: dict[int, list[tuple[int, int]]] = {}
    waiting: Counter[str] = Counter()
    for number, (reading, trees) in enumerate(zip(trials.readings, trials.trees, strict=True)):
        if reading.how is None or (among is not None and reading.id not in among):
            continue
        verdicts = [
            seen(clause, before.trees[tree]) for clause, tree in zip(reading.clauses, trees, strict=True)
        ]
        if NO in verdicts or UNKNOWN not in verdicts:
            continue
        unknown[number] = verdicts.count(UNKNOWN)
        missing: set[str] = set()
        for place, tree in enumerate(trees):
            if verdicts[place] == UNKNOWN:
                users.setdefault(tree, []).append((number, place))
                missing.update(trials.program.missing(tree, before))
        waiting.update(missing)
    return _Board(trials, known, before, unknown, users, waiting)


def _question(board: _Board, field: str, waiting: int, like: Sequence[Patient]) -> Question:
    answers, basis = _answers(board, field, like)
    weight = sum(answers.values())
    settled = sum(
        count * _decided(board, after, changed)
        for (after, changed), count in _distinct(board, field, answers)
    )
    return Question(
        field=field,
        question=question(field),
        settles=round(settled / weight, 2) if weight else 0.0,
        waiting=waiting,
        basis=basis,
    )


def _answers(
    board: _Board, field: str, like: Sequence[Patient]
) -> tuple[dict[Value | tuple[Course, ...], float], Literal["sample", "alike"]]:
    """The answers that a fact may have, with their weights."""
    if field == TREATMENTS:
        lists = [facts(one).courses for one in like if TREATMENTS in one.complete][:LISTS_TRIED]
        return (dict.fromkeys(lists, 1.0), "sample") if lists else ({(): 1.0}, "alike")
    counted = Counter(one.values[field] for one in like[:PEOPLE_TRIED] if field in one.values)
    if counted:
        return {value: float(count) for value, count in counted.items()}, "sample"
    leaves = [leaf for _, leaf in board.trials.program.leaves_of.get(field, ())]
    return dict.fromkeys(_told_apart(field, leaves), 1.0), "alike"


def _told_apart(field: str, leaves: Sequence[Leaf]) -> list[Value]:
    """One value of each kind that the criteria tell apart."""
    known = fields()[field]
    if known.type == "bool":
        return [True, False]
    if known.type == "text":
        return list(known.values or values_of(field))
    low, high = known.low or 0.0, known.high if known.high is not None else 0.0
    bounds = {bound for leaf in leaves if isinstance(leaf, Compare) for bound in (leaf.low, leaf.high)}
    cuts = sorted({low, high, *(bound for bound in bounds if bound is not None)})
    return [(one + other) / 2 for one, other in pairwise(cuts)]


def _distinct(
    board: _Board, field: str, answers: Mapping[Value | tuple[Course, ...], float]
) -> Iterator[tuple[tuple[Answers, frozenset[int]], float]]:
    """What each kind of answer changes, and its weight; answers that no criterion tells apart are one."""
    program, known = board.trials.program, board.known
    premise = any(row.field == field for row in implications())
    kinds: dict[object, tuple[Facts, list[str], float]] = {}
    for answer, weight in answers.items():
        if isinstance(answer, tuple):
            after = Facts(values=known.values, courses=(*known.courses, *answer), treatments_complete=True)
            kind: object = answer
            new = [TREATMENTS]
        else:
            values = {**known.values, field: answer}
            values = close(values) if premise else values
            after = Facts(values=values, courses=known.courses, treatments_complete=known.treatments_complete)
            new = [name for name in values if name not in known.values]
            kind = (
                tuple(evaluate(leaf, after) for _, leaf in program.leaves_of.get(field, ())),
                tuple((name, values[name]) for name in new if name != field),
            )
        before = kinds.get(kind)
        kinds[kind] = (after, new, weight + (before[2] if before else 0.0))
    for after, new, weight in kinds.values():
        told = program.after(board.before, after, new)
        touched = {tree for name in new for tree in program.trees_of.get(name, ())}
        changed = frozenset(tree for tree in touched if told.trees[tree] != board.before.trees[tree])
        yield (told, changed), weight


def _decided(board: _Board, after: Answers, changed: Iterable[int]) -> int:
    """How many possible trials are settled: some criterion is not met now, or none is unknown any more."""
    ruled_out: set[int] = set()
    answered: Counter[int] = Counter()
    for tree in changed:
        for trial, place in board.users.get(tree, ()):
            if seen(board.trials.readings[trial].clauses[place], after.trees[tree]) == NO:
                ruled_out.add(trial)
            answered[trial] += 1
    full = {trial for trial, count in answered.items() if count == board.unknown[trial]}
    return len(ruled_out | full)


def _like(known: Facts, sample: Sequence[Patient]) -> Sequence[Patient]:
    """The people of the sample that agree with the patient in every yes, no and word that both tell."""
    told = {name: value for name, value in known.values.items() if isinstance(value, bool | str)}
    like = [
        one for one in sample if all(one.values.get(name, value) == value for name, value in told.items())
    ]
    return like if len(like) >= ENOUGH else sample
