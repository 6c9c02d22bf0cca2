"""From what a record says of drugs to the treatments of a patient file: one entry a drug and route.

Whether it is taken now is said by what the record says last; where it contradicts itself, it is not said.
A course counts from where it began, through courses that follow one another without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from scleroscope.patients.days import Day, between
from scleroscope.patients.record import Said, Taken

# OMOP's drug eras join exposures at most so many days apart (persistence window).
# https://ohdsi.github.io/ETL-LambdaBuilder/Drug_Era_Logic.html
GAP = timedelta(days=30)


def treatments(taken: Iterable[Taken], as_of: date) -> tuple[list[dict[str, Any]], list[tuple[Said, str]]]:
    """The entries of a patient file, and what of them stays unclear with the reason."""
    groups: dict[tuple[str, str | None], list[Taken]] = {}
    for each in taken:
        if each.taking is None and each.ended is not None:
            each = msgspec.structs.replace(each, taking=each.ended.last >= as_of - GAP)
        groups.setdefault((each.treatment, each.route), []).append(each)
    entries, unclear = [], []
    for (name, route), group in groups.items():
        now, last = _now(group)
        if now is None and any(each.taking is not None for each in group):
            unclear.append((last.said, "whether it is taken now: the record contradicts itself"))
        entry: dict[str, Any] = {"name": name, "taking": now, "route": route, **_course(group, now, as_of)}
        entries.append({key: value for key, value in entry.items() if value is not None})
    return entries, unclear


def _now(group: Sequence[Taken]) -> tuple[bool | None, Taken]:
    """Whether it is taken now, and the statement that decides."""
    said = [each for each in group if each.taking is not None]
    if not said:
        return None, group[-1]
    last = max(said, key=_day)  # of several on one day the first
    against = [each for each in said if each.taking != last.taking]
    open_order = any(each.taking and not _follows(last, each) for each in against)
    same_day = any(_day(each) == _day(last) for each in against)
    given_later = not last.taking and any(each.taking is None and _day(each) > _day(last) for each in group)
    return (None if same_day or open_order or given_later else last.taking), last


def _follows(last: Taken, earlier: Taken) -> bool:
    """Whether what is said last ends the very course that is said to go on."""
    return last.ended is not None and earlier.began is not None and last.ended.first >= earlier.began.first


def _day(each: Taken) -> date:
    on = each.ended or each.given or each.began
    return date.min if on is None else on.last


def _course(group: Sequence[Taken], now: bool | None, as_of: date) -> dict[str, Any]:
    if now:
        current = max((each for each in group if each.taking), key=lambda each: _start(each) or date.min)
        began = _chain(group, current)
        total = None if began is None else between(began, as_of, "weeks")
        stable = between(current.began, as_of, "weeks") if current.began and current.dose else None
        return {"dose": current.dose, "stable_weeks": stable, "total_weeks": total}
    first = min((on for each in group if (on := each.began or each.given)), default=None)
    total = None if first is None else between(first, as_of, "weeks")
    if now is None:
        return {"total_weeks": total}
    ends = [each.ended for each in group if each.taking is False]
    if None in ends or not ends:
        return {"total_weeks": total}
    last = max(end for end in ends if end is not None)
    return {"weeks_since_last": between(last, as_of, "weeks"), "total_weeks": total}


def _began(each: Taken) -> date:
    return each.began.first if each.began else date.min


def _start(each: Taken) -> date | None:
    return each.began.first if each.began else None


def _chain(group: Sequence[Taken], current: Taken) -> Day | None:
    """Where the course began of which the current one is the last part."""
    began = current.began
    if began is None:
        return None
    before = sorted((e for e in group if e.began and e.ended), key=_began, reverse=True)
    for each in before:
        assert each.began is not None
        assert each.ended is not None
        if each.began < began and each.ended.last >= began.first - GAP:
            began = each.began
    return began
