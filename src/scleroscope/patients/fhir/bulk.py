"""NDJSON of a FHIR bulk export: one resource a line, usually a file a kind, of many people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scleroscope.patients.fhir.person import take_patient
from scleroscope.patients.fhir.shape import Json
from scleroscope.patients.fhir.take import Head, decode, head, subject, take
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Aside, Person, Read
from scleroscope.patients.understood import understood


def read_bulk(files: Sequence[Path], as_of: date | None, loose: list[Aside]) -> Iterator[Read]:
    """The people of the files, in their order. `loose` takes what is about nobody who is there.

    Two passes: who there is and which Medications there are, then all that is said of them.
    """
    people, index = _people(files)
    for where, told, line in _lines(files):
        if told.resourceType in ("Patient", "Medication"):
            continue
        resource = decode(line, where, dict[str, Any])
        about = subject(resource)
        person = people.get(about.rpartition("/")[2].removeprefix("urn:uuid:"))
        place = f"{told.resourceType or 'line'}/{told.id or where.rpartition(' ')[2]}"
        if person is None:
            reason = "about nobody who is there" if about else "about no person"
            loose.append(Aside(kind=told.resourceType, code="", words="", reason=reason, place=place))
            continue
        try:
            take(person, resource, place, {person.id, about}, index)
        except PatientError as error:
            raise PatientError(f"{where}: {error}") from None
    for person in people.values():
        yield understood(person, as_of)


def _people(files: Sequence[Path]) -> tuple[dict[str, Person], dict[str, Json]]:
    people: dict[str, Person] = {}
    index: dict[str, Json] = {}
    for where, told, line in _lines(files):
        if told.resourceType == "Medication":
            index[f"Medication/{told.id}"] = decode(line, where, dict[str, Any])
        if told.resourceType != "Patient":
            continue
        if not told.id or told.id in people:
            what = "with an id that another one has" if told.id else "without an id"
            raise PatientError(f"{where}: a Patient {what}")
        people[told.id] = Person(id=told.id)
        take_patient(people[told.id], decode(line, where, dict[str, Any]), f"Patient/{told.id}")
    if not people:
        raise PatientError(f"{files[0].parent if len(files) > 1 else files[0]}: no Patient in it")
    return people, index


def _lines(files: Sequence[Path]) -> Iterator[tuple[str, Head, bytes]]:
    for file in files:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{file}, line {number}", head(line), line
