"""The overview's tables agree with a plain count over the rows."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter

import msgspec
import polars as pl
import pytest
from rich.console import Console
from tests.unit.landscape.frame import frame, seeded, trial

from scleroscope.cli.overview_screen import show
from scleroscope.landscape import count, trace
from scleroscope.landscape.overview import overview

TRIALS = seeded()
ROWS = TRIALS.to_dicts()


def numbers(table: pl.DataFrame, key: str = "id", value: str = "trials") -> dict[object, int]:
    return dict(table.select(key, value).iter_rows())


@pytest.mark.parametrize(
    ("table", "column"),
    [(count.families, "families"), (count.countries, "countries"), (count.subsets, "subsets")],
)
def test_a_trial_counts_once_in_each_of_its_values_and_not_stated_is_a_row(
    table: object, column: str
) -> None:
    expected = Counter(value for row in ROWS for value in (row[column] or [None]))
    assert numbers(table(TRIALS)) == expected  # type: ignore[operator]


def test_phases_add_up_to_all_trials() -> None:
    assert count.phases(TRIALS)["trials"].sum() == len(ROWS)
    assert numbers(count.phases(TRIALS))["2/3"] == sum(len(row["phases"]) == 2 for row in ROWS)


def test_family_by_phase_adds_up_to_the_family() -> None:
    table = count.families(TRIALS)
    by_phase = table.select(pl.sum_horizontal(f"phase {each}" for each in count.PHASES))
    assert by_phase.to_series().to_list() == table["trials"].to_list()


def test_years_without_a_start_are_there_and_fates_add_up() -> None:
    trials = frame(
        trial(id="A", start=dt.date(2001, 1, 1), status="completed"),
        trial(id="B", start=dt.date(2004, 1, 1), status="withdrawn"),
        trial(id="C"),
    )
    table = trace.years(trials)
    assert numbers(table, "year") == {2001: 1, 2002: 0, 2003: 0, 2004: 1, None: 1}
    seeded_years = trace.years(TRIALS)
    assert (
        seeded_years.select(pl.sum_horizontal(count.FATES)).to_series().to_list()
        == seeded_years["trials"].to_list()
    )


def test_enrolment_counts_only_trials_that_tell_both_numbers() -> None:
    trials = frame(
        trial(id="both", enrolment=30, enrolment_kind="actual", planned_enrolment=60),
        trial(id="plan", enrolment=60, enrolment_kind="anticipated", planned_enrolment=60),
        trial(id="reached", enrolment=60, enrolment_kind="actual"),
    )
    assert trace.enrolment(trials).select("id", "share").rows() == [("both", 0.5)]


def test_endpoint_share_is_of_trials_with_a_recognised_endpoint() -> None:
    trials = frame(
        trial(id="A", start=dt.date(2011, 1, 1), endpoints=["mrss", "haq_di"], primary_endpoints=["mrss"]),
        trial(id="B", start=dt.date(2012, 1, 1), endpoints=["mrss"]),
        trial(id="C", start=dt.date(2013, 1, 1)),
    )
    rows = {row["id"]: row for row in trace.endpoints(trials).to_dicts()}
    assert (
        rows["mrss"]["share"],
        rows["mrss"]["primary"],
        rows["haq_di"]["share"],
        rows[None]["trials"],
    ) == (1, 1, 0.5, 1)


def test_news_is_what_came_or_changed_since_a_day() -> None:
    assert Counter(trace.news(TRIALS, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))["what"]) == {
        "changed": sum(row["last_changed"].day == 20 for row in ROWS)
    }


def test_an_empty_landscape_says_so_instead_of_failing() -> None:
    view = overview(frame())
    assert view.headlines["field"] == "No trial matches."
    assert msgspec.json.encode(view.to_dict())
    show(view, Console(file=io.StringIO(), width=80))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_screen_keeps_to_its_width_and_shows_every_section(width: int) -> None:
    out = io.StringIO()
    show(overview(TRIALS), Console(file=out, width=width))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    for title in (
        "FAMILY × PHASE",
        "MOLECULAR TARGETS",
        "STARTS A YEAR",
        "COUNTRIES",
        "WHO PAYS",
        "ENDPOINTS",
    ):
        assert title in text


def test_a_filtered_overview_tells_what_it_left_out() -> None:
    view = overview(TRIALS, wanted={"sponsor_class": "industry"})
    assert view.totals.trials == sum(row["sponsor_class"] == "industry" for row in ROWS)
    assert view.to_dict()["left_out"] == {"sponsor_class": sum(row["sponsor_class"] is None for row in ROWS)}
