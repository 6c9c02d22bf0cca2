"""The figures of a design report: what each criterion costs, and duration against power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scleroscope.charts.field import ROW
from scleroscope.charts.svg import Drawing
from scleroscope.charts.theme import light


def gains(rows: Sequence[Mapping[str, Any]], *, width: int) -> Drawing:
    """Percentage points of the population gained by leaving a criterion out: `criterion`, `gain`, `error`."""
    import altair as alt

    base = alt.Chart(
        alt.InlineData(values=list(rows)), width=width - 190, height=ROW * 1.3 * max(len(rows), 1)
    )
    y = alt.Y("criterion:N", sort=[row["criterion"] for row in rows], axis=alt.Axis(labelLimit=180))
    bars = base.mark_bar(color=light("accent")).encode(
        x=alt.X("gain:Q", axis=alt.Axis(grid=True, title="percentage points of the population gained")), y=y
    )
    ends = base.mark_text(align="left", dx=4, color=light("quiet")).encode(x="gain:Q", y=y, text="label:N")
    return bars + ends


def duration_against_power(rows: Sequence[Mapping[str, Any]], *, width: int) -> Drawing:
    """Each variant of the plan as a point: `criterion`, `months` to recruit, `power` in %."""
    import altair as alt

    base = alt.Chart(alt.InlineData(values=list(rows)), width=width - 60, height=300).encode(
        x=alt.X("months:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="months to recruit", grid=True)),
        y=alt.Y("power:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="power, %", grid=True)),
    )
    errors = base.mark_rule(color=light("line")).encode(y="low:Q", y2="high:Q")
    points = base.mark_circle(size=90, opacity=1).encode(
        color=alt.condition("datum.plan", alt.value(light("stopped")), alt.value(light("accent")))
    )
    names = base.mark_text(align="left", dx=7, dy=-6, color=light("ink")).encode(text="name:N")
    return errors + points + names
