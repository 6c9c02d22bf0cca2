"""Sites, countries, contacts and investigators of an API record."""

from __future__ import annotations

from collections.abc import Iterable

from scleroscope.model.study import Contact, Country, Investigator, Site
from scleroscope.registries.countries import country_code
from scleroscope.registries.ctgov import vocabulary
from scleroscope.registries.fields import Fields


def contacts(fields: Fields, key: str) -> tuple[Contact, ...]:
    """Whom to ask, with a telephone extension behind the number."""
    found = []
    for part in fields.parts(key):
        phone, extension, role = part.text("phone"), part.text("phoneExt"), part.text("role")
        contact = Contact(
            name=part.text("name"),
            role=vocabulary.word(role) if role else None,
            phone=f"{phone} ext. {extension}" if phone and extension else phone or extension,
            email=part.text("email"),
        )
        if contact.name or contact.phone or contact.email:
            found.append(contact)
    return tuple(found)


def sites(fields: Fields) -> tuple[Site, ...]:
    """Every place, even one of which only the country is known."""
    found = []
    for part in fields.parts("locations"):
        country, point = part.text("country"), part.part("geoPoint")
        latitude, longitude = point.number("lat", -90, 90), point.number("lon", -180, 180)
        known = latitude is not None and longitude is not None
        found.append(
            Site(
                facility=part.text("facility"),
                city=part.text("city"),
                state=part.text("state"),
                zip=part.text("zip"),
                country=country,
                country_code=country_code(country) if country else None,
                latitude=latitude if known else None,
                longitude=longitude if known else None,
                status=part.read("status", vocabulary.status, "no such status"),
                contacts=contacts(part, "contacts"),
            )
        )
    return tuple(found)


def countries(found_sites: Iterable[Site], listed: Iterable[str]) -> tuple[Country, ...]:
    """The countries of the sites and those listed apart from them, each once, in order."""
    names = [site.country for site in found_sites if site.country]
    return tuple(Country(name=name, code=country_code(name)) for name in dict.fromkeys([*names, *listed]))


def investigators(places: Fields, party: Fields) -> tuple[Investigator, ...]:
    """The officials, then the investigator who answers for the record."""
    found = []
    for part in places.parts("overallOfficials"):
        name, role = part.text("name"), part.text("role")
        if name:
            affiliation = part.text("affiliation")
            found.append(
                Investigator(name=name, role=vocabulary.word(role) if role else None, affiliation=affiliation)
            )
        else:
            part.note("name", "an official without a name is left out", role)
    name = party.text("investigatorFullName") or party.text("oldNameTitle")
    if name:
        affiliation = party.text("investigatorAffiliation") or party.text("oldOrganization")
        found.append(Investigator(name=name, role="responsible_party", affiliation=affiliation))
    return tuple(found)
