"""Published results as rows of a table: as printed in their source, nothing computed."""

from __future__ import annotations

from typing import Any

from scleroscope.api.trial import Told
from scleroscope.model.result import ArmResult, Contrast, Result


def results(told: Told) -> list[dict[str, Any]]:
    """One row an endpoint and time point."""
    return [
        {
            "endpoint": told.endpoints[each.endpoint],
            "what": _what(each),
            "arms": [f"{arm.arm}: {_arm(arm)}" for arm in each.arms],
            "contrasts": [_contrast(one, each) for one in each.contrasts],
            "note": each.note,
            "source": each.source,
        }
        for each in told.results
    ]


def _what(each: Result) -> str:
    parts = (
        each.measure or each.statistic.replace("_", " "),
        f"in {each.unit}" if each.unit else None,
        f"at week {each.weeks:g}" if each.weeks is not None else None,
        each.population,
        each.level.replace("_", " ") if each.level else None,
    )
    return ", ".join(part for part in parts if part)


def _arm(arm: ArmResult) -> str:
    value = "no number printed" if arm.value is None else _number(arm.value)
    if arm.spread is not None:
        value += f" ({(arm.spread_kind or 'spread').upper()} {arm.spread:g})"
    if arm.low is not None and arm.high is not None:
        value += f" ({_number(arm.low)} to {_number(arm.high)})"
    return value + (f", n = {arm.n}" if arm.n is not None else "")


def _contrast(one: Contrast, of: Result) -> str:
    parts = [f"{one.arm} against {one.against}"]
    if one.estimate is not None:
        kind = (of.contrast_statistic or "difference").replace("_", " ")
        parts.append(f"{kind} {_number(one.estimate)}")
    if one.low is not None and one.high is not None:
        parts.append(f"{of.confidence:.0%} interval {_number(one.low)} to {_number(one.high)}")
    if one.p is not None:
        parts.append(f"p = {one.p:g}")
    if one.p_below is not None:
        parts.append(f"p < {one.p_below:g}")
    if one.direction:
        parts.append(one.direction.replace("_", " "))
    return ", ".join(parts)


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
