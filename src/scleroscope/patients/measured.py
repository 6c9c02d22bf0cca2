"""What one result of a measurement tells of the fields, whatever the format of the record."""

from __future__ import annotations

import re

import msgspec

from scleroscope.knowledge.codes import Code, Measure, answer, measures, polarity
from scleroscope.knowledge.fields import field as field_of
from scleroscope.knowledge.text_values import known_value
from scleroscope.knowledge.ucum import in_unit_of
from scleroscope.model.patient import Value
from scleroscope.patients.days import Day
from scleroscope.patients.record import Fact, Number, Person, Said

NO_CODE = "no code that stands for a fact here"
NO_VALUE = "no value"
_NO_LIMIT = "no upper limit of normal beside it"
_OTHER_KIND = "the value is of another kind"
_NO_ANSWER = "the answer is not understood"
_NOT_OF_FIELD = (_NO_LIMIT, _OTHER_KIND)  # what says nothing of the field, not even that it is unknown
_POSITIVE = ("positive", "detected", "reactive", "present", "pos")
_NEGATIVE = ("negative", "not detected", "non-reactive", "nonreactive", "absent", "neg")
_TITRE = re.compile(r"\s*1\s*[:/]\s*(\d+)\s*")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A result as the record has it; what is None or empty is not given.

    `bound` says that the number is only a bound (`< 10`); `upper` is the upper limit of normal in the same
    unit; `titre` the reciprocal of a titre; `coded` are coded results or answers, `spoken` a worded one.
    """

    value: float | None = None
    unit: str = ""
    bound: bool = False
    upper: float | None = None
    titre: float | None = None
    coded: tuple[Code, ...] = ()
    spoken: str = ""
    truth: bool | None = None


def take_result(person: Person, here: Said, codes: list[Code], result: Result, on: Day | None) -> None:
    """Add what the result says; keep it aside, with the reason, where it says nothing of any field."""
    known = [(code, one) for code in codes for one in measures(code)]
    if not known:
        person.leave(here, NO_CODE)
        return
    if result == Result(unit=result.unit, upper=result.upper):
        person.leave(here, NO_VALUE)
        return
    reasons: list[str] = []
    numbers: list[Number] = []
    facts: list[Fact] = []
    for code, one in known:
        if one.reads == "answer":
            told = _facts(result, code, one)
            facts += [
                Fact(said=here, field=name, value=value, on=on, tested=True, holds_weeks=one.holds_weeks)
                for name, value in told or ()
            ]
            if not told:
                reasons.append(_NO_ANSWER if told is None else "the answer tells nothing here")
            continue
        number = _number(here, result, one, on)
        if number.reason in _NOT_OF_FIELD:
            reasons.append(number.reason)
        else:
            numbers.append(number)
    if any(number.value is not None for number in numbers) or facts:
        numbers = [number for number in numbers if number.value is not None or number.breaks]
    person.statements += [*dict.fromkeys(numbers), *dict.fromkeys(facts)]
    if not numbers and not facts:
        person.leave(here, reasons[0] if reasons else NO_VALUE)


def _number(here: Said, result: Result, one: Measure, on: Day | None) -> Number:
    """The number in the field's unit, or why it is none."""
    value, reason = _read(result, one)
    breaks = False
    if value is not None:
        known = field_of(one.field)
        low, high = known.low, known.high
        if (low is not None and value < low) or (high is not None and value > high) or value != value:
            rule = f"outside the plausible range {low:g} to {high:g}{known.unit and ' '}{known.unit}"
            value, reason, breaks = None, f"{one.field}: {rule}", True
    return Number(said=here, field=one.field, value=value, on=on, reason=reason, breaks=breaks)


def _read(result: Result, one: Measure) -> tuple[float | None, str]:
    if one.reads == "titre":
        written = _TITRE.fullmatch(result.spoken)
        titre = result.titre if written is None else float(written[1])
        return titre, "" if titre is not None else _OTHER_KIND
    if result.value is None:
        return None, _OTHER_KIND
    if one.reads == "percent" and result.unit != "%":
        return None, _OTHER_KIND
    if result.bound:
        return None, "a bound, not a value"
    if one.reads == "per_uln":
        if result.upper is None or result.upper <= 0:
            return None, _NO_LIMIT
        return float(f"{result.value / result.upper:.6g}"), ""
    try:
        return in_unit_of(one.field, result.value, result.unit), ""
    except ValueError:
        return None, f"the unit does not convert to {field_of(one.field).unit or 'a plain number'}"


def _facts(result: Result, question: Code, one: Measure) -> tuple[tuple[str, Value], ...] | None:
    """The facts that an answer tells; None where it is not understood."""
    for given in result.coded:
        found = answer(question, given)
        if found is not None:
            return found
    sign = _sign(result)
    if sign is not None:
        value = one.positive if sign else one.negative
        return () if value is None else ((one.field, value),)
    if result.spoken and field_of(one.field).type == "text":
        value = known_value(one.field, result.spoken)
        value = value or (None if field_of(one.field).values else result.spoken)
        return None if value is None else ((one.field, value),)
    return None


def _sign(result: Result) -> bool | None:
    """Whether the result is positive; None where it does not say, or says both."""
    signs = {sign for given in result.coded if (sign := polarity(given)) is not None}
    if result.truth is not None:
        signs.add(result.truth)
    spoken = result.spoken.casefold()
    if spoken in _POSITIVE or spoken in _NEGATIVE:
        signs.add(spoken in _POSITIVE)
    return signs.pop() if len(signs) == 1 else None
