"""A trial's time: its line, and what changed from version to version."""

from __future__ import annotations

import pytest

from scleroscope.catalogue.history import Version
from scleroscope.model.date import PartialDate
from scleroscope.model.study import Study, StudyDate

pytest.importorskip("fastapi")


def version(number: int, **facts: object) -> Version:
    return Version(number=number, digest="", seen=f"2026-0{number}-02T00:00:00", source="x", **facts)  # type: ignore[arg-type]


def test_each_version_tells_what_it_changed_newest_first() -> None:
    from scleroscope.web.history import changes

    found = changes(
        [
            version(1, updated="2025-01-01", status="not_yet_recruiting", enrolment=80),
            version(2, updated="2025-06-01", status="recruiting", enrolment=80),
            version(3, updated="2026-01-01", status="recruiting", enrolment=None),
        ]
    )
    assert [each.what for each in found] == [
        ("participants 80 → not stated",),
        ("status not yet recruiting → recruiting",),
        ("status not yet recruiting", "participants 80"),
    ]


def test_dates_lie_in_order_on_the_line_and_plans_are_told_as_plans() -> None:
    from scleroscope.web.history import LEFT, RIGHT, line

    drawn = line(
        Study(
            id="X",
            registry="ctgov",
            start=StudyDate(date=PartialDate(year=2020, month=3), kind="actual"),
            completion=StudyDate(date=PartialDate(year=2027), kind="anticipated"),
        )
    )
    assert drawn is not None
    assert drawn.says == "began 2020-03; ends 2027 (planned)"
    assert LEFT < drawn.begin < drawn.end < RIGHT


def test_a_single_date_draws_no_line() -> None:
    from scleroscope.web.history import line

    assert line(Study(id="X", registry="ctgov", start=StudyDate(date=PartialDate(year=2020)))) is None
