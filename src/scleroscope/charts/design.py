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
        x=alt.X("gain:Q", axis=alt.Axis(grid=True, tickCount=7, title="percentage points gained")), y=y
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


def pareto(rows: Sequence[Mapping[str, Any]], *, width: int, axis: str) -> Drawing:
    """Variants as points, `cost` against `power` in %; a line joins those whose `front` is true."""
    import altair as alt

    base = alt.Chart(alt.InlineData(values=list(rows)), width=width - 70, height=320).encode(
        x=alt.X("cost:Q", scale=alt.Scale(zero=False, padding=20), axis=alt.Axis(title=axis, grid=True)),
        y=alt.Y(
            "power:Q", scale=alt.Scale(zero=False, padding=14), axis=alt.Axis(title="power, %", grid=True)
        ),
    )
    errors = base.mark_rule(color=light("line")).encode(y="low:Q", y2="high:Q")
    front = base.transform_filter("datum.front").mark_line(color=light("stopped"), strokeWidth=1.5)
    points = base.mark_circle(size=80, opacity=1).encode(
        color=alt.condition("datum.front", alt.value(light("stopped")), alt.value(light("unknown")))
    )
    names = base.transform_filter("datum.front").mark_text(
        align="left", baseline="top", dx=7, dy=4, fontSize=11, color=light("ink"), limit=width // 3
    )
    return errors + front + points + names.encode(text="name:N")


def survival(rows: Sequence[Mapping[str, Any]], *, width: int) -> Drawing:
    """Curves of both arms, one panel a `kind`: `year`, `share` in %, `arm`; each is named at its end."""
    import altair as alt

    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    side_by_side = width > 500  # a phone shows them one below the other
    each = width // len(kinds) - 60 if side_by_side else width - 60
    last = max(row["year"] for row in rows)
    colour = alt.Color(
        "arm:N",
        scale=alt.Scale(domain=["treated", "control"], range=[light("accent"), light("quiet")]),
        legend=None,
    )
    panels = []
    for kind in kinds:
        base = alt.Chart(
            alt.InlineData(values=[row for row in rows if row["kind"] == kind]),
            width=each,
            height=250,
            title=alt.Title(f"{kind}, %", anchor="start", fontSize=13, color=light("ink")),
        ).encode(
            x=alt.X(
                "year:Q",
                scale=alt.Scale(domain=[0, last * 1.2], nice=False),
                axis=alt.Axis(title="years", tickCount=6),
            ),
            y=alt.Y("share:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=None, grid=True)),
            color=colour,
        )
        ends = base.transform_filter(f"datum.year > {last - 1e-6}").mark_text(align="left", dx=6)
        panels.append(base.mark_line(strokeWidth=2.5) + ends.encode(text="arm:N"))
    return alt.hconcat(*panels) if side_by_side else alt.vconcat(*panels)


def months_gained(rows: Sequence[Mapping[str, Any]], *, width: int) -> Drawing:
    """Months gained by `group` and `horizon`: bars to the right are gain, to the left loss."""
    import altair as alt

    groups = list(dict.fromkeys(row["group"] for row in rows))
    horizons = list(dict.fromkeys(row["horizon"] for row in rows))
    base = alt.Chart(
        alt.InlineData(values=list(rows)), width=width - 200, height=ROW * 0.8 * len(rows)
    ).encode(
        y=alt.Y("group:N", sort=groups, axis=alt.Axis(title=None, labelLimit=170)),
        yOffset=alt.YOffset("horizon:N", sort=horizons),
        x=alt.X(
            "months:Q",
            scale=alt.Scale(padding=52 if width > 500 else 30),  # room for the years' names
            axis=alt.Axis(title="months of life gained", grid=True, tickCount=8),
        ),
    )
    bars = base.mark_bar().encode(
        color=alt.condition("datum.months < 0", alt.value(light("stopped")), alt.value(light("accent")))
    )
    after = base.transform_filter("datum.months >= 0").mark_text(align="left", dx=4, color=light("quiet"))
    before = base.transform_filter("datum.months < 0").mark_text(align="right", dx=-4, color=light("quiet"))
    return bars + after.encode(text="horizon:N") + before.encode(text="horizon:N")


def chosen(rows: Sequence[Mapping[str, Any]], *, width: int) -> Drawing:
    """How often each `dose` is chosen, `share` in %."""
    import altair as alt

    base = alt.Chart(alt.InlineData(values=list(rows)), width=width - 120, height=ROW * 1.3 * len(rows))
    y = alt.Y("dose:N", sort=[row["dose"] for row in rows], axis=alt.Axis(title="dose"))
    bars = base.mark_bar(color=light("accent")).encode(
        x=alt.X("share:Q", axis=alt.Axis(grid=True, title="% of trials that choose it")), y=y
    )
    ends = base.mark_text(align="left", dx=4, color=light("quiet")).encode(x="share:Q", y=y, text="label:N")
    return bars + ends
