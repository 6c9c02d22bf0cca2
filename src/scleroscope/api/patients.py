"""Patients from plain values and from medical records, for every face."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scleroscope.model.patient import Patient
from scleroscope.patients.books import Books, summary
from scleroscope.patients.profile import patient
from scleroscope.patients.record import Aside, Known, Read
from scleroscope.patients.records import Records, is_record, read_records

__all__ = [
    "Aside",
    "Books",
    "Known",
    "Read",
    "Records",
    "books",
    "notes",
    "one_patient",
    "one_record",
    "summary",
    "understood",
]


def one_patient(record: object) -> Patient:
    """The patient of an object with the contract's keys; PatientError says what breaks the contract."""
    return patient(record)


def one_record(bundle: bytes, *, as_of: date | None = None) -> Read:
    """The person of a FHIR Bundle, with what every fact rests on and what was not mapped."""
    from scleroscope.patients.fhir import read_one

    return read_one(bundle, as_of=as_of)


def understood(source: Path, *, as_of: date | None = None) -> Records:
    """What is understood of FHIR (a Bundle, a folder, NDJSON) or OMOP (DuckDB, Parquet, CSV)."""
    return read_records(source, as_of=as_of)


def books(source: Path) -> Books | None:
    """The books of medical records; nothing for files of our own formats."""
    return read_records(source).books if is_record(source) else None


def notes(source: Path) -> tuple[str, ...]:
    """The books of medical records in a few lines; nothing for files of our own formats."""
    known = books(source)
    return () if known is None else summary(known)
