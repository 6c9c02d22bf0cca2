"""The meaning of `Taking`: which treatments count, and what each settles."""

from __future__ import annotations

from functools import cache

from scleroscope.criteria.facts import Course, Facts
from scleroscope.knowledge import doses, drugs
from scleroscope.knowledge.units import Dose, convert, dose_in, tidy
from scleroscope.model.criterion import Interval, Taking
from scleroscope.model.truth import Truth, every, some, truth

DAYS_PER_WEEK = 7


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
        meant = [_expand((identity,)) for identity in course.ids]
        if meant and not any(members & wanted for members in meant):
            continue
        answer = _course(node, course, known)
        certain = any(members <= wanted for members in meant)
        answers.append(answer if certain else answer & Truth.UNKNOWN)
        if not node.routes:
            # A listed class says nothing of its other members; another route may not be listed.
            settled |= {drug for members in meant if len(members) == 1 for drug in members}
    if wanted - settled and (node.intolerant or not known.treatments_complete):
        answers.append(Truth.UNKNOWN)
    return some(answers)


def targets(node: Taking) -> frozenset[str]:
    """The drugs that the node asks for: classes expanded, exceptions taken out."""
    return _expand(node.names) - _expand(node.except_names)


@cache
def _expand(names: tuple[str, ...]) -> frozenset[str]:
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
        parts.append(_between(node.stable_weeks, course.stable_weeks, most=course.total_weeks))
    if node.total_weeks is not None:
        parts.append(_between(node.total_weeks, course.total_weeks, least=course.stable_weeks))
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
    windows = [] if node.within_weeks is None else [node.within_weeks]
    if node.within_half_lives is not None:
        days = _half_life_days(course)
        if days is None:
            return Truth.YES if course.now is True else Truth.UNKNOWN
        windows.append(node.within_half_lives * days / DAYS_PER_WEEK)
    if not windows or course.now is True:
        return Truth.YES
    if course.weeks_since_last is None:
        return Truth.UNKNOWN
    return truth(course.weeks_since_last <= min(windows))


def _dose(node: Taking, course: Course, known: Facts) -> Truth:
    """Whether the dose fits. A dose is known for now (or for the end of a course), not for all time."""
    interval = node.dose
    amount = _comparable(node, course, known)
    if interval is None or amount is None:
        return Truth.UNKNOWN
    bounds = [_bound(side, interval.unit, amount) for side in (interval.low, interval.high)]
    if any(
        bound is None and side is not None
        for bound, side in zip(bounds, (interval.low, interval.high), strict=True)
    ):
        return Truth.UNKNOWN
    low, high = bounds
    fits = _between(
        Interval(low=low, high=high, low_open=interval.low_open, high_open=interval.high_open, unit="weeks"),
        amount.mg,
    )
    if fits is Truth.YES or node.when == "now" or _same_dose_all_along(node, course):
        return fits
    return Truth.UNKNOWN  # another dose may have been taken before


def _same_dose_all_along(node: Taking, course: Course) -> bool:
    if course.now is not True or course.stable_weeks is None:
        return False
    windows = [course.total_weeks, node.within_weeks]
    if node.within_half_lives is not None and (days := _half_life_days(course)) is not None:
        windows.append(node.within_half_lives * days / DAYS_PER_WEEK)
    return any(window is not None and course.stable_weeks >= window for window in windows)


def _comparable(node: Taking, course: Course, known: Facts) -> Dose | None:
    """The course's dose, as equivalent where asked and per kg of body where asked."""
    amount = course.dose
    if amount is None or node.dose is None:
        return None
    if node.equivalent is not None:
        factor = doses.equivalent(course.ids, node.equivalent)
        if factor is None:
            return None
        amount = amount._replace(mg=amount.mg * factor)
    asked = dose_in(1.0, node.dose.unit)
    if asked is None or asked.per_day != amount.per_day:
        return None
    if asked.per_kg != amount.per_kg:
        weight = known.values.get("weight")
        if weight is None:
            return None
        mg = amount.mg * float(weight) if amount.per_kg else amount.mg / float(weight)
        amount = amount._replace(mg=mg, per_kg=asked.per_kg)
    return amount._replace(mg=tidy(amount.mg))


def _bound(value: float | None, unit: str, like: Dose) -> float | None:
    amount = None if value is None else dose_in(value, unit)
    return amount.mg if amount is not None and amount.per_kg == like.per_kg else None


def _between(
    interval: Interval, value: float | None, *, least: float | None = None, most: float | None = None
) -> Truth:
    """Whether a value lies in the interval, given the value or what it lies between."""
    low, high = (
        None if side is None else _weeks(side, interval.unit) for side in (interval.low, interval.high)
    )
    lowest = value if value is not None else (least if least is not None else 0.0)
    highest = value if value is not None else most
    above = _side(low, interval.low_open, lowest, highest)
    below = ~_side(high, not interval.high_open, lowest, highest) if high is not None else Truth.YES
    return above & below


def _side(bound: float | None, is_open: bool, lowest: float, highest: float | None) -> Truth:
    """Whether a number in [lowest, highest] is at or above the bound (above it, where open)."""
    if bound is None or (lowest > bound if is_open else lowest >= bound):
        return Truth.YES
    if highest is not None and (highest <= bound if is_open else highest < bound):
        return Truth.NO
    return Truth.UNKNOWN


def _weeks(value: float | None, unit: str) -> float | None:
    return None if value is None else convert(value, unit, "weeks")


def _half_life_days(course: Course) -> float | None:
    known = [doses.half_life_days(drug) for drug in _expand(tuple(course.ids))]
    return max((days for days in known if days is not None), default=None) if all(known) else None
