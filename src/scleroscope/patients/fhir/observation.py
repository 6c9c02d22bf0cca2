"""FHIR Observation: numbers by LOINC with UCUM units, results and answers, panels part by part."""

from __future__ import annotations

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
from scleroscope.patients.measured import Result, take_result
from scleroscope.patients.record import Person

# https://hl7.org/fhir/R4/valueset-observation-status.html: what is checked and stands
_STANDS = ("final", "amended", "corrected")
_DATES = ("effectiveDateTime", "effectivePeriod.end", "effectiveInstant", "effectivePeriod.start", "issued")


def take_observation(person: Person, resource: Json, place: str) -> None:
    """Take over an Observation and each of its components; each counts as one statement."""
    parts = items(resource, "component")
    whole = said(resource, place, at(resource, "code"))
    subjects = [(resource, whole)] if _has_value(resource) or not parts else []
    for position, part in enumerate(parts, 1):
        here = said(resource, f"{place} component {position}", at(part, "code"))
        subjects.append((part if isinstance(part, dict) else {}, here))
    person.found += len(subjects)
    reason, breaks, on = "", False, None
    status = words(resource, "status")
    if status not in _STANDS:
        reason = f"status {status}" if status else "no status"
    elif not all(_is_diagnosis(each) for each in items(resource, "focus")):
        reason = "not about the patient"
    try:
        on = first_day(resource, *_DATES)
    except NoSuchDay:
        reason, breaks = reason or "no such day", not reason
    for part, here in subjects:
        if reason:
            person.leave(here, reason, breaks=breaks)
        elif at(part, "dataAbsentReason") or not _has_value(part):
            person.leave(here, "no value")
        else:
            take_result(person, here, list(codes(at(part, "code"))), _result(part), on)


def _is_diagnosis(focus: object) -> bool:
    """Whether what an observation is about is a diagnosis of the patient (as mCODE writes it)."""
    return words(focus, "type") == "Condition" or words(focus, "reference").startswith("Condition/")


def _has_value(part: Json) -> bool:
    return any(key.startswith("value") for key in part) or "dataAbsentReason" in part


def _result(part: Json) -> Result:
    quantity = at(part, "valueQuantity")
    value, unit = number(quantity, "value"), words(quantity, "code") or words(quantity, "unit")
    if quantity is None:
        value = number(part, "valueInteger")
    concepts = [at(part, "valueCodeableConcept"), *items(part, "interpretation")]
    truth = at(part, "valueBoolean")
    return Result(
        value=value,
        unit=unit,
        bound=bool(words(quantity, "comparator")),
        upper=_upper(part, unit),
        titre=_titre(part),
        coded=tuple(code for concept in concepts for code in codes(concept)),
        spoken=told(concepts[0]) or words(part, "valueString"),
        truth=truth if isinstance(truth, bool) else None,
    )


def _titre(part: Json) -> float | None:
    if number(part, "valueRatio", "numerator", "value") != 1:
        return None
    return number(part, "valueRatio", "denominator", "value")


def _upper(part: Json, unit: str) -> float | None:
    """The upper limit of the reference range in the same unit; None where there are several."""
    limits = {
        high
        for each in items(part, "referenceRange")
        if (high := number(each, "high", "value")) is not None
        and (words(each, "high", "code") or words(each, "high", "unit") or unit) == unit
    }
    return limits.pop() if len(limits) == 1 else None
