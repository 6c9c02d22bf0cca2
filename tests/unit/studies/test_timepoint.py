from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scleroscope.studies.timepoint import weeks


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("24 weeks", 24.0),
        ("Week 24", 24.0),
        ("baseline, week 24 and 48", 48.0),
        ("Baseline to Weeks 24, 48 and 52", 52.0),
        ("52-week", 52.0),
        ("Day 28", 4.0),
        ("12 months", 52.2),
        ("month 12", 52.2),
        ("2 years", 104.4),
        ("one year", 52.2),
        ("up to 5 years", 260.9),
        ("every 4 weeks up to week 48", 48.0),
        ("every 3 months for 1 year", 52.2),
        ("6, 12 and 24 months", 104.4),
        ("Baseline", None),
        ("through study completion, an average of 1 year", 52.2),
        ("0, 2, 4 hours", None),
        ("30 minutes after infusion", None),
        ("", None),
        (None, None),
    ],
)
def test_time_frame(frame, expected):
    assert weeks("Skin score", frame) == expected


def test_the_measure_tells_where_the_time_frame_is_silent():
    assert weeks("Change in FVC at week 52", None) == 52.0
    assert weeks("Change in FVC at week 52", "Baseline") == 52.0


def test_a_number_in_the_measure_is_no_time():
    assert weeks("6-minute walk distance", None) is None
    assert weeks("SF-36 and HAQ", None) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read(measure, frame):
    found = weeks(measure, frame)
    assert found is None or found >= 0


@given(st.integers(1, 500))
def test_a_week_is_a_week(number):
    assert weeks("m", f"week {number}") == weeks("m", f"{number} weeks") == float(number)
