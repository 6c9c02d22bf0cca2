"""Medical records in whichever known format: what is in a file or folder, with the books of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from scleroscope.patients import fhir, omop
from scleroscope.patients.books import Books, booked
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Aside, Read


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """The people of a file or folder, and the books over all of them."""

    people: tuple[Read, ...]
    books: Books


def is_record(source: Path) -> bool:
    """Whether it holds records in a format other than our own: FHIR or OMOP."""
    return source.exists() and (omop.is_omop(source) or fhir.is_fhir(source))


def read_records(source: Path, *, as_of: date | None = None) -> Records:
    """The people of FHIR or OMOP; what a single FHIR Bundle says must hold to the patient contract.

    PatientError where it cannot be read. The last one that was read is kept while the process lasts, so that
    what was understood can be told after what was asked, without reading twice.
    """
    if not source.exists():
        raise FileNotFoundError(2, "no such file or folder", str(source))
    return _read(source, as_of, source.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(source: Path, as_of: date | None, _changed: int) -> Records:
    loose: list[Aside] = []
    if omop.is_omop(source):
        people = tuple(omop.people(source, as_of=as_of, loose=loose))
    elif source.is_dir() or source.suffix.lower() == ".ndjson":
        reads = fhir.read(source, as_of=as_of)
        people, loose = tuple(reads), reads.loose
    else:
        people = (fhir.read_one(source, as_of=as_of),)
    ids = {each.patient["id"] for each in people}
    if len(ids) != len(people):
        raise PatientError(f"{source}: {len(people)} people, but only {len(ids)} different ids")
    return Records(people=people, books=booked(people, loose))
