"""Conditions: what a disease name says, now, ever or within a time."""

from __future__ import annotations

from scleroscope.criteria.items import Bound, Fact, Window
from scleroscope.criteria.place import placed
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.units import convert
from scleroscope.model.criterion import All, Any, Compare, Criterion, Has, Opaque, Span

_TESTED = frozenset(
    {"reproduction", "duty", "expecting", "consent", "antibody", "criteria"}
)  # a time beside these dates a test


def condition(
    fact: Fact, span: Span, text: str, *, flags: set[str], windows: list[Window], bars: bool
) -> Criterion:
    """The tree of a condition as said: bare, current, in the history, within a time."""
    if windows and fact.group not in _TESTED:
        return _within(fact, windows[0], span, text, bars=bars)
    if "past" in flags and "now" in flags:
        return Any(parts=(placed(fact.ever, span, text), placed(fact.now, span, text)))
    if "past" in flags:
        return placed(fact.ever, span, text)
    if "now" in flags:
        return placed(fact.now, span, text)
    return placed(fact.bare, span, text)


def dated(fact: Fact, bound: Bound, span: Span) -> Criterion | None:
    """A condition with a time that stands without a marker ("infarction of less than 6 months")."""
    if not fact.since or bound.unit not in ("days", "weeks", "months", "years") or bound.age:
        return None
    low = None if bound.low is None else convert(bound.low, bound.unit, "days")
    high = None if bound.high is None else convert(bound.high, bound.unit, "days")
    window = Window(high, low, bound.high_open or bound.low_open)
    leaves = tuple(_since(field, window, span, bars=False) for field in fact.since)
    if len(leaves) == 1:
        return leaves[0]
    had = placed(fact.bare, span, "")
    return All(
        parts=(
            had,
            Any(parts=(All(parts=leaves), All(parts=(Any(parts=leaves), Opaque(text="", span=span))))),
        )
    )


def _within(fact: Fact, window: Window, span: Span, text: str, *, bars: bool) -> Criterion:
    if not fact.since:
        # A condition that is there now was there in any time that ends now; more is not recorded.
        return Any(parts=(placed(fact.now, span, text), Opaque(text=text[span.start : span.end], span=span)))
    leaves = tuple(_since(field, window, span, bars=bars) for field in fact.since)
    if len(leaves) == 1:
        return (
            All(parts=(placed(fact.ever, span, text), leaves[0])) if isinstance(fact.ever, Has) else leaves[0]
        )
    words = Opaque(text=text[span.start : span.end], span=span)
    return Any(parts=(All(parts=leaves), All(parts=(Any(parts=leaves), words))))


def _since(field: str, window: Window, span: Span, *, bars: bool) -> Criterion:
    unit = fields()[field].unit or "days"
    high = None if window.high is None else convert(window.high, "days", unit)
    low = None if window.low is None else convert(window.low, "days", unit)
    # "within 6 months" keeps out who is certainly inside; the day on the border is left to be judged.
    return Compare(
        field=field, low=low, high=high, low_open=window.strict and low is not None,
        high_open=(window.strict or bars) and high is not None, span=span,
    )  # fmt: skip
