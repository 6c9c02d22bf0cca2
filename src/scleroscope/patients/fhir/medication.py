"""FHIR MedicationStatement, MedicationRequest and MedicationAdministration: what is and was taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scleroscope.knowledge import drugs
from scleroscope.knowledge.codes import drug
from scleroscope.knowledge.routes import route_in
from scleroscope.knowledge.units import dose as understood_dose
from scleroscope.knowledge.units import tidy
from scleroscope.patients.days import Day
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
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Person, Said, Taken

Find = Callable[[Json, str], Json | None]  # the resource that a reference of a resource means

# What a status says of now: https://hl7.org/fhir/R4/valueset-medication-statement-status.html and
# -medicationrequest-status, -medication-admin-status. A finished order may be followed by another one.
_NOW: dict[str, dict[str, bool | None]] = {
    "MedicationStatement": {"active": True, "completed": False, "stopped": False, "on-hold": None},
    "MedicationRequest": {"active": True, "completed": None, "stopped": False, "on-hold": None},
    "MedicationAdministration": {"in-progress": True, "completed": None, "stopped": None, "on-hold": None},
}
_ORDERED = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
NOT_A_DRUG = "no drug that is known here"


def take_medication(person: Person, resource: Json, place: str, find: Find) -> None:
    """Take over what one of the three resources says of a drug."""
    person.found += 1
    concepts = list(_concepts(resource, find))
    here = said(resource, place, next(iter(concepts), None))
    kind, status = here.kind, words(resource, "status")
    if status not in _NOW[kind]:
        return person.leave(here, f"status {status}" if status else "no status")
    if kind == "MedicationRequest" and words(resource, "intent") not in _ORDERED:
        return person.leave(here, "proposed or planned, not ordered")
    if at(resource, "doNotPerform") is True:
        return person.leave(here, "an order not to give it")
    if not concepts:
        return person.leave(here, "no drug is named")
    named = dict.fromkeys(one for concept in concepts for one in _drugs(concept))
    if not named:
        return person.leave(here, NOT_A_DRUG)
    try:
        _add(person, resource, here, list(named))
    except NoSuchDay:
        person.leave(here, "no such day", breaks=True)
    return None


def _add(person: Person, resource: Json, here: Said, named: list[str]) -> None:
    now = _NOW[here.kind][words(resource, "status")]
    began = ended = None
    given = first_day(resource, "dateAsserted", "authoredOn", "effectiveDateTime", "effectivePeriod.start")
    if here.kind == "MedicationStatement":
        began = first_day(resource, "effectivePeriod.start", "effectiveDateTime")
        ended = first_day(resource, "effectivePeriod.end")
    elif here.kind == "MedicationRequest":
        bounds = at(resource, "dosageInstruction", 0, "timing", "repeat")
        ended = first_day(bounds, "boundsPeriod.end") if now is not True else None
        now = False if ended is not None else now
    dose, how = _dose(_dosage(resource)) if len(named) == 1 else (None, "")
    if how:
        person.leave(here, how, part="dose")
    for name in named:
        person.statements.append(
            Taken(
                said=here,
                treatment=name,
                taking=_still(now, ended),
                began=began,
                ended=ended,
                given=given,
                dose=dose,
                route=_route(_dosage(resource)),
            )
        )


def _still(now: bool | None, ended: Day | None) -> bool | None:
    """A course said to go on that has an end is over or not by that day: seen when the day is known."""
    return None if now and ended is not None else now


def _concepts(resource: Json, find: Find) -> Iterator[Json]:
    """The concepts that name the drug: in place, of the Medication referred to, or its ingredients."""
    here = at(resource, "medicationCodeableConcept")
    if isinstance(here, dict):
        yield here
    reference = words(resource, "medicationReference", "reference")
    if reference:
        yield from _of_medication(resource, reference, find, ())
    elif not isinstance(here, dict) and words(resource, "medicationReference", "display"):
        yield {"text": words(resource, "medicationReference", "display")}


def _of_medication(owner: Json, reference: str, find: Find, passed: tuple[str, ...]) -> Iterator[Json]:
    if reference in passed:
        raise PatientError(
            f"{words(owner, 'resourceType')}: a reference to a Medication loops back to itself"
        )
    medication = find(owner, reference)
    if medication is None:
        return
    concept = at(medication, "code")
    if isinstance(concept, dict):
        yield concept
    for ingredient in items(medication, "ingredient"):
        inside = at(ingredient, "itemCodeableConcept")
        if isinstance(inside, dict) and not isinstance(concept, dict):
            yield inside
        further = words(ingredient, "itemReference", "reference")
        if further:
            # What is contained in a resource is contained in what refers to it.
            nested = {**medication, "contained": items(medication, "contained") or items(owner, "contained")}
            found = list(_of_medication(nested, further, find, (*passed, reference)))
            if not isinstance(concept, dict):
                yield from found


def _drugs(concept: Json) -> list[str]:
    """The drugs that a concept names: by code, else by its words."""
    by_code = {found for code in codes(concept) if (found := drug(code)) is not None}
    if len(by_code) == 1:
        return list(by_code)
    spoken = [told(concept), *(words(coding, "display") for coding in items(concept, "coding"))]
    for text in spoken:
        named = [one.id for one in drugs.find(text) if not drugs.is_class(one.id)]
        if named:
            return list(dict.fromkeys(named))
    return []


def _dosage(resource: Json) -> Json:
    found = (
        at(resource, "dosage", 0)
        if isinstance(at(resource, "dosage"), list)
        else at(resource, "dosage") or at(resource, "dosageInstruction", 0)
    )
    return found if isinstance(found, dict) else {}


def _route(dosage: Json) -> str | None:
    spoken = told(at(dosage, "route"))
    return route_in(spoken) if spoken else None


def _dose(dosage: Json) -> tuple[str | None, str]:
    """The dose as a patient file writes it, or why it cannot be told (empty where none is given)."""
    if at(dosage, "asNeededBoolean") is True or at(dosage, "asNeededCodeableConcept"):
        return None, "the dose: as needed"
    quantity = at(dosage, "doseAndRate", 0, "doseQuantity") or at(dosage, "dose")
    value = number(quantity, "value")
    unit = words(quantity, "code") or words(quantity, "unit")
    text = words(dosage, "text")
    if value is None:
        if text and understood_dose(text) is not None:
            return text, ""
        return None, "the dose: not told as an amount" if text or at(dosage, "doseAndRate") else ""
    written = f"{value:g} {unit}{_often(at(dosage, 'timing'))}"
    if understood_dose(written) is None:
        return None, "the dose: not an amount of the drug"
    return _a_day(value, unit, at(dosage, "timing", "repeat")) or written, ""


def _often(timing: object) -> str:
    """How often, in words that knowledge has: `BID` → ` bid`."""
    code = told(at(timing, "code")) or words(timing, "code", "coding", 0, "code")
    return f" {code.casefold()}" if code else ""


def _a_day(value: float, unit: str, repeat: object) -> str | None:
    """Amounts by `timing.repeat` as an amount a day; a dose once a week as one a week."""
    period, per = number(repeat, "period"), words(repeat, "periodUnit")
    if not period or per not in _DAYS or number(repeat, "frequencyMax") or number(repeat, "periodMax"):
        return None
    amount = value * (number(repeat, "frequency") or 1.0)
    if per == "wk":
        return f"{tidy(amount / period):g} {unit}/week"
    return f"{tidy(amount / (period * _DAYS[per])):g} {unit}/day"
