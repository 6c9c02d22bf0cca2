"""A person as a form holds them: what was typed, and what a file brought that a form has no place for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from scleroscope.api.match import PatientError, answered
from scleroscope.api.patients import one_patient
from scleroscope.api.questions import TREATMENTS, Field, questions
from scleroscope.model.patient import Patient

CARRIED = "carried"
"""The form's hidden field: treatments of a file with their doses and times, as JSON."""


class Asked(msgspec.Struct, frozen=True):
    """A question with its answer so far."""

    field: Field
    value: str


def read(form: Mapping[str, str]) -> tuple[Patient, dict[str, str]]:
    """The person as far as the answers can be meant, and what is wrong with the others by field."""
    patient, errors = _carried(form.get(CARRIED, "")), {}
    for name, typed in form.items():
        if name not in questions():
            continue
        try:
            patient = answered(patient, name, typed)
        except PatientError as error:
            errors[name] = str(error).removeprefix(f"{name}: ")
    return patient, errors


def _carried(text: str) -> Patient:
    nobody = Patient(id="you")
    if not text:
        return nobody
    try:
        return one_patient({"id": "you", **msgspec.json.decode(text, type=dict[str, list[object]])})
    except (msgspec.DecodeError, RecursionError):
        raise PatientError("the medicines of the file came back changed: bring the file again") from None


def write(patient: Patient) -> dict[str, str]:
    """The answers as somebody would have typed them."""
    form = {name: _typed(value) for name, value in patient.values.items() if name in questions()}
    if patient.treatments or patient.complete:
        kept = {"treatments": patient.treatments, "complete": sorted(patient.complete)}
        form[CARRIED] = msgspec.json.encode(kept).decode()
    return form


def said(form: Mapping[str, str], patient: Patient) -> list[tuple[str, str]]:
    """What is known, for reading: name and value."""
    found = []
    for name, value in form.items():
        if name in questions() and name != TREATMENTS:
            field = questions()[name]
            unit = f" {field.unit}" if field.unit and value.replace(".", "", 1).isdigit() else ""
            found.append((field.name, value + unit))
    found += [(each.name, _course(each)) for each in patient.treatments]
    if TREATMENTS in patient.complete:
        found.append(("other treatments", "none"))
    return found


def _course(each: object) -> str:
    told = msgspec.to_builtins(each)
    parts = [{True: "taken now", False: "not taken now"}.get(told.get("taking"), "")]
    parts += [told.get("dose", ""), told.get("route", ""), "not tolerated" if told.get("intolerant") else ""]
    for key, words in (
        ("stable_weeks", "at this dose for {} weeks"),
        ("weeks_since_last", "last {} weeks ago"),
        ("total_weeks", "for {} weeks in all"),
    ):
        if key in told:
            parts.append(words.format(f"{told[key]:g}"))
    return ", ".join(filter(None, parts)) or "taken or not: not told"


def _typed(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float | int) else value


def groups(form: Mapping[str, str], first: Iterable[str]) -> dict[str, list[Asked]]:
    """The questions by group: those asked now under `next`; the others by the contract's groups."""
    now = list(dict.fromkeys(first))
    found: dict[str, list[Asked]] = {"next": []}
    for name in [*now, *(each for each in questions() if each not in now)]:
        field, value = questions()[name], form.get(name, "")
        group = "next" if name in now else "said" if value else field.group
        found.setdefault(group, []).append(Asked(field, value))
    return found
