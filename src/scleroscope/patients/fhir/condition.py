"""FHIR Condition and Procedure: what a diagnosis or a procedure tells, and since when."""

from __future__ import annotations

from scleroscope.knowledge.codes import Finding, finding
from scleroscope.patients.days import Day, day
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
from scleroscope.patients.record import Fact, Person, Said, Since, Taken

# Codes of HL7: http://terminology.hl7.org/CodeSystem/condition-ver-status and condition-clinical
_NOT_SO = {"refuted": "refuted", "entered-in-error": "entered in error"}
_NOT_SURE = ("unconfirmed", "provisional", "differential")
_NOW = ("active", "recurrence", "relapse")
_OVER = ("inactive", "remission", "resolved")
_DIAGNOSED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
NO_CODE = "no code that stands for a fact here"


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
    known = known_finding(person, here, concept)
    if known is None:
        return None
    try:
        begun, ended = (
            _onset(person, resource, here),
            first_day(resource, "abatementDateTime", "abatementPeriod.end"),
        )
        written = first_day(resource, "recordedDate")
        diagnosed = _diagnosed(resource)
    except NoSuchDay:
        return person.leave(here, "no such day", breaks=True)
    over = (
        is_code(at(resource, "clinicalStatus"), *_OVER)
        or ended is not None
        or any(key.startswith("abatement") and at(resource, key) for key in resource)
    )
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
    known = known_finding(person, here, concept)
    if known is None:
        return None
    try:
        done = first_day(resource, "performedDateTime", "performedPeriod.end", "performedPeriod.start")
    except NoSuchDay:
        return person.leave(here, "no such day", breaks=True)
    return take_finding(person, here, known, begun=done, written=done, over=False, ended=done)


def known_finding(person: Person, here: Said, concept: object) -> Finding | None:
    """What the codes of a concept tell together; None, with the statement kept aside, where nothing."""
    found = [known for code in codes(concept) if (known := finding(code)) is not None]
    if not found:
        person.leave(here, NO_CODE)
        return None
    if any(other != found[0] for other in found[1:]):
        return _together(found)
    return found[0]


def _together(found: list[Finding]) -> Finding:
    """Of several codes for one diagnosis: each fact once; times of the first that dates any."""
    dated = next((one for one in found if one.since or one.ended), found[0])
    return Finding(
        now=tuple(dict.fromkeys(fact for one in found for fact in one.now)),
        ever=tuple(dict.fromkeys(fact for one in found for fact in one.ever)),
        since=dated.since,
        event=dated.event,
        later_than=dated.later_than,
        diagnosed=next((one.diagnosed for one in found if one.diagnosed), ""),
        ended=dated.ended,
        treatment=next((one.treatment for one in found if one.treatment), ""),
        holds_weeks=min((one.holds_weeks for one in found if one.holds_weeks), default=None),
    )


def take_finding(
    person: Person,
    here: Said,
    known: Finding,
    *,
    begun: Day | None,
    written: Day | None,
    over: bool,
    ended: Day | None,
) -> None:
    """The statements of one diagnosis or procedure. What is over tells nothing of now."""
    facts = known.ever if over else (*known.ever, *known.now)
    for name, value in facts:
        holds = known.holds_weeks if (name, value) in known.now else None
        person.statements.append(Fact(said=here, field=name, value=value, on=written, holds_weeks=holds))
    if known.since and begun:
        person.statements.append(
            Since(
                said=here, field=known.since, on=begun, earliest=not known.event, later_than=known.later_than
            )
        )
    if known.ended and over and ended:
        person.statements.append(Since(said=here, field=known.ended, on=ended))
    if known.treatment:
        person.statements.append(
            Taken(said=here, treatment=known.treatment, taking=False, began=begun, ended=ended)
        )
    elif over and not known.ever:
        told = bool(known.since and begun) or bool(known.ended and ended)
        person.leave(here, "over: tells nothing of now", part="now" if told else "")


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
