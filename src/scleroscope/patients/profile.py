"""Patient files: JSON, TOML or YAML (one patient) and JSON lines (many), checked against `fields.csv`.

Errors name the field and the rule, never the patient's value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from scleroscope.knowledge.fields import Field, canonical, fields, nearest
from scleroscope.knowledge.routes import route_in, routes
from scleroscope.knowledge.text_values import known_value
from scleroscope.model.patient import Patient, PatientTreatment, Value
from scleroscope.patients.files import SUFFIXES, PatientError, decode, kind_of

LISTS = ("treatments",)
OTHER_KEYS = ("id", "treatments", "complete")

__all__ = ["LISTS", "PatientError", "patient", "read_patients"]


def read_patients(path: Path) -> list[Patient]:
    """The patients of a `.json`, `.toml` or `.yaml` file (one, or a list), or `.jsonl` file (one a line).

    Medical records are read too: FHIR (a Bundle, a folder of Bundles, NDJSON) and OMOP. PatientError names
    file, line or position, field and rule.
    """
    return list(_read(path))


def _read(path: Path) -> Iterator[Patient]:
    if may_be_record(path):
        # The readers of records take as long to load as a patient of our own format takes to match.
        from scleroscope.patients.records import is_record, read_records

        if is_record(path):
            yield from (patient(each.patient) for each in read_records(path).people)
            return
    data = path.read_bytes()
    if path.suffix == ".jsonl":
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                where = f"{path}, line {number}"
                yield _named(decode(line, "JSON", where), where)
        return
    record = decode(data, kind_of(path), str(path))
    if not isinstance(record, list):
        yield _named(record, str(path))
        return
    for number, entry in enumerate(record, 1):
        yield _named(entry, f"{path}, patient {number}")


def may_be_record(path: Path) -> bool:
    """Whether the readers of medical records have to be asked."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return path.suffix.lower() not in (*SUFFIXES, ".jsonl") or path.is_dir()
    with path.open("rb") as file:
        return b"resourceType" in file.read(65_536)


def _named(record: object, where: str) -> Patient:
    try:
        return patient(record)
    except PatientError as error:
        raise PatientError(f"{where}: {error}") from None


def patient(record: object) -> Patient:
    """One patient from the keys and values of its file. PatientError when the contract is broken.

    >>> patient({"id": "a", "hemoglobin_g_dl": {"value": 91, "unit": "g/L"}}).values
    {'hemoglobin_g_dl': 9.1}
    """
    if not isinstance(record, Mapping):
        raise PatientError("a patient is one object of keys and values")
    values: dict[str, Value] = {}
    for key, given in record.items():
        if key in OTHER_KEYS or given is None:
            continue
        known = fields().get(key)
        if known is None:
            raise PatientError(f"unknown key {key!r}{nearest(str(key), (*fields(), *OTHER_KEYS))}")
        values[key] = _value(known, given)
    return Patient(
        id=_identity(record.get("id")),
        values=values,
        treatments=_treatments(record.get("treatments")),
        complete=_complete(record.get("complete")),
    )


def _identity(given: object) -> str:
    if not isinstance(given, str | int) or isinstance(given, bool) or given == "":
        raise PatientError("id: every patient needs one (a text)")
    return str(given)


def _value(known: Field, given: object) -> Value:
    match known.type:
        case "bool":
            if not isinstance(given, bool):
                raise PatientError(f"{known.id}: true or false is needed (leave the key out when not known)")
            return given
        case "text":
            return _text(known, given)
        case "number":
            return _number(known, given)


def _text(known: Field, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise PatientError(f"{known.id}: a text is needed")
    recognised = known_value(known.id, given)
    if known.values and recognised is None:
        raise PatientError(f"{known.id}: must be one of {', '.join(known.values)}")
    return recognised or given.strip()


def _number(known: Field, given: object) -> float:
    unit: object = None
    if isinstance(given, Mapping):
        quantity: Mapping[str, object] = given
        given, unit = quantity.get("value"), quantity.get("unit")
        if not isinstance(unit, str):
            raise PatientError(f'{known.id}: write a number, or {{"value": …, "unit": "…"}}')
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PatientError(f"{known.id}: a number is needed{known.unit and f' (in {known.unit})'}")
    try:
        number = canonical(known.id, float(given), None if unit is None else str(unit))
    except ValueError as error:
        raise PatientError(f"{known.id}: {error}") from None
    low, high = known.low, known.high
    if (low is not None and number < low) or (high is not None and number > high) or number != number:
        raise PatientError(
            f"{known.id}: outside the plausible range {low:g} to {high:g}{known.unit and ' '}{known.unit}"
        )
    return number


def _treatments(given: object) -> tuple[PatientTreatment, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise PatientError("treatments: a list is needed")
    return tuple(_treatment(entry, number) for number, entry in enumerate(given, 1))


_KEYS = tuple(PatientTreatment.__struct_fields__)


def _treatment(entry: object, number: int) -> PatientTreatment:
    where = f"treatments, entry {number}"
    if not isinstance(entry, Mapping):
        raise PatientError(f"{where}: an object with at least a name is needed")
    given: dict[str, Any] = {key: value for key, value in entry.items() if value is not None}
    for key in given:
        if key not in _KEYS:
            raise PatientError(f"{where}: unknown key {key!r}{nearest(str(key), _KEYS)}")
    for key in ("stable_weeks", "weeks_since_last", "total_weeks"):
        if key in given:
            given[key] = _weeks(given[key], f"{where}, {key}")
    route = given.get("route")
    if route is not None:
        given["route"] = route_in(str(route))
        if given["route"] is None:
            raise PatientError(f"{where}, route: must be one of {', '.join(routes())}")
    if given.get("taking") is None and "weeks_since_last" in given:
        given["taking"] = False  # the contract: weeks since the last dose, if not taking
    try:
        return msgspec.convert(given, PatientTreatment)
    except msgspec.ValidationError:
        raise PatientError(
            f"{where}: name, dose and route are texts; taking and intolerant are true or false"
        ) from None


_WEEKS = (0.0, 6000.0)


def _weeks(given: object, where: str) -> float:
    if isinstance(given, Mapping) and set(given) == {"value", "unit"}:
        from scleroscope.knowledge.units import convert

        try:
            given = convert(float(given["value"]), str(given["unit"]), "weeks")
        except (TypeError, ValueError):
            raise PatientError(f"{where}: a number of weeks, or a value with a unit of time") from None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PatientError(f"{where}: a number of weeks is needed")
    if not _WEEKS[0] <= given <= _WEEKS[1]:
        raise PatientError(f"{where}: outside the plausible range {_WEEKS[0]:g} to {_WEEKS[1]:g} weeks")
    return float(given)


def _complete(given: object) -> frozenset[str]:
    if given is None:
        return frozenset()
    if not isinstance(given, list) or not all(name in LISTS for name in given):
        raise PatientError(f"complete: a list of the lists that are whole ({', '.join(LISTS)})")
    return frozenset(given)
