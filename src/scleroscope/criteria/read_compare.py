"""Measures with their bounds: a `Compare` in the field's own unit."""

from __future__ import annotations

from functools import cache

from scleroscope.criteria.items import Bound, Item, Measure, Quantity
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.units import convert
from scleroscope.model.criterion import All, Any, Compare, Criterion, Opaque, Span


def compare(
    measure: Measure, bound: Bound | Quantity, span: Span, text: str, *, bars: bool
) -> Criterion | None:
    """The comparison; None where the unit does not belong to the measure or a sign is missing.

    Where several fields are plausible (a disease duration without a stated beginning), the answer is
    settled only when they agree.
    """
    if measure.pair:
        return None  # one number does not say which of the two
    if isinstance(bound, Quantity):
        if not measure.ordinal or bound.unit:
            return None
        bound = Bound(bound.value, bound.value, False, False, "")
    if measure.rises and bars and bound.low is None:
        return None  # "creatinine < 2 mg/dL" as a reason for exclusion
    if measure.spread:
        found = [leaf for field in measure.fields if (leaf := _field(measure, field, bound, span))]
        if len(found) != len(measure.fields):
            return None
        return Any(
            parts=(
                All(parts=tuple(found)),
                All(parts=(Any(parts=tuple(found)), Opaque(text=text, span=span))),
            )
        )
    if measure.both:
        leaves = tuple(leaf for field in measure.fields if (leaf := _field(measure, field, bound, span)))
        return (Any(parts=leaves) if bars else All(parts=leaves)) if leaves else None
    for field in measure.fields:
        leaf = _field(measure, field, bound, span)
        if leaf is not None:
            return leaf
    return None


def _field(measure: Measure, field: str, bound: Bound, span: Span) -> Compare | None:
    unit = fields()[field].unit or ""
    wanted = bound.unit or _bare(measure, bound)
    if not bound.unit and wanted is None:
        return None
    low, high = (
        _convert(bound.low, wanted or "", unit, field),
        _convert(bound.high, wanted or "", unit, field),
    )
    if (low is None) != (bound.low is None) or (high is None) != (bound.high is None):
        return None
    known = fields()[field]
    for value in (low, high):
        if value is not None and known.low is not None and not known.low <= value <= (known.high or value):
            return None  # outside what the field can hold: a slip of the pen, not a threshold
    return Compare(
        field=field, low=low, high=high, low_open=bound.low_open and low is not None,
        high_open=bound.high_open and high is not None, span=span,
    )  # fmt: skip


def _bare(measure: Measure, bound: Bound) -> str | None:
    """The unit of a number that stands without one: "10^9/L:1000 | /uL" means /uL from 1000 on."""
    if not measure.bare:
        return None
    value = bound.high if bound.high is not None else bound.low
    for choice in measure.bare.split(" | "):
        unit, _, most = choice.partition(":")
        if not most or (value is not None and value < float(most)):
            return "" if unit == "1" else unit
    return None


def _convert(value: float | None, unit: str, to: str, field: str) -> float | None:
    if value is None:
        return None
    if unit == to:
        return value
    try:
        return convert(value, unit, to, field)
    except ValueError:
        return None


@cache
def _pair() -> tuple[str, ...]:
    """The two fields of a blood pressure written as 160/100."""
    return next(cells(row["fields"]) for row in rows("phrases_measures") if "pair" in row["how"])


def pressures(sign: str, pair: tuple[float, float], span: Span, *, bars: bool) -> Criterion:
    """A blood pressure above (or below) 160/100: either, where it keeps out; both, where it is asked."""
    is_open = "=" not in sign
    leaves: tuple[Criterion, ...] = tuple(
        Compare(field=name, low=value, low_open=is_open, span=span)
        if sign[0] == ">"
        else Compare(field=name, high=value, high_open=is_open, span=span)
        for name, value in zip(_pair(), pair, strict=True)
    )
    return Any(parts=leaves) if bars else All(parts=leaves)


def span_of(*items: Item) -> Span:
    """From the first to the last character of some items."""
    return Span(min(item.start for item in items), max(item.end for item in items))
