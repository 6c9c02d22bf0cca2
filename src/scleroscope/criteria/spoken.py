"""Numbers and times as people say them: what a conversion of units left behind the digits is not read out.

The notation and the exchange of trees stay exact; only words are rounded.
"""

from __future__ import annotations

from scleroscope.criteria.notation import number
from scleroscope.knowledge import units


def amount(value: float) -> str:
    """A number with at most four figures (whole numbers in full).

    >>> amount(2.00226244344), amount(12.5), amount(100000)
    ('2.002', '12.5', '100000')
    """
    return number(float(f"{value:.4g}") if abs(value) < 1000 else float(round(value)))


def duration(weeks: float) -> str:
    """A time in the unit in which it is a whole number, in weeks where there is none.

    >>> duration(13.0446428571), duration(52.1785714286), duration(0.5)
    ('3 months', '1 year', '0.5 weeks')
    """
    for unit in ("weeks", "years", "months", "days"):
        value = units.convert(weeks, "weeks", unit)
        whole = round(value)
        if whole >= 1 and abs(value - whole) < 1e-6 * whole:
            return f"{whole} {unit if whole > 1 else unit.removesuffix('s')}"
    return f"{amount(weeks)} weeks"
