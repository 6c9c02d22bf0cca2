"""FHIR Observation: numbers by LOINC with UCUM units, results and answers, panels part by part."""

from __future__ import annotations

import re

from scleroscope.knowledge.codes import Code, Measure, answer, measures, polarity
from scleroscope.knowledge.fields import field as field_of
from scleroscope.knowledge.text_values import known_value
from scleroscope.knowledge.ucum import in_unit_of
from scleroscope.model.patient import Value
from scleroscope.patients.days import Day
from scleroscope.patients.fhir.condition import NO_CODE
from scleroscope.patients.fhir.shape import (
    Json,
    NoSuchDay,
    at,
    codes,
    first_day,
    items,
    number,
    said,
    told,
    words,
)
from scleroscope.patients.record import Fact, Number, Person, Said

# https://hl7.org/fhir/R4/valueset-observation-status.html: what is checked and stands
_STANDS = ("final", "amended", "corrected")
_DATES = ("effectiveDateTime", "effectivePeriod.end", "effectiveInstant", "effectivePeriod.start", "issued")
_POSITIVE = ("positive", "detected", "reactive", "present", "pos")
_NEGATIVE = ("negative", "not detected", "non-reactive", "nonreactive", "absent", "neg")
_TITRE = re.compile(r"\s*1\s*[:/]\s*(\d+)\s*")


def take_observation(person: Person, resource: Json, place: str) -> None:
    """Take over an Observation and each of its components; each counts as one statement."""
    parts = items(resource, "component")
    whole = said(resource, place, at(resource, "code"))
    has_value = any(key.startswith("value") for key in resource) or "dataAbsentReason" in resource
    subjects = [(resource, whole)] if has_value or not parts else []
    for position, part in enumerate(parts, 1):
        here = said(resource, f"{place} component {position}", at(part, "code"))
        subjects.append((part if isinstance(part, dict) else {}, here))
    person.found += len(subjects)
    reason, breaks, on = "", False, None
    status = words(resource, "status")
    if status not in _STANDS:
        reason = f"status {status}" if status else "no status"
    elif at(resource, "focus"):
        reason = "not about the patient"
    try:
        on = first_day(resource, *_DATES)
    except NoSuchDay:
        reason, breaks = reason or "no such day", not reason
    for part, here in subjects:
        if reason:
            person.leave(here, reason, breaks=breaks)
        else:
            _take(person, part, here, on)


def _take(person: Person, part: Json, here: Said, on: Day | None) -> None:
    known = [(code, one) for code in codes(at(part, "code")) for one in measures(code)]
    if not known:
        return person.leave(here, NO_CODE)
    if at(part, "dataAbsentReason") or not any(key.startswith("value") for key in part):
        return person.leave(here, "no value")
    before = len(person.statements)
    reasons = []
    for code, one in known:
        if one.reads == "answer":
            reasons.append(_answered(person, part, here, on, code, one))
        else:
            reasons.append(_numbered(person, part, here, on, one))
    if len(person.statements) == before:
        person.leave(here, next((reason for reason in reasons if reason), "no value"))
    return None


def _numbered(person: Person, part: Json, here: Said, on: Day | None, one: Measure) -> str:
    """Adds the number, or that the last word on the field is none; says why where it adds nothing."""
    value, reason, breaks = _titre(part) if one.reads == "titre" else _quantity(part, one)
    if value is None and reason in (_NO_LIMIT, _OTHER_KIND):
        return reason
    if value is not None:
        low, high = field_of(one.field).low, field_of(one.field).high
        if (low is not None and value < low) or (high is not None and value > high) or value != value:
            unit = field_of(one.field).unit
            reason = f"{one.field}: outside the plausible range {low:g} to {high:g}{unit and ' '}{unit}"
            value, breaks = None, True
    person.statements.append(
        Number(said=here, field=one.field, value=value, on=on, reason=reason, breaks=breaks)
    )
    return ""


_NO_LIMIT = "no upper limit of normal beside it"
_OTHER_KIND = "the value is of another kind"


def _quantity(part: Json, one: Measure) -> tuple[float | None, str, bool]:
    """The number in the field's unit; or None, the reason, and whether it breaks the contract."""
    quantity = at(part, "valueQuantity")
    value, unit = number(quantity, "value"), words(quantity, "code") or words(quantity, "unit")
    if quantity is None:
        value, unit = number(part, "valueInteger"), ""
        if value is None:
            return None, _OTHER_KIND, False
    if value is None:
        return None, "no value", False
    if words(quantity, "comparator"):
        return None, "a bound, not a value", False
    if one.reads == "per_uln":
        return _per_uln(part, value, unit)
    try:
        return in_unit_of(one.field, value, unit), "", False
    except ValueError:
        return None, f"the unit does not convert to {field_of(one.field).unit or 'a plain number'}", False


def _per_uln(part: Json, value: float, unit: str) -> tuple[float | None, str, bool]:
    limits = [
        high
        for each in items(part, "referenceRange")
        if (high := number(each, "high", "value")) is not None
        and (words(each, "high", "code") or words(each, "high", "unit") or unit) == unit
    ]
    if len(limits) != 1 or limits[0] <= 0:
        return None, _NO_LIMIT, False
    return float(f"{value / limits[0]:.6g}"), "", False


def _titre(part: Json) -> tuple[float | None, str, bool]:
    ratio = number(part, "valueRatio", "denominator", "value")
    if ratio is not None and number(part, "valueRatio", "numerator", "value") == 1:
        return ratio, "", False
    written = _TITRE.fullmatch(words(part, "valueString"))
    if written:
        return float(written[1]), "", False
    return None, _OTHER_KIND, False


def _answered(person: Person, part: Json, here: Said, on: Day | None, question: Code, one: Measure) -> str:
    facts = _facts(part, question, one)
    for name, value in facts or ():
        person.statements.append(
            Fact(said=here, field=name, value=value, on=on, tested=True, holds_weeks=one.holds_weeks)
        )
    if facts is None:
        return "the answer is not understood"
    return "" if facts else "the answer tells nothing of the field"


def _facts(part: Json, question: Code, one: Measure) -> tuple[tuple[str, Value], ...] | None:
    for given in codes(at(part, "valueCodeableConcept")):
        found = answer(question, given)
        if found is not None:
            return found
    sign = _sign(part)
    if sign is not None:
        value = one.positive if sign else one.negative
        return () if value is None else ((one.field, value),)
    spoken = told(at(part, "valueCodeableConcept")) or words(part, "valueString")
    if spoken and field_of(one.field).type == "text":
        value = known_value(one.field, spoken) or (None if field_of(one.field).values else spoken)
        return None if value is None else ((one.field, value),)
    return None


def _sign(part: Json) -> bool | None:
    """Whether the result is positive; None where it does not say, or says both."""
    signs = set()
    if isinstance(at(part, "valueBoolean"), bool):
        signs.add(part["valueBoolean"])
    concepts = [at(part, "valueCodeableConcept"), *items(part, "interpretation")]
    for concept in concepts:
        signs |= {sign for given in codes(concept) if (sign := polarity(given)) is not None}
    spoken = (told(at(part, "valueCodeableConcept")) or words(part, "valueString")).casefold()
    if spoken in _POSITIVE or spoken in _NEGATIVE:
        signs.add(spoken in _POSITIVE)
    return signs.pop() if len(signs) == 1 else None
