"""From the statements of a record to the patient file: the latest value counts, nothing is made up.

- The last number that is said of a field decides. Where it cannot be used (a bound such as `< 10`, a unit
  that does not convert), the field is unknown: an older number is not what the patient has now.
- What is said of a field outright and does not agree is unknown, unless one is later.
- What is not said is unknown. No absence of a code ever says no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from scleroscope.knowledge.fields import field as field_of
from scleroscope.model.patient import Value
from scleroscope.patients.days import age, between
from scleroscope.patients.record import (
    Fact,
    Known,
    Number,
    Person,
    Read,
    Said,
    Since,
    Statement,
    Taken,
    alike,
)
from scleroscope.patients.taken import treatments

_S = TypeVar("_S", Number, Fact, Since, Taken)


def understood(person: Person, as_of: date | None) -> Read:
    """The patient that a record's statements tell, as of a day; without one, of the record's last day."""
    as_of = as_of or last_day(person)
    _age(person, as_of)
    drawn = _Drawn(person, as_of)
    for name, group in _by_field(drawn.current(Number)).items():
        drawn.number(name, group)
    for name, told in _by_field(drawn.current(Fact)).items():
        drawn.fact(name, told)
    drawn.durations(_by_field(drawn.current(Since)))
    courses, unclear = treatments(drawn.current(Taken), as_of)
    for said, reason in unclear:
        drawn.person.leave(said, reason, part="taking")
    patient: dict[str, Any] = {"id": person.id, **{each.field: each.value for each in drawn.known}}
    if courses:
        patient["treatments"] = courses
    whole = sum(each.count for each in person.asides if not each.part)
    return Read(
        patient=patient,
        as_of=as_of,
        known=tuple(drawn.known),
        not_mapped=alike(person.asides),
        found=person.found,
        mapped=person.found - whole,
        died=person.died,
    )


def last_day(person: Person) -> date:
    """The last day, of those that are not still to come, on which the record says something."""
    today = date.today()  # noqa: DTZ011  (a day, wherever the record was made)
    days = (on for each in person.statements if (on := _day_of(each)) is not None and on <= today)
    return max(days, default=today)


def _age(person: Person, as_of: date) -> None:
    if person.born is None:
        return
    years, known = age(person.born, as_of), field_of("age")
    assert known.low is not None
    assert known.high is not None
    if years is None:
        reason = "the birth date tells no month or day: two ages are possible"
        person.leave(person.said, reason, part="age")
    elif known.low <= years <= known.high:
        person.statements.append(Number(said=person.said, field="age", value=float(years), on=None))
    else:
        reason = f"age: outside the plausible range {known.low:g} to {known.high:g} {known.unit}"
        person.leave(person.said, reason, part="age", breaks=True)


class _Drawn:
    """What is drawn from one person's statements, step by step."""

    def __init__(self, person: Person, as_of: date) -> None:
        self.person = person
        self.as_of = as_of
        self.known: list[Known] = []
        self.used: dict[str, int] = defaultdict(int)  # statements of a place that say something
        for each in person.statements:
            self.used[each.said.place] += 1

    def current(self, kind: type[_S]) -> list[_S]:
        """The statements of one kind that speak of a time up to the day, oldest first."""
        found = []
        for each in self.person.statements:
            if not isinstance(each, kind):
                continue
            on = _day_of(each)
            if on is not None and on > self.as_of:
                self.drop(each, f"dated after {self.as_of}, the day of which the record speaks")
            else:
                found.append(each)
        return sorted(found, key=lambda each: _day_of(each) or date.min)

    def drop(self, statement: Statement, reason: str, *, breaks: bool = False) -> None:
        """Keep a statement aside: as a whole where its place says nothing else."""
        place = statement.said.place
        self.used[place] -= 1
        part = "" if self.used[place] == 0 else getattr(statement, "field", "treatment")
        self.person.leave(statement.said, reason, part=part, breaks=breaks)

    def tell(self, said: Said, name: str, value: Value, on: object) -> None:
        self.known.append(
            Known(
                field=name,
                value=value,
                on=None if on is None else str(on),
                kind=said.kind,
                code=said.code,
                words=said.words,
                place=said.place,
            )
        )

    def number(self, name: str, oldest_first: Sequence[Number]) -> None:
        *earlier, last = oldest_first
        for each in earlier:
            if each.value is None:
                self.drop(each, each.reason)
        if last.value is None:
            used = any(each.value is not None for each in earlier)
            more = "; an earlier value is not taken for it" if used else ""
            self.drop(last, last.reason + more, breaks=last.breaks)
            return
        self.tell(last.said, name, last.value, last.on)

    def fact(self, name: str, told: Sequence[Fact]) -> None:
        """One value where all that is said, or what is said last, agrees; else unknown."""
        fresh = []
        for each in told:
            if _stale(each, self.as_of):
                self.drop(each, f"older than {each.holds_weeks:g} weeks: tells nothing of now")
            else:
                fresh.append(each)
        tests = [each for each in fresh if each.tested]
        stand = [each for each in fresh if not each.tested] + tests[-1:]
        if not stand:
            return
        stand.sort(key=lambda each: _day_of(each) or date.min)
        last = stand[-1]
        others = [each for each in stand if each.value != last.value]
        later = all((_day_of(each) or date.min) < (_day_of(last) or date.min) for each in others)
        later = later and not any(each.ever for each in others)
        if others and not (later and all(each.tested == last.tested or not last.tested for each in others)):
            for each in stand:
                self.drop(each, f"{field_of(name).name}: the record contradicts itself")
            return
        self.tell(last.said, name, last.value, last.on)

    def durations(self, since: dict[str, list[Since]]) -> None:
        """Weeks, months or years since the days from which fields count."""
        for name, group in since.items():
            chosen = group[0] if group[0].earliest else group[-1]
            unit = field_of(name).unit
            reason = ""
            if chosen.later_than and not _began_earlier(since.get(chosen.later_than, ()), chosen):
                other = field_of(chosen.later_than).name.removeprefix(f"{unit} since ")
                reason = f"that this is later than {other} is not told"
            passed = between(chosen.on, self.as_of, unit)
            if passed is None:
                reason = "told to the year alone"
            if reason or passed is None:
                self.person.leave(chosen.said, f"{field_of(name).name}: {reason}", part=name)
            elif not _implausible(name, passed):
                self.tell(chosen.said, name, passed, chosen.on)


def _began_earlier(others: Iterable[Since], chosen: Since) -> bool:
    return any(other.on.last < chosen.on.first for other in others)


def _implausible(name: str, value: float) -> bool:
    high = field_of(name).high
    return high is not None and value > high


def _stale(each: Fact, as_of: date) -> bool:
    if each.holds_weeks is None:
        return False
    return each.on is None or each.on.first < as_of - timedelta(weeks=each.holds_weeks)


def _day_of(statement: Statement) -> date | None:
    match statement:
        case Taken(began=began, ended=ended, given=given):
            on = given or began or ended
        case Number(on=on) | Fact(on=on) | Since(on=on):
            pass
    return None if on is None else on.first


_F = TypeVar("_F", Number, Fact, Since)


def _by_field(statements: Iterable[_F]) -> dict[str, list[_F]]:
    found: dict[str, list[_F]] = {}
    for each in statements:
        found.setdefault(each.field, []).append(each)
    return found
