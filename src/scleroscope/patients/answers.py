"""What somebody types in answer to a question, as a value of the patient file."""

from __future__ import annotations

import re

from scleroscope.criteria.facts import TREATMENTS
from scleroscope.knowledge.fields import field as field_of
from scleroscope.model.patient import Patient, Value
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import patient

NOT_KNOWN = ("", "?", "skip", "unknown", "not known", "i do not know", "i don't know")
_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_NUMBER = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(\S.*?)?\s*")


def answered(known: Patient, field: str, typed: str) -> Patient:
    """The patient with one more fact; the same patient when the answer is not known.

    Numbers may carry a unit (`91 g/L`). Of treatments: names separated by `;`, all taken now; `none`, or
    a last entry `nothing else`, says that the list is whole. PatientError says what was expected.

    >>> answered(Patient(id="a"), "hemoglobin_g_dl", "91 g/L").values
    {'hemoglobin_g_dl': 9.1}
    """
    if typed.strip().lower() in NOT_KNOWN:
        return known
    if field == TREATMENTS:
        return _treated(known, typed)
    value = patient({"id": known.id, field: _raw(field, typed)}).values[field]
    return Patient(
        id=known.id,
        values={**known.values, field: value},
        treatments=known.treatments,
        complete=known.complete,
    )


def _raw(field: str, typed: str) -> Value | dict[str, object]:
    match field_of(field).type:
        case "text":
            return typed
        case "bool":
            answer = _YES_NO.get(typed.strip().lower())
            if answer is None:
                raise PatientError(f"{field}: yes or no (or ? when not known)")
            return answer
        case "number":
            found = _NUMBER.fullmatch(typed)
            if found is None:
                raise PatientError(f"{field}: a number is needed, with its unit if it is another one")
            number = float(found[1].replace(",", "."))
            return {"value": number, "unit": found[2]} if found[2] else number


def _treated(known: Patient, typed: str) -> Patient:
    names = [name.strip() for name in typed.split(";") if name.strip()]
    whole = bool(names) and names[-1].lower() in ("none", "nothing else")
    added = patient(
        {
            "id": known.id,
            "treatments": [{"name": name, "taking": True} for name in names[: len(names) - whole]],
        }
    ).treatments
    return Patient(
        id=known.id,
        values=known.values,
        treatments=(*known.treatments, *added),
        complete=known.complete | {TREATMENTS} if whole else known.complete,
    )
