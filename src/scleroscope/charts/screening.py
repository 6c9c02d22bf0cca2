"""The figures of a screening: who is left after each criterion, and which criteria rule out together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scleroscope.charts.field import NARROW, ROW
from scleroscope.charts.svg import Drawing
from scleroscope.charts.theme import light

Rows = Sequence[Mapping[str, Any]]
_STATES = {"met": "completed", "unknown": "unknown", "not met": "stopped"}


def waterfall(steps: Rows, *, width: int) -> Drawing:
    """Those whom no earlier criterion rules out, by its answer: `name`, `met`, `unknown`, `not met`.

    Each bar is as long as the one before without its part that is not met.
    """
    import altair as alt

    rows = [
        {"name": step["name"], "state": state, "order": order, "patients": step[state]}
        for step in steps
        for order, state in enumerate(_STATES)
        if step[state]
    ]
    label = 110 if width < NARROW else 300
    return (
        alt.Chart(alt.InlineData(values=rows), width=width - label - 20, height=ROW * max(len(steps), 1))
        .mark_bar(height=ROW - 8)
        .encode(
            y=alt.Y("name:N", sort=[step["name"] for step in steps], axis=alt.Axis(labelLimit=label)),
            x=alt.X("patients:Q", axis=alt.Axis(grid=True, title="patients", tickCount=4, format=",d")),
            color=alt.Color(
                "state:N",
                sort=list(_STATES),
                scale=alt.Scale(domain=list(_STATES), range=[light(name) for name in _STATES.values()]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order="order:Q",
        )
    )


def together(sets: Rows, criteria: Sequence[str], *, width: int) -> Drawing:
    """Sets of criteria that rule the same patients out, as columns of dots: `criteria` (ids), `patients`."""
    import altair as alt

    columns = [{"set": f"{place:02d}", **row} for place, row in enumerate(sets)]
    dots = [
        {"set": column["set"], "criterion": name, "in": name in column["criteria"]}
        for column in columns
        for name in criteria
    ]
    joined = [
        {
            "set": column["set"],
            "first": min(column["criteria"], key=criteria.index),
            "last": max(column["criteria"], key=criteria.index),
        }
        for column in columns
    ]
    wide = width - 70
    x = alt.X("set:N", axis=None)
    bars = alt.Chart(alt.InlineData(values=columns), width=wide, height=130)
    height = bars.mark_bar(color=light("stopped"), width={"band": 0.6}).encode(
        x=x, y=alt.Y("patients:Q", axis=alt.Axis(grid=True, tickCount=3, title="patients", format=",d"))
    )
    counts = bars.mark_text(baseline="bottom", dy=-3, fontSize=11, color=light("quiet")).encode(
        x=x, y="patients:Q", text=alt.Text("patients:Q", format=",d")
    )
    # Layers of other data would be sorted by name: the order is the scale's.
    order = alt.Scale(domain=list(criteria))
    y = alt.Y("criterion:N", scale=order, axis=alt.Axis(labelLimit=60))
    points = (
        alt.Chart(alt.InlineData(values=dots), width=wide, height=(ROW - 2) * len(criteria))
        .mark_circle(size=80, opacity=1)
        .encode(x=x, y=y, color=alt.condition("datum.in", alt.value(light("ink")), alt.value(light("line"))))
    )
    lines = (
        alt.Chart(alt.InlineData(values=joined))
        .mark_rule(color=light("ink"), strokeWidth=2)
        .encode(x=x, y=alt.Y("first:N", scale=order), y2="last:N")
    )
    return alt.vconcat(height + counts, points + lines, spacing=6).resolve_scale(x="shared")
