"""Towns by the names that registries give them."""

from __future__ import annotations

import polars as pl
import pytest

from scleroscope.landscape.near import by_distance, find_place


@pytest.mark.parametrize(
    ("city", "country", "kilometres"), [("Florence", "Italy", 230), ("Roma", "Italy", 0), ("Lyon", "FR", 800)]
)
def test_a_site_is_in_the_town_of_its_country_that_bears_the_name_or_is_also_called_so(
    city: str, country: str, kilometres: float
) -> None:
    trials = pl.DataFrame({"id": ["a"], "status": ["recruiting"]})
    sites = pl.DataFrame(
        {
            "id": ["a"], "facility": ["x"], "city": [city], "state": [None], "country": [country],
            "status": [None], "latitude": [None], "longitude": [None],
        },
        schema_overrides={
            "state": pl.String, "status": pl.String, "latitude": pl.Float64, "longitude": pl.Float64
        },
    )  # fmt: skip
    found = by_distance(trials, sites, find_place("Rome, Italy"))
    assert found["distance_km"][0] == pytest.approx(kilometres, abs=60)
