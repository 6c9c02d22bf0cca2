"""Invented trials in the registry's format (API v2), enough to ask everything of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LYON = {"city": "Lyon", "country": "France", "geoPoint": {"lat": 45.75, "lon": 4.85}}
GENEVA = {"city": "Geneva", "country": "Switzerland"}  # no coordinates: the gazetteer must know it
BOSTON = {
    "city": "Boston",
    "state": "Massachusetts",
    "country": "United States",
    "geoPoint": {"lat": 42.36, "lon": -71.06},
}


def record(number: int, title: str, **more: Any) -> dict[str, Any]:
    """One record: what is not given is absent."""
    status: dict[str, Any] = {"statusVerifiedDate": "2026-05"}
    if "status" in more:
        status["overallStatus"] = more["status"]
    if "start" in more:
        status["startDateStruct"] = {"date": more["start"], "type": "ACTUAL"}
    design: dict[str, Any] = {"studyType": "INTERVENTIONAL"}
    if "phases" in more:
        design["phases"] = more["phases"]
    if "enrolment" in more:
        design["enrollmentInfo"] = {
            "count": more["enrolment"],
            "type": more.get("enrolment_kind", "ESTIMATED"),
        }
    protocol: dict[str, Any] = {
        "identificationModule": {
            "nctId": f"NCT9900{number:04d}",
            "briefTitle": title,
            "acronym": more.get("acronym"),
        },
        "statusModule": status,
        "conditionsModule": {"conditions": ["Systemic Sclerosis"]},
        "designModule": design,
        "descriptionModule": {"briefSummary": more.get("summary", "An invented trial.")},
    }
    if "drug" in more:
        protocol["armsInterventionsModule"] = {"interventions": [{"type": "DRUG", "name": more["drug"]}]}
    if "sponsor" in more:
        protocol["sponsorCollaboratorsModule"] = {
            "leadSponsor": {"name": more["sponsor"], "class": more["sponsor_class"]}
        }
    if "measure" in more:
        protocol["outcomesModule"] = {
            "primaryOutcomes": [{"measure": more["measure"], "timeFrame": "48 weeks"}]
        }
    if "sites" in more:
        protocol["contactsLocationsModule"] = {"locations": more["sites"]}
    protocol["identificationModule"] = {
        k: v for k, v in protocol["identificationModule"].items() if v is not None
    }
    return {"protocolSection": protocol}


TRIALS = (
    record(
        1, "Tocilizumab for skin fibrosis", acronym="SOFT", status="RECRUITING", start="2024-03",
        phases=["PHASE2"], enrolment=80, drug="Tocilizumab", sponsor="Acme Pharma", sponsor_class="INDUSTRY",
        measure="Modified Rodnan skin score", sites=[{**LYON, "status": "RECRUITING"}, BOSTON],
    ),
    record(
        2, "Rituximab for lung disease", status="COMPLETED", start="2016-01", phases=["PHASE3"],
        enrolment=100, enrolment_kind="ACTUAL", drug="Rituximab", sponsor="University of Nowhere",
        sponsor_class="OTHER", measure="Forced vital capacity", sites=[GENEVA],
    ),
    record(
        3, "Sildenafil for Raynaud attacks", status="TERMINATED", start="2009-06-15",
        phases=["PHASE2", "PHASE3"], drug="Sildenafil", sites=[BOSTON],
    ),
    record(4, "A register of people with scleroderma"),
)  # fmt: skip


def write(folder: Path) -> Path:
    """The trials as one JSON file."""
    path = folder / "invented.json"
    path.write_text(json.dumps({"studies": TRIALS}), encoding="utf-8")
    return path
