"""The meaning of `Taking`: which treatments count, and what each settles."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from scleroscope.criteria.facts import Course, Facts
from scleroscope.knowledge import doses, drugs
from scleroscope.knowledge.units import Dose, convert, dose_in, tidy
from scleroscope.model.criterion import Interval, Taking
from scleroscope.model.truth import Truth, every, some, truth

DAYS_PER_WEEK = 7


class Limits(NamedTuple):
    """Bounds in the canonical unit (mg, mg a day, weeks); a bound belongs to them unless open."""

    low: float | None
    high: float | None
    low_open: bool
    high_open: bool


def taking(node: Taking, known: Facts) -> Truth:
    """Whether some treatment of the patient fits the node.

    Each listed treatment answers for itself. A drug that is not listed is unknown, unless the list
    is complete. A name that knowledge does not know, or a class of which only some members are
    asked for, can make the answer unknown but never yes.
    """
    wanted = targets(node)
    answers: list[Truth] = []
    settled: set[str] = set()
    for course in known.courses:
        bearing = relevance(wanted, course.ids)
        if bearing is not None:
            answers.append(_course(node, course, known) & bearing)
            settled |= settles(node, course.ids)
    if wanted - settled and (node.intolerant or not known.treatments_complete):
        answers.append(Truth.UNKNOWN)
    return some(answers)


@cache
def relevance(wanted: frozenset[str], ids: frozenset[str]) -> Truth | None:
    """Yes where the ids are surely among the wanted drugs, unknown where they may be, None where not."""
    meant = [expand((identity,)) for identity in ids]
    if any(members <= wanted for members in meant):
        return Truth.YES
    return Truth.UNKNOWN if not meant or any(members & wanted for members in meant) else None


def settles(node: Taking, ids: frozenset[str]) -> frozenset[str]:
    """The drugs of which a listed treatment tells all that the node asks.

    A listed class tells nothing of its members; where the node asks for a route, the same drug may
    have been given another way that is not listed.
    """
    if node.routes:
        return frozenset()
    return frozenset(drug for one in ids if len(expand((one,))) == 1 for drug in expand((one,)))


def targets(node: Taking) -> frozenset[str]:
    """The drugs that the node asks for: classes expanded, exceptions taken out."""
    return _targets(node.names, node.except_names)


@cache
def _targets(names: tuple[str, ...], except_names: tuple[str, ...]) -> frozenset[str]:
    return expand(names) - expand(except_names)


@cache
def expand(names: tuple[str, ...]) -> frozenset[str]:
    """The drugs that ids stand for together; an id that knowledge does not know stands for itself."""
    return frozenset(drug for name in names for drug in (drugs.expand(name) or {name}))


def _course(node: Taking, course: Course, known: Facts) -> Truth:
    """Whether this one treatment fits everything but the name."""
    if node.intolerant:
        return truth(course.intolerant)
    parts = [_when(node, course), _window(node, course)]
    if node.routes:
        parts.append(truth(None if course.route is None else course.route in node.routes))
    if node.dose is not None:
        parts.append(_dose(node, course, known))
    if node.stable_weeks is not None:
        parts.append(within(limits(node.stable_weeks), course.stable_weeks, most=course.total_weeks))
    if node.total_weeks is not None:
        parts.append(within(limits(node.total_weeks), course.total_weeks, least=course.stable_weeks))
    return every(parts)


def _when(node: Taking, course: Course) -> Truth:
    now = truth(course.now)
    match node.when:
        case "now":
            return now
        case "ever":
            return truth(course.took)
        case "past":
            return ~now & truth(course.took)


def _window(node: Taking, course: Course) -> Truth:
    """Whether it was taken in the window that ends now; yes where the node sets none."""
    half_lives = half_lives_in_weeks(node, course)
    windows = [window for window in (node.within_weeks, half_lives) if window is not None]
    if course.now is True or (node.within_half_lives is None and not windows):
        return Truth.YES
    if course.weeks_since_last is None or (node.within_half_lives is not None and half_lives is None):
        return Truth.UNKNOWN
    return truth(course.weeks_since_last <= min(windows))


def _dose(node: Taking, course: Course, known: Facts) -> Truth:
    """Whether the dose fits. A dose is known for now (or for the end of a course), not for all time."""
    amount = comparable(node, course)
    if node.dose is None or amount is None:
        return Truth.UNKNOWN
    mg = amount.mg
    if amount.per_kg != per_kg(node.dose):
        weight = known.values.get("weight")
        if weight is None:
            return Truth.UNKNOWN
        mg = mg * float(weight) if amount.per_kg else mg / float(weight)
    fits = within(limits(node.dose), mg)
    if fits is Truth.YES or node.when == "now" or _same_dose_all_along(node, course):
        return fits
    return Truth.UNKNOWN  # another dose may have been taken before


def _same_dose_all_along(node: Taking, course: Course) -> bool:
    if course.now is not True or course.stable_weeks is None:
        return False
    windows = [course.total_weeks, node.within_weeks, half_lives_in_weeks(node, course)]
    return any(window is not None and course.stable_weeks >= window for window in windows)


def comparable(node: Taking, course: Course) -> Dose | None:
    """The course's dose as the node counts it (equivalents, a day or not); None when it cannot be told."""
    amount = course.dose
    asked = dose_in(1.0, node.dose.unit) if node.dose is not None else None
    if amount is None or asked is None or asked.per_day != amount.per_day:
        return None
    if node.equivalent is None:
        return amount
    factor = doses.equivalent(course.ids, node.equivalent)
    return None if factor is None else amount._replace(mg=tidy(amount.mg * factor))


def per_kg(interval: Interval) -> bool:
    """Whether the doses of an interval are for each kg of body."""
    asked = dose_in(1.0, interval.unit)
    return asked is not None and asked.per_kg


def limits(interval: Interval) -> Limits:
    """The bounds of an interval of doses in mg, of durations in weeks."""

    def amount(side: float | None) -> float | None:
        if side is None:
            return None
        dose = dose_in(side, interval.unit)
        return convert(side, interval.unit, "weeks") if dose is None else dose.mg

    return Limits(amount(interval.low), amount(interval.high), interval.low_open, interval.high_open)


def within(
    limits: Limits, value: float | None, *, least: float | None = None, most: float | None = None
) -> Truth:
    """Whether a number lies in the limits, given the number itself or what it lies between."""
    lowest = value if value is not None else (least if least is not None else 0.0)
    highest = value if value is not None else most
    above = _side(limits.low, limits.low_open, lowest, highest)
    below = Truth.YES if limits.high is None else ~_side(limits.high, not limits.high_open, lowest, highest)
    return above & below


def _side(bound: float | None, is_open: bool, lowest: float, highest: float | None) -> Truth:
    """Whether a number in [lowest, highest] is at or above the bound (above it, where open)."""
    if bound is None or (lowest > bound if is_open else lowest >= bound):
        return Truth.YES
    if highest is not None and (highest <= bound if is_open else highest < bound):
        return Truth.NO
    return Truth.UNKNOWN


def half_lives_in_weeks(node: Taking, course: Course) -> float | None:
    """The node's window of half-lives for this course's drug; None when it sets none or none is known."""
    if node.within_half_lives is None:
        return None
    known = [doses.half_life_days(drug) for drug in expand(tuple(sorted(course.ids)))]
    if not known or any(days is None for days in known):
        return None
    return tidy(node.within_half_lives * max(days for days in known if days is not None) / DAYS_PER_WEEK)
