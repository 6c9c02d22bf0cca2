"""Why a criterion answers as it does: the parts that decided, with the patient's own values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from scleroscope.criteria.clinician_words import bounds
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import Facts
from scleroscope.criteria.notation import duration
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.names import treatment_name
from scleroscope.knowledge.units import convert
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

Leaf = Has | Is | Compare | Taking | Opaque


def reason(tree: Criterion, known: Facts, answer: Truth) -> str:
    """One line: the leaves that settled the answer, or that left it open."""
    said = dict.fromkeys(_say(leaf, known) for leaf in deciding(tree, known, answer))
    return "; ".join(said)


def deciding(tree: Criterion, known: Facts, answer: Truth) -> Iterator[Leaf]:
    """The leaves on which the answer rests: of an *and* that fails, only the parts that fail."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                if evaluate(part, known) is answer:
                    yield from deciding(part, known, answer)
        case Not(part=part):
            yield from deciding(part, known, ~answer)
        case Has() | Is() | Compare() | Taking() | Opaque():
            yield tree
        case _:
            assert_never(tree)


def _say(leaf: Leaf, known: Facts) -> str:
    match leaf:
        case Opaque(text=text, procedural=procedural):
            state = "no record settles this" if procedural else "not understood"
            return f"{state}: “{' '.join(text.split())}”"
        case Taking():
            return _say_taking(leaf, known)
        case Has(field=field) | Is(field=field) | Compare(field=field):
            return f"{_name(field)} {_value(field, known)}{_asked(leaf)}"
    assert_never(leaf)


def _asked(leaf: Has | Is | Compare) -> str:
    match leaf:
        case Has():
            return ""
        case Is(values=values):
            return f" (asked: {' or '.join(values)})"
        case Compare(field=field):
            unit = fields()[field].unit if field in fields() else ""
            if unit in ("months", "weeks") and any(side and side % 1 for side in (leaf.low, leaf.high)):
                return f" (asked: {bounds(leaf, lambda end: duration(_weeks(end, unit)))})"
            return f" (asked: {bounds(leaf)}{unit and ' '}{unit})"
    assert_never(leaf)


def _weeks(value: float, unit: str) -> float:
    return round(convert(value, unit, "weeks"), 6)


def _value(field: str, known: Facts) -> str:
    value = known.values.get(field)
    if value is None:
        return "is not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"is {value:g}" if isinstance(value, float | int) else f"is {value}"


def _name(field: str) -> str:
    return fields()[field].name if field in fields() else field


def _say_taking(node: Taking, known: Facts) -> str:
    asked = " or ".join(treatment_name(name) for name in node.names)
    answer = evaluate(node, known)
    state = {
        Truth.YES: "is among the treatments",
        Truth.NO: "is not among the treatments",
        Truth.UNKNOWN: "is not known",
    }
    return f"{'intolerance of ' if node.intolerant else ''}{asked} as asked {state[answer]}"
