"""Invented patients written as medical records: a patient file in, a FHIR Bundle or OMOP tables out.

What a record can tell is written in the codes of the tables where they have one, else in the fields' own
ids as codes; `told(patient)` is what reading it back must give.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from scleroscope.knowledge import codes
from scleroscope.knowledge.codes import OWN_URI, Code
from scleroscope.knowledge.fields import field, fields
from scleroscope.knowledge.load import rows
from scleroscope.knowledge.units import ucum

Json = dict[str, Any]
URI = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "scleroscope": OWN_URI,
}
DAY = date(2026, 6, 1)
_PATIENT = "sex", "country", "id", "age", "treatments", "complete"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def measured() -> dict[str, list[tuple[Code, str, str]]]:
    """Field → codes of which a result tells that field and no other: code, how it reads, OMOP concept."""
    found: dict[str, list[tuple[Code, str, str]]] = {}
    for row in rows("codes_measures"):
        code = Code(row["system"], row["code"])
        (first, *others) = codes.measures(code)
        both = first.positive is True and first.negative is False
        if not others and (first.reads in ("value", "percent", "per_uln") or both):
            found.setdefault(first.field, []).append((code, first.reads, row["omop"]))
    return found


def diagnosed() -> dict[str, list[tuple[Code, str]]]:
    """Field → codes of a diagnosis that says of it yes, and nothing else: code, OMOP concept."""
    found: dict[str, list[tuple[Code, str]]] = {}
    for row in codes.code_rows("codes_findings"):
        known = codes.finding(Code(row["system"], row["code"]))
        assert known
        facts = (*known.now, *known.lasting, *known.ever)
        if len(facts) == 1 and facts[0][1] is True and not known.since and not known.holds_weeks:
            found.setdefault(facts[0][0], []).append((Code(row["system"], row["code"]), row["omop"]))
    return found


def told(patient: Json) -> Json:
    """What a FHIR record of this patient tells: ages are whole years, lists are never said to be whole."""
    found = {name: value for name, value in patient.items() if name in fields() and value is not None}
    if "age" in found:
        found["age"] = float(int(found["age"]))
    treated = [_told_treatment(one) for one in patient.get("treatments") or ()]
    return {"id": patient["id"], **found} | ({"treatments": treated} if treated else {})


def _told_treatment(one: Json) -> Json:
    """Without what no record says so: how long a dose is stable where there is no dose; intolerance."""
    now = one.get("taking")
    kept = ["name", "taking", "total_weeks", "route", *(("dose",) if now else ())]
    if now and one.get("dose") and one.get("total_weeks") is not None:
        kept.append("stable_weeks")
    if now is False:
        kept.append("weeks_since_last")
    found = {key: one[key] for key in kept if one.get(key) is not None}
    if "stable_weeks" in kept and "stable_weeks" not in found:
        found["stable_weeks"] = one["total_weeks"]
    return found


def alike(found: Json, wanted: Json) -> str:
    """Where two patient files differ by more than the rounding to days; empty where they are alike."""
    for name in sorted({*found, *wanted} - {"treatments"}):
        if not _near(found.get(name), wanted.get(name)):
            return f"{name}: {found.get(name)!r} for {wanted.get(name)!r}"
    ours, theirs = ({one["name"]: one for one in each.get("treatments", ())} for each in (found, wanted))
    for name in sorted({*ours, *theirs}):
        one, other = ours.get(name, {}), theirs.get(name, {})
        for key in sorted({*one, *other}):
            if not _near(one.get(key), other.get(key)):
                return f"{name}.{key}: {one.get(key)!r} for {other.get(key)!r}"
    return ""


def _near(one: object, other: object) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        return abs(one - other) <= 0.16 + 1e-6 * abs(other)
    return one == other


def fhir_bundle(patient: Json, chance: Random, day: date = DAY) -> bytes:
    """The patient as a Bundle in which the order of resources tells nothing."""
    person: Json = {"resourceType": "Patient", "id": patient["id"]}
    if "sex" in patient:
        person["gender"] = patient["sex"]
    if "country" in patient:
        person["address"] = [{"country": patient["country"]}]
    if patient.get("age") is not None:
        person["birthDate"] = _born(int(patient["age"]), chance, day).isoformat()
    made = [_resource(name, value, chance, day) for name, value in patient.items() if _is_said(name, value)]
    for one in patient.get("treatments") or ():
        made += _statements(one, day)
    chance.shuffle(made)
    about = {"reference": f"Patient/{patient['id']}"}
    made = [{**one, "id": f"r{number}", "subject": about} for number, one in enumerate(made)]
    entries = [{"resource": one} for one in (person, *made)]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": f"{day}T08:00:00Z"}
    return json.dumps(bundle | {"entry": entries}).encode()


def _is_said(name: str, value: object) -> bool:
    return name not in _PATIENT and name in fields() and value is not None


def _born(years: int, chance: Random, day: date) -> date:
    return day.replace(year=day.year - years) - timedelta(days=chance.randrange(360))


def _resource(name: str, value: Any, chance: Random, day: date) -> Json:
    by_diagnosis = diagnosed().get(name)
    if value is True and by_diagnosis and chance.random() < 0.6:
        code, _ = chance.choice(by_diagnosis)
        status = {"coding": [{"system": _STATUS, "code": "active"}]}
        return {"resourceType": "Condition", "code": _concept(code), "clinicalStatus": status}
    known, by_result = field(name), measured().get(name)
    code, reads = Code("scleroscope", name), "value"
    if by_result and chance.random() < 0.8:
        code, reads, _ = chance.choice(by_result)
    made: Json = {"resourceType": "Observation", "status": "final", "code": _concept(code)}
    made["effectiveDateTime"] = f"{day}T07:00:00Z"
    if known.type == "bool":
        answer = {"coding": [{"system": URI["snomed"], "code": "10828004" if value else "260385009"}]}
        return made | (
            {"valueBoolean": value} if code.system == "scleroscope" else {"valueCodeableConcept": answer}
        )
    if known.type == "text":
        return made | {"valueString": value}
    if reads == "per_uln":
        high = {"value": 40, "code": "U/L"}
        range_ = [{"high": high}]
        return made | {"valueQuantity": {"value": value * 40, "code": "U/L"}, "referenceRange": range_}
    return made | {"valueQuantity": {"value": value, "code": "%" if reads == "percent" else ucum(known.unit)}}


def _concept(code: Code) -> Json:
    return {"coding": [{"system": URI[code.system], "code": code.code}]}


def _statements(one: Json, day: date) -> list[Json]:
    """MedicationStatements: the dose that is taken, and the one before it where that was another."""
    now, total, last = one.get("taking"), one.get("total_weeks"), one.get("weeks_since_last")
    made: Json = {"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": one["name"]}}
    coded = codes.ingredient_codes(one["name"])
    if coded:
        made["medicationCodeableConcept"] = _concept(Code("rxnorm", coded[0]))
    dosage: Json = {"route": {"text": one["route"]}} if one.get("route") else {}
    begun, stable = _weeks_ago(total, day), one.get("stable_weeks")
    statement = made | {"status": {True: "active", False: "completed", None: "on-hold"}[now]}
    if now and one.get("dose"):
        if total is not None and stable is not None and stable < total:
            before = {"start": begun, "end": _weeks_ago(stable, day, 1)}
            earlier = made | {"status": "completed", "effectivePeriod": before, "dosage": [dosage]}
            statement |= {"effectivePeriod": {"start": _weeks_ago(stable, day)}}
            return [earlier, statement | {"dosage": [dosage | {"text": one["dose"]}]}]
        dosage["text"] = one["dose"]
    period = {"start": begun, "end": _weeks_ago(last, day) if now is False else None}
    period = {key: value for key, value in period.items() if value}
    return [statement | {"dosage": [dosage]} | ({"effectivePeriod": period} if period else {})]


def _weeks_ago(weeks: float | None, day: date, days: int = 0) -> str | None:
    return None if weeks is None else str(day - timedelta(days=round(weeks * 7) + days))


def omop_tables(
    patients: Iterable[Json], chance: Random, day: date = DAY
) -> tuple[dict[str, list[Json]], list[Json]]:
    """The patients as tables of a CDM without vocabulary, and what reading each back must give."""
    names = ("person", "observation_period", "measurement", "condition_occurrence", "drug_exposure")
    tables: dict[str, list[Json]] = {name: [] for name in names}
    wanted = []
    for number, patient in enumerate(patients, 1):
        born = _born(int(patient["age"]), chance, day)
        sex = {"male": 8507, "female": 8532}[patient["sex"]]
        parts = {"year_of_birth": born.year, "month_of_birth": born.month, "day_of_birth": born.day}
        tables["person"].append({"person_id": number, "gender_concept_id": sex, **parts})
        dates = ("observation_period_start_date", "observation_period_end_date")
        period = dict(zip(dates, (day - timedelta(days=4000), day), strict=True))
        tables["observation_period"].append({"person_id": number, **period})
        here: Json = {"id": str(number), "age": float(int(patient["age"])), "sex": patient["sex"]}
        for name, value in patient.items():
            if _is_said(name, value) and _row(tables, number, name, value, day):
                here[name] = value
        treated = [
            entry for one in patient.get("treatments") or () if (entry := _exposure(tables, number, one, day))
        ]
        wanted.append(here | ({"treatments": treated} if treated else {}))
    return tables, wanted


def _row(tables: dict[str, list[Json]], person: int, name: str, value: Any, day: date) -> bool:
    """Add a row that says so, where OMOP has a concept for it; whether it has."""
    coded = [concept for _, concept in diagnosed().get(name, ()) if concept]
    if value is True and coded:
        row = {"condition_concept_id": coded[0], "condition_start_date": day, "condition_end_date": day}
        tables["condition_occurrence"].append({"person_id": person, **row})
        return True
    by_result = [(reads, concept) for _, reads, concept in measured().get(name, ()) if concept]
    if not by_result or field(name).type == "text":
        return False
    reads, concept = by_result[0]
    row = {"person_id": person, "measurement_concept_id": concept, "measurement_date": day}
    if reads == "answer":
        row["value_source_value"] = "Positive" if value else "Negative"
    elif reads == "per_uln":
        row |= {"value_as_number": value * 40, "unit_source_value": "U/L", "range_high": 40}
    else:
        row |= {"value_as_number": value, "unit_source_value": ucum(field(name).unit)}
    tables["measurement"].append(row)
    return True


def _exposure(tables: dict[str, list[Json]], person: int, one: Json, day: date) -> Json | None:
    total, last = one.get("total_weeks"), one.get("weeks_since_last")
    if total is None or (one.get("taking") is False and (last is None or last < 5 or last > total)):
        return None
    taking = one.get("taking") is not False
    ended = day if taking else day - timedelta(days=round(last * 7))
    row = {"person_id": person, "drug_concept_id": 0, "drug_source_value": one["name"]}
    row |= {"drug_exposure_start_date": _weeks_ago(total, day), "drug_exposure_end_date": ended}
    tables["drug_exposure"].append(row)
    told_ = {"name": one["name"], "taking": taking, "total_weeks": total}
    return told_ if taking else told_ | {"weeks_since_last": last}


def write_csv(tables: dict[str, list[Json]], folder: Path) -> Path:
    """The tables as CSV files, as the Athena and ETL tools write them."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        keys = list(dict.fromkeys(key for row in table for key in row)) or ["person_id"]
        with (folder / f"{name.upper()}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, [f"{name}_id", *keys] if name != "person" else keys)
            writer.writeheader()
            writer.writerows(
                row if name == "person" else {f"{name}_id": number, **row}
                for number, row in enumerate(table, 1)
            )
    return folder


Write = Callable[[dict[str, list[Json]], Path], Path]


def invented(rows_: Sequence[Json]) -> list[Json]:
    """Rows of a virtual cohort as patient files: no empty cells, nothing that is not of the contract."""
    return [
        {
            name: value
            for name, value in row.items()
            if value is not None and (name in fields() or name in ("id", "treatments"))
        }
        for row in rows_
    ]
