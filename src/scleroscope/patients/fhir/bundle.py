"""A FHIR Bundle that holds the record of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from scleroscope.patients.days import day
from scleroscope.patients.fhir.person import take_patient
from scleroscope.patients.fhir.shape import Json, words
from scleroscope.patients.fhir.take import ABOUT_A_PERSON, NOT_READ, decode, head, take
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Aside, Person, Read
from scleroscope.patients.understood import understood


class _Entry(msgspec.Struct):
    fullUrl: str = ""  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw(b"null")


class _Bundle(msgspec.Struct):
    resourceType: str = ""  # noqa: N815
    timestamp: str = ""
    entry: list[_Entry] = []


class _Held(msgspec.Struct):
    """The resources of a Bundle: those that are read, and of the others how many of a kind from where."""

    resources: list[tuple[str, str, Json]] = []  # kind, place, resource
    index: dict[str, Json] = {}  # by every name by which it may be referred to
    others: dict[str, tuple[str, int]] = {}


def read_bundle(data: bytes, where: str, as_of: date | None) -> Read:
    """The one person of a Bundle; PatientError where it holds none or several, or is no Bundle."""
    bundle = decode(data, where, _Bundle)
    if bundle.resourceType != "Bundle":
        told = f"a {bundle.resourceType}" if bundle.resourceType.isalpha() else "no FHIR"
        raise PatientError(f"{where}: {told}, not a Bundle")
    held = _held(bundle, where)
    people = [(place, resource) for kind, place, resource in held.resources if kind == "Patient"]
    if len(people) != 1:
        who = f"{len(people)} Patients" if people else "no Patient"
        raise PatientError(f"{where}: {who} in the Bundle; one is needed (a folder takes a Bundle each)")
    place, patient = people[0]
    person = Person(id=words(patient, "id") or "patient")
    take_patient(person, patient, place)
    own = {words(patient, "id"), *(name for name, resource in held.index.items() if resource is patient)}
    for kind, place, resource in held.resources:
        if kind == "Medication":
            person.found += 1  # read where it is referred to
        elif kind != "Patient":
            try:
                take(person, resource, place, own, held.index)
            except PatientError as error:
                raise PatientError(f"{where}: {place}: {error}") from None
    for kind, (place, count) in held.others.items():
        person.found += count
        reason = NOT_READ if kind else "no resource"
        person.asides.append(
            Aside(kind=kind or "entry", code="", words="", reason=reason, place=place, count=count)
        )
    stamp = day(bundle.timestamp)
    return understood(person, as_of or (stamp.last if stamp else None))


def _held(bundle: _Bundle, where: str) -> _Held:
    held = _Held()
    for number, entry in enumerate(bundle.entry, 1):
        told = head(entry.resource)
        kind, place = told.resourceType, f"{told.resourceType or 'entry'}/{told.id or number}"
        if kind not in ABOUT_A_PERSON and kind not in ("Patient", "Medication"):
            first, count = held.others.get(kind, (place, 0))
            held.others[kind] = (first, count + 1)
            continue
        resource = decode(bytes(entry.resource), f"{where}, {place}", dict[str, Any])
        for name in (entry.fullUrl, f"{kind}/{told.id}", f"urn:uuid:{told.id}"):
            held.index.setdefault(name, resource)
        held.resources.append((kind, place, resource))
    return held
