"""FHIR Condition and Procedure: what a diagnosis or a procedure tells, and since when."""

from __future__ import annotations

from scleroscope.patients.days import Day, day
from scleroscope.patients.diagnosed import finding_of, take_finding, take_named
from scleroscope.patients.fhir.shape import (
    Json,
    NoSuchDay,
    at,
    codes,
    day_at,
    first_day,
    is_code,
    items,
    number,
    said,
    words,
)
from scleroscope.patients.measured import NO_CODE
from scleroscope.patients.record import Person, Said, Since

# Codes of HL7: http://terminology.hl7.org/CodeSystem/condition-ver-status and condition-clinical
_NOT_SO = {"refuted": "refuted", "entered-in-error": "entered in error"}
_NOT_SURE = ("unconfirmed", "provisional", "differential")
_NOW = ("active", "recurrence", "relapse")
_OVER = ("inactive", "remission", "resolved")
_DIAGNOSED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"


def take_condition(person: Person, resource: Json, place: str) -> None:
    """Take over what a Condition says; what is refuted, in error or unsure is kept aside."""
    person.found += 1
    concept = at(resource, "code")
    here = said(resource, place, concept)
    verified = at(resource, "verificationStatus")
    for code, reason in _NOT_SO.items():
        if is_code(verified, code):
            return person.leave(here, reason)
    if is_code(verified, *_NOT_SURE):
        return person.leave(here, "not confirmed")
    known = finding_of(list(codes(concept)))
    if known is None:
        return person.leave(here, NO_CODE)
    try:
        begun, ended = (
            _onset(person, resource, here),
            first_day(resource, "abatementDateTime", "abatementPeriod.end"),
        )
        written = first_day(resource, "recordedDate")
        diagnosed = _diagnosed(resource)
    except NoSuchDay:
        return person.leave(here, "no such day", breaks=True)
    status = at(resource, "clinicalStatus")
    over = None if not is_code(status, *_NOW) else False
    if (
        is_code(status, *_OVER)
        or ended is not None
        or any(key.startswith("abatement") and at(resource, key) for key in resource)
    ):
        over = True
    take_finding(person, here, known, begun=begun, written=begun or written, over=over, ended=ended)
    if known.diagnosed and diagnosed:
        person.statements.append(Since(said=here, field=known.diagnosed, on=diagnosed, earliest=True))
    return None


def take_procedure(person: Person, resource: Json, place: str) -> None:
    """Take over what a Procedure says that was done."""
    person.found += 1
    concept = at(resource, "code")
    here = said(resource, place, concept)
    status = words(resource, "status")
    if status not in ("completed", "in-progress"):
        return person.leave(here, f"status {status}: not done" if status else "no status")
    try:
        done = first_day(resource, "performedDateTime", "performedPeriod.end", "performedPeriod.start")
    except NoSuchDay:
        return person.leave(here, "no such day", breaks=True)
    known = finding_of(list(codes(concept)))
    if known is None:
        return None if take_named(person, here, done=done) else person.leave(here, NO_CODE)
    return take_finding(person, here, known, begun=done, written=done, over=False, ended=done)


def _onset(person: Person, resource: Json, here: Said) -> Day | None:
    """The day of onset; kept aside where it is told in a way that gives none."""
    found = first_day(resource, "onsetDateTime", "onsetPeriod.start")
    if found is not None:
        return found
    years = number(resource, "onsetAge", "value")
    if years is not None and person.born is not None and words(resource, "onsetAge", "code") in ("a", ""):
        whole = int(years)
        try:
            return Day(
                person.born.first.replace(year=person.born.first.year + whole, day=1),
                person.born.last.replace(year=person.born.last.year + whole + 1, day=1),
            )
        except ValueError:
            raise NoSuchDay from None
    text = words(resource, "onsetString")
    if text and (found := day(text)) is not None:
        return found
    if text or years is not None or at(resource, "onsetRange"):
        person.leave(here, "onset: not told as a day", part="onset")
    return None


def _diagnosed(resource: Json) -> Day | None:
    for extension in items(resource, "extension"):
        if words(extension, "url") == _DIAGNOSED:
            return day_at(extension, "valueDateTime")
    return None
