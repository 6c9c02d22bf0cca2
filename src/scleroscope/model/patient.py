"""A patient: a few known facts. What is not there is unknown, never no."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

Value = bool | float | str


class PatientTreatment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One treatment that the patient has or had; a missing key is unknown."""

    name: str
    taking: bool | None = None
    dose: str | None = None
    stable_weeks: float | None = None
    weeks_since_last: float | None = None
    total_weeks: float | None = None
    route: str | None = None
    intolerant: bool | None = None


class Patient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Validated facts of one person: field id → value in the field's canonical unit."""

    id: str
    values: Mapping[str, Value] = {}
    treatments: tuple[PatientTreatment, ...] = ()
    complete: frozenset[str] = frozenset()  # lists that are whole, so that absence means no
