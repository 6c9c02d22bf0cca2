"""The forms in which FHIR comes: one Bundle, a folder of Bundles, NDJSON of a bulk export.

Everything is read into statements at once and only these are kept, so that memory follows what is understood
and not the size of the record. Errors name file and resource, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from scleroscope.patients.fhir.bulk import read_bulk
from scleroscope.patients.fhir.bundle import read_bundle
from scleroscope.patients.files import PatientError
from scleroscope.patients.record import Aside, Read


class Reads:
    """People as they are read, one after another; `loose` is what turned out to be about none of them."""

    def __init__(self, reads: Iterator[Read], loose: list[Aside]) -> None:
        self._reads = reads
        self.loose = loose

    def __iter__(self) -> Iterator[Read]:
        return self

    def __next__(self) -> Read:
        return next(self._reads)


def is_fhir(source: Path) -> bool:
    """Whether a file or folder holds FHIR: NDJSON, or JSON with a `resourceType`."""
    if source.is_dir():
        return any(source.glob("*.ndjson")) or any(map(is_fhir, sorted(source.glob("*.json"))[:1]))
    if source.suffix.lower() != ".json" or not source.is_file():
        return source.suffix.lower() == ".ndjson"
    with source.open("rb") as file:
        return b'"resourceType"' in file.read(65_536)


def read(source: Path | str | bytes, *, as_of: date | None = None) -> Reads:
    """The people of a Bundle (bytes or file), of a folder of Bundles, or of NDJSON (a file or a folder).

    `as_of` is the day to which ages and times run; without it, of each record: the Bundle's timestamp, else
    the last day that the record speaks of. PatientError where there is no FHIR to be read, a Bundle holds not
    one Patient but none or several, or a reference loops. What cannot be mapped is in `not_mapped`.
    """
    loose: list[Aside] = []
    return Reads(_read(source, as_of, loose), loose)


def _read(source: Path | str | bytes, as_of: date | None, loose: list[Aside]) -> Iterator[Read]:
    if isinstance(source, bytes):
        yield read_bundle(source, "the Bundle", as_of)
        return
    path = Path(source)
    bulk = sorted(path.glob("*.ndjson")) if path.is_dir() else [path] if path.suffix == ".ndjson" else []
    if bulk:
        yield from read_bulk(bulk, as_of, loose)
        return
    bundles = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not bundles:
        raise PatientError(f"{path}: no FHIR here: no .json and no .ndjson file")
    for each in bundles:
        yield read_bundle(each.read_bytes(), str(each), as_of)


def read_one(source: Path | bytes, *, as_of: date | None = None) -> Read:
    """The one person of a Bundle, held to the patient contract.

    PatientError also where what decides on a field breaks the contract: a value outside the plausible range,
    a day that no calendar has. (In a cohort such values are kept aside.)
    """
    found = list(read(source, as_of=as_of))
    where = "the Bundle" if isinstance(source, bytes) else str(source)
    if len(found) != 1:
        raise PatientError(f"{where}: {len(found)} patients; this takes one")
    for each in found[0].not_mapped:
        if each.breaks:
            raise PatientError(f"{where}: {each.place}: {each.reason}")
    return found[0]
