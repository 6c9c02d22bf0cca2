"""A criterion as clinicians write it: short names, signs and units."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from scleroscope.criteria import spoken
from scleroscope.criteria.notation import number
from scleroscope.knowledge import units
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.names import treatment_name
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Has,
    Interval,
    Is,
    Not,
    Opaque,
    Taking,
)


def say(tree: Criterion) -> str:
    """The tree as a phrase: `mRSS ≥ 15 and ≤ 40; no pregnancy`."""
    match tree:
        case All(parts=parts):
            return _joined(parts, " and ", "no condition")
        case Any(parts=parts):
            return _joined(parts, " or ", "nothing")
        case AtLeast(count=count, parts=parts):
            return f"at least {count} of: {'; '.join(say(part) for part in parts)}"
        case Not(part=part):
            return f"no {say(part)}" if isinstance(part, Has) else f"not ({say(part)})"
        case Has(field=field):
            return _name(field)
        case Is(field=field, values=values):
            return f"{_name(field)} {' or '.join(value.replace('_', ' ') for value in values)}"
        case Compare(field=field):
            unit = fields()[field].unit if field in fields() else ""
            return f"{_name(field)} {bounds(tree)}{unit and ' '}{unit}"
        case Taking():
            return _taking(tree)
        case Opaque(procedural=procedural):
            return "a procedural condition" if procedural else "a condition that was not understood"
    assert_never(tree)


def bounds(interval: Compare | Interval, amount: Callable[[float], str] = spoken.amount) -> str:
    """An interval with signs: `≥ 15 and ≤ 40`; `amount` says each end."""
    parts = []
    if interval.low is not None and interval.low == interval.high:
        return f"= {amount(interval.low)}"
    if interval.low is not None:
        parts.append(f"{'>' if interval.low_open else '≥'} {amount(interval.low)}")
    if interval.high is not None:
        parts.append(f"{'<' if interval.high_open else '≤'} {amount(interval.high)}")
    return " and ".join(parts)


def _joined(parts: tuple[Criterion, ...], operator: str, empty: str) -> str:
    if not parts:
        return empty
    return operator.join(
        f"({say(part)})" if isinstance(part, All | Any | AtLeast) and len(parts) > 1 else say(part)
        for part in parts
    )


def _name(field: str) -> str:
    return fields()[field].name if field in fields() else field


def _taking(node: Taking) -> str:
    named = " or ".join(treatment_name(name) for name in node.names)
    words = [f"intolerance of {named}" if node.intolerant else named]
    if node.except_names:
        words.append(f"other than {' or '.join(treatment_name(name) for name in node.except_names)}")
    words.append({"now": "", "ever": "now or before", "past": "before, not now"}[node.when])
    if node.within_weeks is not None:
        words.append(f"within {spoken.duration(node.within_weeks)}")
    if node.within_half_lives is not None:
        words.append(f"within {number(node.within_half_lives)} half-lives")
    if node.dose is not None:
        equal = f" ({treatment_name(node.equivalent)} equivalent)" if node.equivalent else ""
        words.append(f"{bounds(node.dose)} {node.dose.unit}{equal}")
    if node.stable_weeks is not None:
        words.append(f"stable for {_time(node.stable_weeks)}")
    if node.total_weeks is not None:
        words.append(f"for {_time(node.total_weeks)}")
    if node.routes:
        words.append(" or ".join(node.routes))
    return " ".join(word for word in words if word)


def _time(interval: Interval) -> str:
    return bounds(interval, lambda value: spoken.duration(units.convert(value, interval.unit, "weeks")))
