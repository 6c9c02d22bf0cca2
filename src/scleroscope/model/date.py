"""A date as precise as its source: a year, a month or a day. A month stays a month."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Literal

import msgspec

Precision = Literal["year", "month", "day"]

_FORM = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


class PartialDate(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """A year with, where the source says so, its month and day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> Precision:
        """How precise the source was."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def first_day(self) -> dt.date:
        """The earliest day that it can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest day that it can mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)


def partial_date(text: str) -> PartialDate:
    """Read `2019`, `2019-02` or `2019-02-28`; ValueError on anything else and on days that do not exist.

    >>> str(partial_date("2019-02"))
    '2019-02'
    """
    if not _FORM.fullmatch(text):
        raise ValueError(f"not a date of the form YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
    numbers = [int(part) for part in text.split("-")]
    # The calendar refuses what does not exist (2019-02-30).
    dt.date(*[*numbers, 1, 1][:3])
    return PartialDate(
        year=numbers[0],
        month=numbers[1] if len(numbers) > 1 else None,
        day=numbers[2] if len(numbers) > 2 else None,
    )
