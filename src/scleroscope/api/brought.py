"""One patient from the bytes of a file that somebody brings to a page."""

from __future__ import annotations

from typing import Any

import msgspec

from scleroscope.model.patient import Patient
from scleroscope.patients import fhir
from scleroscope.patients.files import SUFFIXES, PatientError, decode
from scleroscope.patients.profile import patient
from scleroscope.patients.record import Aside

__all__ = ["Brought", "PatientError", "bring", "bring_fhir"]


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A patient read from a file; of a medical record also to which day it runs and what was left aside."""

    patient: Patient
    as_of: str | None = None
    found: int = 0
    mapped: int = 0
    not_mapped: tuple[Aside, ...] = ()


def bring(data: bytes, name: str = "") -> Brought:
    """The patient of a patient file (JSON, TOML or YAML by its name's ending) or of a FHIR Bundle.

    PatientError says what is wrong with it, never what stands in it.
    """
    if b'"resourceType"' in data[:65_536]:
        return bring_fhir(data)
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    try:
        record: Any = decode(data, SUFFIXES.get(ending, "JSON"), "the file")
    except RecursionError:
        raise PatientError("the file: nested too deeply to be a patient file") from None
    if isinstance(record, list):
        if len(record) != 1:
            raise PatientError(f"the file: {len(record)} patients; this takes one")
        record = record[0]
    if isinstance(record, dict):
        record = {"id": "you", **record}
    return Brought(patient=patient(record))


def bring_fhir(data: bytes) -> Brought:
    """The patient of a FHIR R4 Bundle."""
    try:
        read = fhir.read_one(data)
    except RecursionError:
        raise PatientError("the Bundle: nested too deeply to be FHIR") from None
    return Brought(
        patient=patient(read.patient),
        as_of=str(read.as_of),
        found=read.found,
        mapped=read.mapped,
        not_mapped=read.not_mapped,
    )
