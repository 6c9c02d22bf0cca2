"""Whether each treatment of many patients fits a leaf in all but its name: when, window, route, dose, time.

The rules are those of `treatments`, row by row; names and doses are recognised once for each distinct one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any as Anything
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.facts import Course
from scleroscope.criteria.treatments import Limits, comparable, half_lives_in_weeks, limits, per_kg, within
from scleroscope.model.criterion import Taking, When
from scleroscope.model.truth import Truth

_STATES = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class Fit(NamedTuple):
    """Where a treatment surely fits, and where it surely does not."""

    yes: Flags
    no: Flags

    def __and__(self, other: object) -> Fit:
        assert isinstance(other, Fit)
        return Fit(self.yes & other.yes, self.no | other.no)


class Courses(NamedTuple):
    """The treatments of a batch; a number that is not known is NaN, and so is the weight of the patient."""

    seen: Sequence[Course]  # each distinct name and dose
    code: NDArray[np.uint32]  # of each treatment: which of them
    when: Mapping[When, Fit]
    intolerant: Fit
    route: Sequence[str | None]  # each distinct route
    route_code: NDArray[np.uint32]
    since: Numbers
    stable: Numbers
    total: Numbers
    weight: Numbers


def fit(node: Taking, rows: Courses) -> Fit:
    """Of each treatment whether it fits everything but the names of a leaf."""
    if node.intolerant:
        return rows.intolerant
    parts = [rows.when[node.when]]
    if node.within_weeks is not None or node.within_half_lives is not None:
        parts.append(_window(node, rows))
    if node.routes:
        parts.append(_route(node, rows))
    if node.dose is not None:
        parts.append(_dose(node, rows))
    if node.stable_weeks is not None:
        parts.append(_within(limits(node.stable_weeks), rows.stable, most=rows.total))
    if node.total_weeks is not None:
        parts.append(_within(limits(node.total_weeks), rows.total, least=rows.stable))
    return reduce(Fit.__and__, parts)


def taken(taking: Fit, since: Numbers, total: Numbers) -> dict[When, Fit]:
    """Whether treatments are taken now, were taken at all, or were taken and are not now."""
    since_known = ~np.isnan(since)
    surely = taking.yes
    not_now = taking.no | since_known & ~surely
    took = surely | since_known | (total > 0)
    return {
        "now": Fit(surely, not_now),
        "ever": Fit(took, np.zeros_like(surely)),
        "past": Fit(not_now & took, surely),
    }


def _window(node: Taking, rows: Courses) -> Fit:
    def window(course: Course) -> float:
        """In weeks; NaN where it cannot be told."""
        half_lives = half_lives_in_weeks(node, course)
        if node.within_half_lives is not None and half_lives is None:
            return np.nan
        return min(weeks for weeks in (node.within_weeks, half_lives) if weeks is not None)

    weeks = node.within_weeks
    longest = _of_each(rows, window, np.float64) if weeks is None or node.within_half_lives else weeks
    inside = rows.when["now"].yes | (rows.since <= longest)
    return Fit(inside, (rows.since > longest) & ~inside)


def _route(node: Taking, rows: Courses) -> Fit:
    told = np.array([route is not None for route in rows.route])[rows.route_code]
    fits = np.array([route in node.routes for route in rows.route])[rows.route_code]
    by_name = _of_each(rows, lambda course: course.route is not None, np.bool_)
    fits_by_name = _of_each(rows, lambda course: course.route in node.routes, np.bool_)
    yes = np.where(told, fits, fits_by_name)
    return Fit(yes, (told | by_name) & ~yes)


def _dose(node: Taking, rows: Courses) -> Fit:
    assert node.dose is not None
    bounds, of_kg = limits(node.dose), per_kg(node.dose)
    amounts = [comparable(node, course) for course in rows.seen]
    told = [within(bounds, one.mg) if one and one.per_kg == of_kg else Truth.UNKNOWN for one in amounts]
    settled = np.array([_STATES[one] for one in told], dtype=np.int8)[rows.code]
    yes, no = settled == _STATES[Truth.YES], settled == _STATES[Truth.NO]
    # A dose for each kg against limits for the whole body, or the contrary, wants the weight.
    weighed = [one.mg if one and one.per_kg != of_kg else np.nan for one in amounts]
    if not np.isnan(weighed).all():
        mg = np.array(weighed)[rows.code]
        whole = mg / rows.weight if of_kg else mg * rows.weight
        fits = _within(bounds, whole)
        stated = ~np.isnan(whole)
        yes, no = yes | fits.yes & stated, no | fits.no & stated
    if node.when != "now":
        no = no & _same_dose_all_along(node, rows)
    return Fit(yes, no)


def _same_dose_all_along(node: Taking, rows: Courses) -> Flags:
    """Where the dose now is surely the dose of the whole window."""
    long = rows.stable >= rows.total
    if node.within_weeks is not None:
        long |= rows.stable >= node.within_weeks
    if node.within_half_lives is not None:
        half_lives = _of_each(rows, lambda course: half_lives_in_weeks(node, course) or np.nan, np.float64)
        long |= rows.stable >= half_lives
    return rows.when["now"].yes & long


def _of_each(rows: Courses, tell: Callable[[Course], Anything], kind: type) -> NDArray[Anything]:
    """What is told of each treatment's name and dose."""
    return np.array([tell(course) for course in rows.seen], dtype=kind)[rows.code]


def _within(
    bounds: Limits, value: Numbers, *, least: Numbers | None = None, most: Numbers | None = None
) -> Fit:
    """As `treatments.within`: a number that is not known lies between `least` (or 0) and `most`."""
    unknown = np.isnan(value)
    low_end, high_end = np.where(unknown, 0.0 if least is None else np.nan_to_num(least), value), value
    if most is not None:
        high_end = np.where(unknown, most, value)
    yes, no = np.ones(len(value), dtype=np.bool_), np.zeros(len(value), dtype=np.bool_)
    if bounds.low is not None:
        yes &= low_end > bounds.low if bounds.low_open else low_end >= bounds.low
        no |= high_end <= bounds.low if bounds.low_open else high_end < bounds.low
    if bounds.high is not None:
        yes &= high_end < bounds.high if bounds.high_open else high_end <= bounds.high
        no |= low_end >= bounds.high if bounds.high_open else low_end > bounds.high
    return Fit(yes, no)
