"""A trial's time: its dates as a drawn line, and what changed from one version of its record to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scleroscope.api.search import Version
from scleroscope.model.study import Study

LEFT, RIGHT = 16, 344  # of the drawing, in its own units
FIELDS = (
    ("status", "status"), ("start", "start"), ("primary_completion", "main result measured until"),
    ("completion", "end"), ("enrolment", "participants"),
)  # fmt: skip


class Mark(NamedTuple):
    """A point on the line."""

    name: str
    says: str  # the date as registered
    x: float
    planned: bool


class Line(NamedTuple):
    """The drawing: marks, and the years beneath them."""

    marks: tuple[Mark, ...]
    years: tuple[tuple[str, float], ...]
    begin: float
    end: float

    @property
    def says(self) -> str:
        """The drawing in words."""
        return "; ".join(
            f"{each.name} {each.says}{' (planned)' if each.planned else ''}" for each in self.marks
        )


class Change(NamedTuple):
    """One version of the record: when, and what was new in it."""

    when: str
    seen: str
    what: tuple[str, ...]


def line(study: Study) -> Line | None:
    """The dates of a trial in order; None where no two of them differ."""
    named = (
        ("began", study.start),
        ("main result measured", study.primary_completion),
        ("ended", study.completion),
    )
    dated = sorted(
        ((each.date.first_day, name, each) for name, each in named if each is not None),
        key=lambda one: one[0],
    )
    if not dated or dated[0][0] == dated[-1][0]:
        return None
    first, last = dated[0][0], dated[-1][0]
    low, high = dt.date(first.year, 1, 1), dt.date(last.year + 1, 1, 1)

    def place(day: dt.date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - low) / (high - low), 1)

    marks = tuple(
        Mark(
            "ends" if name == "ended" and each.kind == "anticipated" else name,
            str(each.date),
            place(day),
            each.kind == "anticipated",
        )
        for day, name, each in dated
    )
    step = max(1, -(-(high.year - low.year) // 6))
    years = tuple((str(year), place(dt.date(year, 1, 1))) for year in range(low.year, high.year + 1, step))
    return Line(marks, years, place(first), place(last))


def changes(versions: Sequence[Version]) -> list[Change]:
    """What each version brought, newest first."""
    found = [
        Change(each.updated or "", each.seen[:10], tuple(_differences(before, each)))
        for before, each in zip((None, *versions), versions, strict=False)
    ]
    return found[::-1]


def _differences(before: Version | None, now: Version) -> Iterator[str]:
    for field, name in FIELDS:
        value = getattr(now, field)
        if before is None:
            if value is not None:
                yield f"{name} {_said(value)}"
        elif (was := getattr(before, field)) != value:
            yield f"{name} {_said(was)} → {_said(value)}"
    if (
        before is not None
        and before.enrolment_kind != now.enrolment_kind
        and before.enrolment == now.enrolment
    ):
        yield f"participants now {_said(now.enrolment_kind)}"


def _said(value: object) -> str:
    return "not stated" if value is None else str(value).replace("_", " ")
