"""Dates as registries write them, kept as precise as they were."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from scleroscope.model.date import PartialDate, partial_date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ENGLISH = re.compile(r"([A-Za-z]+)\s+(?:(\d{1,2})\s*,\s*)?(\d{4})")
_MONTH_YEAR = re.compile(r"(\d{2})/(\d{4})")


@lru_cache(maxsize=4096)
def registered_date(text: str) -> PartialDate:
    """Read `2019-02`, `February 2019`, `February 28, 2019` or `02/2019`.

    ValueError on anything else, and on days that do not exist.

    >>> str(registered_date("February 28, 2019"))
    '2019-02-28'
    """
    text = text.strip()
    if match := _ENGLISH.fullmatch(text):
        name, day, year = match.groups()
        if name.casefold() not in _MONTHS:
            raise ValueError(f"no such month: {text!r}")
        month = _MONTHS.index(name.casefold()) + 1
        dt.date(int(year), month, int(day or 1))
        return PartialDate(year=int(year), month=month, day=int(day) if day else None)
    if match := _MONTH_YEAR.fullmatch(text):
        return partial_date(f"{match[2]}-{match[1]}")
    return partial_date(text)
