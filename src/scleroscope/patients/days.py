"""Days as records give them: whole (`2019-05-03`), to the month (`2019-05`) or to the year (`2019`)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

DAYS = {"weeks": 7, "months": 30.4375, "years": 365.25}  # as in units.csv
_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ].*)?)?)?")


class Day(NamedTuple):
    """Between which days it was; both the same where the day is known."""

    first: date
    last: date

    @property
    def known(self) -> bool:
        """Whether a month or better is told."""
        return (self.last - self.first).days <= 31

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return self.first.isoformat()[: 4 if (self.last - self.first).days > 31 else 7]


def day(written: str) -> Day | None:
    """The day that a record writes; None when there is no such day.

    >>> str(day("2019-05-03T10:00:00Z"))
    '2019-05-03'
    >>> day("2019-02-30") is None
    True
    """
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        return None
    year, month, of_month = (int(part) if part else None for part in found.groups())
    try:
        assert year is not None
        if month is None:
            return Day(date(year, 1, 1), date(year, 12, 31))
        if of_month is None:
            return Day(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return Day(date(year, month, of_month), date(year, month, of_month))
    except ValueError:
        return None


def between(begin: Day, end: date, unit: str) -> float | None:
    """How many weeks, months or years lie between; None when `begin` is told to the year alone.

    >>> between(day("2020-01-01"), date(2021, 1, 1), "months")
    12.0
    """
    if not begin.known:
        return None
    middle = begin.first + (begin.last - begin.first) / 2
    return max(0.0, round((end - middle).days / DAYS[unit], 1))


def age(born: Day, on: date) -> int | None:
    """Completed years; None when the birth date leaves two ages open."""
    youngest, oldest = (_completed(each, on) for each in (born.last, born.first))
    return oldest if youngest == oldest else None


def _completed(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
