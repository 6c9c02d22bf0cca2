"""FHIR Patient: birth date, sex, address, death."""

from __future__ import annotations

from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.text_values import known_value
from scleroscope.patients.fhir.shape import Json, NoSuchDay, at, day_at, items, number, said, words
from scleroscope.patients.record import Fact, Person, Said

_GEOLOCATION = "http://hl7.org/fhir/StructureDefinition/geolocation"


def take_patient(person: Person, resource: Json, place: str) -> None:
    """Take over what a Patient resource says; the age waits for the day to which the record runs."""
    person.found += 1
    here = person.said = said(resource, place)
    try:
        person.born = day_at(resource, "birthDate")
    except NoSuchDay:
        person.leave(here, "birthDate: no such day", part="age", breaks=True)
    gender = words(resource, "gender")
    if gender in fields()["sex"].values:
        person.statements.append(Fact(said=here, field="sex", value=gender, on=None))
    elif gender:
        person.leave(here, "gender: neither female nor male", part="sex")
    _address(person, resource, here)
    try:
        dead = day_at(resource, "deceasedDateTime")
        person.died = str(dead) if dead else (at(resource, "deceasedBoolean") is True or None)
    except NoSuchDay:
        person.died = True
    if person.died:
        person.leave(here, "the person has died", part="deceased")


def _address(person: Person, resource: Json, here: Said) -> None:
    current = [
        each
        for each in items(resource, "address")
        if words(each, "use") not in ("old", "billing", "temp") and day_ended(each) is None
    ]
    if not current:
        return
    first = next((each for each in current if words(each, "use") == "home"), current[0])
    country, city = words(first, "country"), words(first, "city")
    code = known_value("country", country) if country else None
    if code:
        person.statements.append(Fact(said=here, field="country", value=code, on=None))
    elif country:
        person.leave(here, "address.country: no country of ISO 3166 by that name", part="country")
    place = _point(first) or ", ".join(part for part in (city, country) if part and city)
    if place:
        person.statements.append(Fact(said=here, field="place", value=place, on=None))


def day_ended(address: object) -> str | None:
    """When an address ended, as written."""
    return words(address, "period", "end") or None


def _point(address: object) -> str:
    for extension in items(address, "extension"):
        if words(extension, "url") == _GEOLOCATION:
            parts = {words(p, "url"): number(p, "valueDecimal") for p in items(extension, "extension")}
            latitude, longitude = parts.get("latitude"), parts.get("longitude")
            if latitude is not None and longitude is not None:
                return f"{latitude:.4f},{longitude:.4f}"
    return ""
