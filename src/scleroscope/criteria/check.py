"""What is wrong with a study's criteria before any patient is seen.

Looks at what every participant must fulfil: the parts of an inclusion that are joined by *and*, and
the opposite of the parts of an exclusion that are joined by *or*.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from scleroscope.criteria.clinician_words import say
from scleroscope.criteria.leaves import leaves
from scleroscope.knowledge.fields import fields
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Clause,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Is,
    Not,
    Opaque,
    Taking,
)

Problem = Literal["impossible", "implausible", "contradiction", "swallowed", "typo", "age"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, the clauses that it is about, and what was probably meant."""

    problem: Problem
    clauses: tuple[str, ...]
    message: str


class _Range(NamedTuple):
    """Numbers from low to high; an end belongs to them unless it is open."""

    low: float = -math.inf
    low_open: bool = False
    high: float = math.inf
    high_open: bool = False

    @property
    def empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def both(self, other: _Range) -> _Range:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return _Range(low, low_open, high, not closed)


class _Demand(NamedTuple):
    """One leaf that every participant must fulfil, or (denied) must not."""

    clause: Clause
    leaf: Criterion
    denied: bool


def check(
    eligibility: Eligibility, *, minimum_age: float | None = None, maximum_age: float | None = None
) -> list[Finding]:
    """All findings, in the order of the clauses; ages are the registry's own fields, in years.

    >>> from scleroscope.criteria.notation import parse
    >>> given = {"kind": "inclusion", "text": "", "start": 0, "end": 0, "reading": "computable"}
    >>> low = Clause(id="I1", tree=parse("fvc_percent_predicted < 50"), **given)
    >>> high = Clause(id="I2", tree=parse("fvc_percent_predicted >= 50"), **given)
    >>> check(Eligibility(clauses=(low, high)))[0].problem
    'typo'
    """
    demands = [demand for clause in eligibility.clauses for demand in _demands(clause)]
    return [
        *(found for clause in eligibility.clauses for found in _bounds(clause)),
        *_conflicts(demands),
        *_ages(demands, minimum_age, maximum_age),
    ]


def _demands(clause: Clause) -> Iterator[_Demand]:
    def walk(tree: Criterion, denied: bool) -> Iterator[_Demand]:
        match tree:
            case Not(part=part):
                yield from walk(part, not denied)
            case All(parts=parts) if not denied:
                for part in parts:
                    yield from walk(part, denied)
            case Any(parts=parts) if denied:
                for part in parts:
                    yield from walk(part, denied)
            case Has() | Is() | Compare() | Taking():
                yield _Demand(clause, tree, denied)
            case All() | Any() | AtLeast() | Opaque():
                return

    return walk(clause.tree, clause.kind == "exclusion")


def _bounds(clause: Clause) -> Iterator[Finding]:
    for leaf in leaves(clause.tree):
        if not isinstance(leaf, Compare):
            continue
        known = fields().get(leaf.field)
        span = _range(leaf, denied=False)
        if span is None or known is None:
            continue
        possible = _Range(low=_or(known.low, -math.inf), high=_or(known.high, math.inf))
        if span.empty:
            message = f"{clause.id}: no number fits {say(leaf)}"
            yield Finding(problem="impossible", clauses=(clause.id,), message=message)
        elif span.both(possible).empty:
            limits = f"{possible.low:g} to {possible.high:g}"
            message = f"{clause.id}: {say(leaf)} is outside what the measure can be ({limits})"
            yield Finding(problem="implausible", clauses=(clause.id,), message=message)


def _range(leaf: Criterion, *, denied: bool) -> _Range | None:
    """The numbers that fulfil a comparison, or its denial; None when they are not one range."""
    if not isinstance(leaf, Compare):
        return None
    if not denied:
        return _Range(_or(leaf.low, -math.inf), leaf.low_open, _or(leaf.high, math.inf), leaf.high_open)
    if leaf.low is not None and leaf.high is not None:
        return None
    if leaf.low is not None:
        return _Range(high=leaf.low, high_open=not leaf.low_open)
    return _Range(low=_or(leaf.high, -math.inf), low_open=not leaf.high_open)


def _conflicts(demands: list[_Demand]) -> Iterator[Finding]:
    for number, one in enumerate(demands):
        for other in demands[number + 1 :]:
            if one.clause.id != other.clause.id and _exclude_each_other(one, other):
                yield _conflict(one, other)


def _exclude_each_other(one: _Demand, other: _Demand) -> bool:
    if isinstance(one.leaf, Taking) or isinstance(other.leaf, Taking):
        return _bare(one.leaf) == _bare(other.leaf) and one.denied != other.denied
    if getattr(one.leaf, "field", None) != getattr(other.leaf, "field", ""):
        return False
    match one.leaf, other.leaf:
        case Has(), Has():
            return one.denied != other.denied
        case Compare(), Compare():
            left, right = _range(one.leaf, denied=one.denied), _range(other.leaf, denied=other.denied)
            if left is None or right is None or left.empty or right.empty:
                return False
            return left.both(right).empty
        case Is(values=asked), Is(values=others):
            if not one.denied and not other.denied:
                return not set(asked) & set(others)
            if one.denied != other.denied:
                wanted, refused = (others, asked) if one.denied else (asked, others)
                return set(wanted) <= set(refused)
    return False


def _bare(leaf: Criterion) -> Criterion:
    return msgspec.structs.replace(leaf, span=None)


def _conflict(one: _Demand, other: _Demand) -> Finding:
    ids = (one.clause.id, other.clause.id)
    both = f"{ids[0]} ({say(one.leaf)}) and {ids[1]} ({say(other.leaf)})"
    if one.clause.kind != other.clause.kind:
        return Finding(
            problem="swallowed", clauses=ids, message=f"{both}: whoever fits the inclusion is excluded"
        )
    if _complements(one, other):
        message = f"{both}: nobody fits both; one of them was probably meant for the other list"
        return Finding(problem="typo", clauses=ids, message=message)
    return Finding(problem="contradiction", clauses=ids, message=f"{both}: nobody fits both")


def _complements(one: _Demand, other: _Demand) -> bool:
    """Whether one is exactly what the other leaves out: `< 50` beside `≥ 50`."""
    span = _range(one.leaf, denied=one.denied)
    return span is not None and span == _range(other.leaf, denied=not other.denied)


def _ages(demands: list[_Demand], minimum: float | None, maximum: float | None) -> Iterator[Finding]:
    for demand in demands:
        span = _range(demand.leaf, denied=demand.denied)
        if span is None or getattr(demand.leaf, "field", "") != _AGE:
            continue
        for side, text, registry in (("minimum", span.low, minimum), ("maximum", span.high, maximum)):
            # A text of "under 76" and a field of 75 years say the same.
            strict = side == "maximum" and span.high_open
            if registry is None or math.isinf(text) or text == registry or (strict and text - 1 == registry):
                continue
            message = (
                f"{demand.clause.id}: the text says a {side} age of {text:g}, the registry field {registry:g}"
            )
            yield Finding(problem="age", clauses=(demand.clause.id,), message=message)


_AGE = "age"


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
