"""A patient made ready for many criteria: consequences drawn, treatments recognised, doses in mg a day."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from scleroscope.knowledge import drugs
from scleroscope.knowledge.implications import close
from scleroscope.knowledge.routes import route_in
from scleroscope.knowledge.units import Dose, dose, form_factor, tidy
from scleroscope.model.patient import Patient, PatientTreatment, Value

TREATMENTS = "treatments"


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """One treatment of the patient. What is None is unknown.

    `ids` are the drugs or classes that its name stands for; empty when the name is not recognised.
    """

    ids: frozenset[str]
    now: bool | None
    took: bool | None
    weeks_since_last: float | None
    stable_weeks: float | None
    total_weeks: float | None
    dose: Dose | None
    route: str | None
    intolerant: bool | None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one patient."""

    values: Mapping[str, Value]
    courses: tuple[Course, ...]
    treatments_complete: bool


def facts(patient: Patient) -> Facts:
    """The patient's facts with all that follows from them."""
    return Facts(
        values=close(patient.values),
        courses=tuple(course(treatment) for treatment in patient.treatments),
        treatments_complete=TREATMENTS in patient.complete,
    )


def course(treatment: PatientTreatment) -> Course:
    """A treatment as the criteria look at it."""
    ids = identify(treatment.name)
    now = treatment.taking
    if now is None and treatment.weeks_since_last is not None:
        now = False  # the contract: weeks since the last dose, if not taking
    return Course(
        ids=ids,
        now=now,
        took=_took(treatment, now),
        weeks_since_last=treatment.weeks_since_last,
        stable_weeks=treatment.stable_weeks,
        total_weeks=treatment.total_weeks,
        dose=_dose(treatment, ids),
        route=treatment.route or route_in(treatment.name),
        intolerant=treatment.intolerant,
    )


@cache
def identify(name: str) -> frozenset[str]:
    """The ids of the drugs, procedures and classes that a treatment's name stands for."""
    return frozenset(found.id for found in drugs.find(name))


def _took(treatment: PatientTreatment, now: bool | None) -> bool | None:
    """Whether it was ever taken. An entry that only says "not now" leaves that open."""
    if now is True or treatment.weeks_since_last is not None or treatment.total_weeks:
        return True
    return None


def _dose(treatment: PatientTreatment, ids: frozenset[str]) -> Dose | None:
    known = dose(treatment.dose) if treatment.dose is not None else None
    if known is None or len(ids) != 1:
        return None  # of several drugs in one entry, whose dose it is cannot be told
    factor = form_factor(next(iter(ids)), treatment.name)
    return known._replace(mg=tidy(known.mg * factor)) if factor != 1 else known
