"""The criteria of all trials as one small program: every distinct leaf and every distinct tree once.

Most facts of most patients are unknown. So the answers of a patient of whom nothing is known are kept, and
for a real patient only the trees that look at something known are run again. Leaves are answered by
`criteria.evaluate`; a property test holds whole trees to it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, assert_never

import msgspec

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import TREATMENTS, Facts
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Has,
    Is,
    Not,
    Opaque,
    Taking,
)
from scleroscope.model.truth import Truth

NO, UNKNOWN, YES = 0, 1, 2
TRUTHS = (Truth.NO, Truth.UNKNOWN, Truth.YES)
_NUMBERS = {truth: number for number, truth in enumerate(TRUTHS)}

Leaf = Has | Is | Compare | Taking | Opaque
BLANK = Facts(values={}, courses=(), treatments_complete=False)


class Node(NamedTuple):
    """A leaf (`parts` empty, `number` its place) or `number` of the parts (all: as many as there are)."""

    op: str
    number: int
    parts: tuple[Node, ...] = ()


class Answers(NamedTuple):
    """Of every distinct leaf and tree: 0 no, 1 unknown, 2 yes."""

    leaves: list[int]
    trees: list[int]
    again: frozenset[int] = frozenset()  # the trees that were run: all others are as for a blank patient


class Program:
    """Distinct leaves and trees, each with its place; where in the text they were read does not count."""

    def __init__(self, trees: Iterable[Criterion]) -> None:
        self.places: dict[Criterion, int] = {}
        self.leaves: dict[Leaf, int] = {}
        found: dict[Node, int] = {}
        for tree in trees:
            if tree not in self.places:
                self.places[tree] = found.setdefault(self._node(tree), len(found))
        self.nodes = list(found)

    def _node(self, tree: Criterion) -> Node:
        match tree:
            case All(parts=parts):
                return Node("all", len(parts), tuple(map(self._node, parts)))
            case Any(parts=parts):
                return Node("any", 1, tuple(map(self._node, parts)))
            case AtLeast(count=count, parts=parts):
                return Node("count", count, tuple(map(self._node, parts)))
            case Not(part=part):
                return Node("not", 1, (self._node(part),))
            case Has() | Is() | Compare() | Taking() | Opaque():
                bare = tree if tree.span is None else msgspec.structs.replace(tree, span=None)
                return Node("leaf", self.leaves.setdefault(bare, len(self.leaves)))
        assert_never(tree)

    @cached_property
    def fields(self) -> list[str | None]:
        """The field that each leaf looks at; None for text that was not understood."""
        return [field_of(leaf) for leaf in self.leaves]

    @cached_property
    def leaves_of(self) -> Mapping[str, Sequence[tuple[int, Leaf]]]:
        """Field → the leaves that look at it."""
        found: dict[str, list[tuple[int, Leaf]]] = {}
        for leaf, place in self.leaves.items():
            if (field := field_of(leaf)) is not None:
                found.setdefault(field, []).append((place, leaf))
        return found

    @cached_property
    def trees_of(self) -> Mapping[str, Sequence[int]]:
        """Field → the trees with a leaf that looks at it."""
        found: dict[str, list[int]] = {}
        for tree, node in enumerate(self.nodes):
            for field in {self.fields[leaf] for leaf in _leaves(node)} - {None}:
                found.setdefault(str(field), []).append(tree)
        return found

    @cached_property
    def blank(self) -> Answers:
        """The answers of a patient of whom nothing is known."""
        leaves = [_NUMBERS[evaluate(leaf, BLANK)] for leaf in self.leaves]
        return Answers(leaves, [run(node, leaves) for node in self.nodes])

    def answers(self, known: Facts) -> Answers:
        """The answers of one patient."""
        fields = [field for field in known.values if field in self.leaves_of]
        if known.courses or known.treatments_complete:
            fields.append(TREATMENTS)
        return self.after(self.blank, known, fields)

    def after(self, before: Answers, known: Facts, fields: Iterable[str]) -> Answers:
        """The answers when, of what is known, only these fields were not known `before`."""
        leaves, trees = before.leaves.copy(), before.trees.copy()
        again: set[int] = set()
        for field in fields:
            for place, leaf in self.leaves_of.get(field, ()):
                leaves[place] = _NUMBERS[evaluate(leaf, known)]
            again.update(self.trees_of.get(field, ()))
        for tree in again:
            trees[tree] = run(self.nodes[tree], leaves)
        return Answers(leaves, trees, before.again | again)

    def missing(self, tree: int, answers: Answers) -> tuple[str, ...]:
        """The fields whose absence leaves the tree unknown, in the order of the tree."""
        if tree not in answers.again:
            return self._blank_missing[tree]
        return tuple(dict.fromkeys(_missing(self.nodes[tree], answers.leaves, self.fields)))

    @cached_property
    def _blank_missing(self) -> list[tuple[str, ...]]:
        leaves = self.blank.leaves
        return [tuple(dict.fromkeys(_missing(node, leaves, self.fields))) for node in self.nodes]


def run(node: Node, leaves: Sequence[int]) -> int:
    """The answer of a node: 0 no, 1 unknown, 2 yes."""
    op = node[0]
    if op == "leaf":
        return leaves[node[1]]
    if op == "not":
        return YES - run(node[2][0], leaves)
    if op == "all":
        answer = YES
        for part in node[2]:
            one = run(part, leaves)
            if one == NO:
                return NO
            answer = min(answer, one)
        return answer
    if op == "any":
        answer = NO
        for part in node[2]:
            one = run(part, leaves)
            if one == YES:
                return YES
            answer = max(answer, one)
        return answer
    found = [run(part, leaves) for part in node[2]]
    if found.count(YES) >= node[1]:
        return YES
    return UNKNOWN if len(found) - found.count(NO) >= node[1] else NO


def field_of(leaf: Leaf) -> str | None:
    """The field that a leaf looks at; None for text that was not understood."""
    match leaf:
        case Has(field=field) | Is(field=field) | Compare(field=field):
            return field
        case Taking():
            return TREATMENTS
        case Opaque():
            return None
    assert_never(leaf)


def _leaves(node: Node) -> Iterator[int]:
    if node.op == "leaf":
        yield node.number
    for part in node.parts:
        yield from _leaves(part)


def _missing(node: Node, leaves: Sequence[int], fields: Sequence[str | None]) -> Iterator[str]:
    if run(node, leaves) != UNKNOWN:
        return
    if node.op == "leaf":
        field = fields[node.number]
        if field is not None:
            yield field
        return
    for part in node.parts:
        yield from _missing(part, leaves, fields)
