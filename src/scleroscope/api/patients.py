"""One patient from plain values, for every face."""

from __future__ import annotations

from scleroscope.model.patient import Patient
from scleroscope.patients.profile import patient


def one_patient(record: object) -> Patient:
    """The patient of an object with the contract's keys; PatientError says what breaks the contract."""
    return patient(record)
