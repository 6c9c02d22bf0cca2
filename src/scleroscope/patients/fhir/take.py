"""One FHIR resource after another into the statements on a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from scleroscope.patients.days import Day, age, day
from scleroscope.patients.fhir.condition import take_condition, take_procedure
from scleroscope.patients.fhir.medication import take_medication
from scleroscope.patients.fhir.observation import take_observation
from scleroscope.patients.fhir.shape import Json, items, words
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Number, Person, Read, Said, Statement, Taken
from scleroscope.patients.understood import understood

MEDICATIONS = ("MedicationStatement", "MedicationRequest", "MedicationAdministration")
ABOUT_A_PERSON = ("Condition", "Procedure", "Observation", *MEDICATIONS)
NOT_READ = "resources of this kind are not read"


class Head(msgspec.Struct):
    """As much of a resource as tells what it is."""

    resourceType: str = ""  # noqa: N815  (FHIR's name)
    id: str = ""


def head(resource: msgspec.Raw | bytes) -> Head:
    """What a resource is; an empty head where it is none."""
    try:
        return msgspec.json.decode(resource, type=Head)
    except msgspec.DecodeError:
        return Head()


def decode(data: bytes, where: str, kind: type[Any]) -> Any:
    """The JSON as this type; PatientError that says where it is not, without quoting it."""
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError:
        raise PatientError(f"{where}: nested too deeply to be FHIR") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        bytes(data).decode()
    except UnicodeDecodeError as error:
        raise PatientError(f"{where}: not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    raise PatientError(f"{where}: not FHIR JSON")


def subject(resource: Json) -> str:
    """Whom a resource is about: the reference as written, empty where there is none."""
    return words(resource, "subject", "reference") or words(resource, "patient", "reference")


def take(person: Person, resource: Json, place: str, own: set[str], index: dict[str, Json]) -> None:
    """Take over one resource. `own` are the references that mean the person, `index` finds Medications."""
    kind, about = words(resource, "resourceType"), subject(resource)
    if about and about not in own and about.rpartition("/")[2] not in own:
        person.found += 1
        person.leave(Said(place, kind), "about somebody else")
    elif kind in MEDICATIONS:
        take_medication(person, resource, place, lambda owner, name: _found(owner, name, index))
    elif kind == "Observation":
        take_observation(person, resource, place)
    elif kind == "Condition":
        take_condition(person, resource, place)
    elif kind == "Procedure":
        take_procedure(person, resource, place)
    else:
        person.found += 1
        person.leave(Said(place, kind), NOT_READ)


def _found(owner: Json, reference: str, index: dict[str, Json]) -> Json | None:
    if reference.startswith("#"):
        for inside in items(owner, "contained"):
            if words(inside, "id") == reference[1:]:
                return {**inside, "contained": items(owner, "contained")}
        return None
    return index.get(reference) or index.get("/".join(reference.split("/")[-2:]))


def done(person: Person, as_of: date | None, written: str = "") -> Read:
    """The person as read, once the day is known to which the record runs.

    The day is `as_of`, else the one on which the record was `written` out, else its last day.
    """
    today = date.today()  # noqa: DTZ011  (a day, wherever the record was made)
    stamp = day(written) if written else None
    for each in person.statements:
        person.saw(_day(each), today)
    until = as_of or (stamp.last if stamp else None) or person.latest or today
    if person.born is not None:
        here = Said(f"Patient/{person.id}", "Patient")
        years = age(person.born, until)
        if years is None:
            person.leave(here, "the birth date tells no month or day: two ages are possible", part="age")
        elif 0 <= years <= 120:
            person.statements.append(Number(said=here, field="age", value=float(years), on=None))
        else:
            person.leave(here, "age: outside the plausible range 0 to 120 years", part="age", breaks=True)
    return understood(person, until)


def _day(statement: Statement) -> Day | None:
    if isinstance(statement, Taken):
        return statement.given or statement.ended or statement.began
    return statement.on
