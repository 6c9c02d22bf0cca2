"""One FHIR resource after another into the statements on a person."""

from __future__ import annotations

from typing import Any

import msgspec

from scleroscope.patients.fhir.condition import take_condition, take_procedure
from scleroscope.patients.fhir.medication import take_medication
from scleroscope.patients.fhir.observation import take_observation
from scleroscope.patients.fhir.shape import Json, items, words
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Person, Said

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
