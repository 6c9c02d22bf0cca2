"""Filters ask one column each; what is not stated is neither in nor out, and is counted."""

from __future__ import annotations

import inspect

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.landscape.frame import frame, seeded, trial

from scleroscope.cli import options
from scleroscope.landscape.filters import FILTERS, NOT_STATED, select
from scleroscope.model.problem import BadRequest

TRIALS = seeded()


def ids(trials: pl.DataFrame) -> set[str]:
    return set(trials["id"])


def test_several_values_mean_any_and_several_filters_mean_all() -> None:
    either = select(TRIALS, {"phase": "2,3"}).trials
    assert ids(either) == ids(select(TRIALS, {"phase": ["2"]}).trials) | ids(
        select(TRIALS, {"phase": ["3"]}).trials
    )
    both = select(TRIALS, {"phase": "2", "country": "FR"}).trials
    assert ids(both) == ids(select(TRIALS, {"phase": "2"}).trials) & ids(
        select(TRIALS, {"country": "France"}).trials
    )


def test_every_trial_is_in_out_or_not_stated() -> None:
    asked = {"phase": "2"}
    chosen = select(TRIALS, asked)
    refused = [row["id"] for row in TRIALS.to_dicts() if row["phases"] and "phase_2" not in row["phases"]]
    assert chosen.trials.height + len(refused) + chosen.not_stated == TRIALS.height
    assert chosen.left_out == (("phase", sum(not row["phases"] for row in TRIALS.to_dicts())),)
    assert "left out because phase is not stated" in chosen.notes[0]


def test_a_trial_that_another_filter_refuses_is_not_counted_as_left_out() -> None:
    trials = frame(
        trial(id="A", phases=[], status="recruiting"),
        trial(id="B", phases=[], status="completed"),
        trial(id="C", phases=["phase_2"], status="recruiting"),
    )
    chosen = select(trials, {"phase": "2", "status": "recruiting"})
    assert (ids(chosen.trials), chosen.left_out) == ({"C"}, (("phase", 1),))


def test_a_known_treatment_without_a_target_is_no_rather_than_not_stated() -> None:
    trials = frame(
        trial(id="exercise", treatments=["exercise"]), trial(id="unread"), trial(id="T", targets=["IL6"])
    )
    assert select(trials, {"target": "IL6"}).left_out == (("target", 1),)


def test_trials_whose_field_is_not_stated_can_be_asked_for() -> None:
    assert ids(select(TRIALS, {"subset": NOT_STATED}).trials) == {
        row["id"] for row in TRIALS.to_dicts() if not row["subsets"]
    }


@given(
    st.dictionaries(st.sampled_from(["phase", "country", "status", "subset", "since", "endpoint"]), st.none())
)
def test_no_filter_is_every_trial(asked: dict[str, None]) -> None:
    assert select(TRIALS, asked).trials.height == TRIALS.height


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "phase": st.sampled_from(["1", "2", "2,3", NOT_STATED]),
            "status": st.sampled_from(["recruiting", "completed,terminated"]),
            "country": st.sampled_from(["FR", "US,JP"]),
            "since": st.sampled_from(["2000", "2015-06"]),
            "sponsor_class": st.just("industry"),
        },
    )
)
def test_another_filter_never_adds_a_trial(asked: dict[str, str]) -> None:
    chosen = select(TRIALS, asked)
    for name in asked:
        fewer = {key: value for key, value in asked.items() if key != name}
        assert ids(chosen.trials) <= ids(select(TRIALS, fewer).trials)


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("phase", "7", "phase_1"),
        ("status", "recuriting", "recruiting"),
        ("country", "Frnace", "France (FR)"),
        ("since", "yesterday", "YYYY-MM"),
        ("colour", "red", "unknown filter"),
    ],
)
def test_a_value_that_does_not_exist_names_near_ones(name: str, typed: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says.replace("(", r"\(").replace(")", r"\)")):
        select(TRIALS, {name: typed})


def test_every_filter_asks_a_column_of_the_frame() -> None:
    assert {each.column for each in FILTERS} <= set(TRIALS.columns)


def test_a_command_takes_all_filters_with_one_line() -> None:
    @options.with_filters
    def command(name: str, *, filters: options.Wanted) -> None: ...

    taken = set(inspect.signature(command).parameters)
    assert taken == {"name", *(each.name for each in FILTERS)}
