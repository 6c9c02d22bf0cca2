"""The figures of the landscape. Each takes rows of an overview's table and a width in pixels.

Figures for a phone (below `NARROW`) are drawn anew rather than shrunk: letters keep their size. Where rows
have a `link`, their marks lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scleroscope.charts.svg import Drawing
from scleroscope.charts.theme import FATE_NAMES, light

if TYPE_CHECKING:
    import altair as alt

NARROW = 480
FEW = 5
Rows = Iterable[Mapping[str, Any]]
ROW = 22  # pixels of one line of a bar chart or heat map


def starts(years: Rows, *, width: int) -> Drawing:
    """Trials by the year of their start, stacked by what became of them."""
    import altair as alt

    rows = [
        {"year": row["year"], "fate": name, "order": order, "trials": row[fate]}
        for row in years
        if row["year"] is not None
        for order, (fate, name) in enumerate(FATE_NAMES.items())
        if row[fate]
    ]
    first = min((row["year"] for row in rows), default=2000)
    last = max((row["year"] for row in rows), default=2000)
    step = 10 if width < NARROW else 5
    return (
        alt.Chart(alt.InlineData(values=rows), width=width - 40, height=240)
        .mark_bar()
        .encode(
            x=alt.X(
                "year:O",
                scale=alt.Scale(domain=list(range(first, last + 1)), paddingInner=0.15),
                axis=alt.Axis(
                    values=[each for each in range(first, last + 1) if each % step == 0], labelAngle=0
                ),
            ),
            y=alt.Y("sum(trials):Q", axis=alt.Axis(grid=True, tickCount=5)),
            color=_fates(columns=2 if width < NARROW else 6),
            order=alt.Order("order:Q"),
        )
    )


def families_by_phase(families: Rows, *, width: int) -> Drawing:
    """Families × phases as a heat map with the numbers written in."""
    import altair as alt

    listed = [row for row in families if row["id"] is not None]
    phases = [name for name in (listed[0] if listed else {}) if name.startswith("phase ")]
    names = {"phase none": "no phase", "phase not stated": "not stated"}
    heads = [names.get(each, each) for each in phases]
    if width < NARROW:
        heads = [
            {"no phase": "–", "not stated": "?"}.get(each, each.removeprefix("phase ")) for each in heads
        ]
    rows = [
        {"family": row["name"], "phase": head, "trials": row[each], **_way(row)}
        for row in listed
        for each, head in zip(phases, heads, strict=True)
        if row[each]
    ]
    label = 112 if width < NARROW else 300
    base = alt.Chart(
        alt.InlineData(values=rows), width=width - label - 8, height=ROW * 1.35 * max(len(listed), 1)
    ).encode(
        x=alt.X(
            "phase:N", sort=heads, scale=alt.Scale(domain=heads), axis=alt.Axis(orient="top", labelAngle=0)
        ),
        y=alt.Y(
            "family:N",
            sort=[row["name"] for row in listed],
            axis=alt.Axis(labelLimit=label - 8, minExtent=label, maxExtent=label),
        ),
    )
    base = linked(base, rows)
    most = max((row["trials"] for row in rows), default=1)
    cells = base.mark_rect(
        cornerRadius=3, color=light("accent"), stroke=light("paper"), strokeWidth=3
    ).encode(
        fillOpacity=alt.FillOpacity(
            "trials:Q", scale=alt.Scale(type="sqrt", domain=[0, most], range=[0.04, 0.62]), legend=None
        )
    )
    return cells + base.mark_text().encode(text="trials:Q")


def bars(rows: Rows, *, width: int, limit: int = 15) -> Drawing:
    """Any count by name (countries, sponsors …), stacked by what became of the trials."""
    import altair as alt

    listed = [row for row in rows if row["id"] is not None][:limit]
    label = 130 if width < NARROW else 240
    long = [
        {"name": row["name"], "part": part, "order": order, "trials": number, **_way(row)}
        for row in listed
        for order, (part, number) in enumerate(_parts(row))
        if number
    ]
    return linked(
        alt.Chart(alt.InlineData(values=long), width=width - label - 8, height=ROW * max(len(listed), 1))
        .mark_bar(cornerRadius=2, height=ROW - 8)
        .encode(
            x=alt.X("sum(trials):Q", axis=alt.Axis(orient="top", grid=True, tickCount=5)),
            y=alt.Y(
                "name:N",
                sort=[row["name"] for row in listed],
                axis=alt.Axis(labelLimit=label - 8, minExtent=label, maxExtent=label),
            ),
            color=_colour(
                {
                    "completed": "completed",
                    "recruiting": "ongoing",
                    "stopped early": "stopped",
                    "other or not stated": "unknown",
                },
                "part",
                columns=2 if width < NARROW else 4,
            ),
            order=alt.Order("order:Q"),
        ),
        long,
    )


def timeline(rows: Rows, *, width: int, limit: int = 24) -> Drawing:
    """One dot a trial: what it aims at (lines, most tried first), when it began, what became of it.

    A row has `name` (the symbol), `label` (its name), `start`, `fate` and `enrolment` (None: smallest dot).
    """
    import altair as alt

    narrow = width < NARROW
    listed = [dict(row) for row in rows if row["start"] is not None]
    order: dict[str, int] = {}
    labels = {row["name"]: row["label"] for row in listed}
    for row in listed:
        order[row["name"]] = order.get(row["name"], 0) + 1
    names = sorted(order, key=lambda name: (-order[name], name))[:limit]
    data = [
        {
            "name": _target(row, short=narrow),
            "start": str(row["start"]),
            "fate": FATE_NAMES[row["fate"]],
            "enrolment": row["enrolment"] or 0,
            **_way(row),
        }
        for row in listed
        if row["name"] in names
    ]
    label = 80 if narrow else 300
    return linked(
        alt.Chart(alt.InlineData(values=data), width=width - label - 16, height=ROW * max(len(names), 1))
        .mark_circle(opacity=0.75, stroke=light("paper"), strokeWidth=0.8)
        .encode(
            x=alt.X(
                "start:T",
                scale=alt.Scale(padding=12),
                axis=alt.Axis(orient="top", grid=True, format="%Y", tickCount=4 if width < NARROW else 8),
            ),
            y=alt.Y(
                "name:N",
                sort=[_target({"name": name, "label": labels[name]}, short=narrow) for name in names],
                axis=alt.Axis(labelLimit=label - 8, minExtent=label, maxExtent=label, grid=True),
            ),
            color=_fates(columns=2 if width < NARROW else 6),
            size=alt.Size(
                "enrolment:Q",
                scale=alt.Scale(type="sqrt", domain=[0, 400], range=[25, 330], clamp=True),
                legend=None,
            ),
        ),
        data,
    )


def endpoints_by_decade(rows: Rows, *, width: int, limit: int = 14) -> Drawing:
    """Share of a decade's trials that measure each endpoint, as a heat map with the percentages.

    Decades with fewer than `FEW` trials are written but not shaded: their shares say little.
    """
    import altair as alt

    listed = [row for row in rows if row["id"] is not None and row["decade"] is not None]
    total: dict[str, int] = {}
    for row in listed:
        total[row["name"]] = total.get(row["name"], 0) + row["trials"]
    names = sorted(total, key=lambda name: (-total[name], name))[:limit]
    data = [
        {
            "name": row["name"],
            "decade": f"{row['decade']}s" if width < NARROW else f"{row['decade']}s (of {row['of']})",
            "share": row["share"] if row["of"] >= FEW else 0,
            "text": f"{row['share']:.0%}",
            **_way(row),
        }
        for row in listed
        if row["name"] in names
    ]
    label = 140 if width < NARROW else 250
    base = alt.Chart(
        alt.InlineData(values=data), width=width - label - 8, height=ROW * 1.25 * max(len(names), 1)
    ).encode(
        x=alt.X("decade:N", axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("name:N", sort=names, axis=alt.Axis(labelLimit=label - 8, minExtent=label, maxExtent=label)),
    )
    base = linked(base, data)
    most = max((row["share"] for row in data), default=1)
    opacity = alt.Scale(domain=[0, most or 1], range=[0.03, 0.62])
    cells = base.mark_rect(
        cornerRadius=3, color=light("accent"), stroke=light("paper"), strokeWidth=3
    ).encode(fillOpacity=alt.FillOpacity("share:Q", scale=opacity, legend=None))
    return cells + base.mark_text(fontSize=11).encode(text="text:N")


def planned_against_reached(rows: Rows, *, width: int) -> Drawing:
    """One dot a trial: planned enrolment against reached, on the line where the plan was kept."""
    import altair as alt

    data: list[dict[str, Any]] = [
        {
            "planned": row["planned"],
            "reached": max(row["reached"], 1),
            "fate": FATE_NAMES[row["fate"]],
            **_way(row),
        }
        for row in rows
    ]
    most = max([*(row["planned"] for row in data), *(row["reached"] for row in data), 100])
    numbers = [row[name] for row in data for name in ("planned", "reached")]
    least = 10 if min(numbers, default=1) >= 10 else 1
    scale = alt.Scale(type="log", domain=[least, most], nice=True)
    ticks = [each for each in (1, 3, 10, 30, 100, 300, 1000, 3000, 10000) if least <= each <= most * 2]
    side = min(width - 70, 420)
    line = (
        alt.Chart(
            alt.InlineData(values=[{"planned": least, "reached": least}, {"planned": most, "reached": most}])
        )
        .mark_line(color=light("quiet"), strokeDash=[4, 4], strokeWidth=1)
        .encode(x=alt.X("planned:Q", scale=scale), y=alt.Y("reached:Q", scale=scale))
    )
    dots = (
        alt.Chart(alt.InlineData(values=data), width=side, height=side)
        .mark_circle(size=70, opacity=0.8)
        .encode(
            x=alt.X("planned:Q", scale=scale, axis=alt.Axis(grid=True, values=ticks, title="planned")),
            y=alt.Y("reached:Q", scale=scale, axis=alt.Axis(grid=True, values=ticks, title="reached")),
            color=_fates(columns=2),
        )
    )
    return line + linked(dots, data)


def linked(chart: alt.Chart, data: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """The chart, its marks leading to their rows' `link` where there is one."""
    return chart.encode(href="link:N") if any("link" in row for row in data) else chart


def _way(row: Mapping[str, Any]) -> dict[str, str]:
    return {"link": row["link"]} if row.get("link") else {}


def _target(row: Mapping[str, Any], *, short: bool) -> str:
    return row["name"] if short or row["label"] == row["name"] else f"{row['label']}  {row['name']}"


def _parts(row: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    rest = row["trials"] - row["completed"] - row["stopped"] - row["recruiting"]
    return (
        ("completed", row["completed"]),
        ("recruiting", row["recruiting"]),
        ("stopped early", row["stopped"]),
        ("other or not stated", rest),
    )


def _fates(columns: int) -> alt.Color:
    return _colour({name: fate for fate, name in FATE_NAMES.items()}, "fate", columns)


def _colour(names: Mapping[str, str], column: str, columns: int = 4) -> alt.Color:
    """The colour of each name, in the palette's words."""
    import altair as alt

    scale = alt.Scale(domain=list(names), range=[light(each) for each in names.values()])
    return alt.Color(f"{column}:N", scale=scale, legend=alt.Legend(columns=columns))
