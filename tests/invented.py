"""Records about trials that do not exist, in the shape of the ClinicalTrials.gov API."""

from __future__ import annotations

import copy
from typing import Any

TRIAL: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT90000001",
            "briefTitle": "Invented Antibody for Thick Skin in Systemic Sclerosis",
            "acronym": "INVENT",
            "secondaryIdInfos": [{"id": "2019-001234-18", "type": "EUDRACT_NUMBER"}],
        },
        "statusModule": {
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2019-02", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2024-05-06", "type": "ESTIMATED"},
            "lastUpdatePostDateStruct": {"date": "2020-01-01", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Example Pharma", "class": "INDUSTRY"}},
        "descriptionModule": {"briefSummary": "Does the antibody soften skin?"},
        "conditionsModule": {"conditions": ["Systemic Sclerosis"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "enrollmentInfo": {"count": 120, "type": "ESTIMATED"},
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* mRSS \\>= 15",
            "minimumAge": "18 Years",
            "maximumAge": "N/A",
            "sex": "ALL",
        },
        "contactsLocationsModule": {
            "locations": [
                {"city": "Lyon", "country": "France", "status": "RECRUITING"},
                {"city": "Leeds", "country": "United Kingdom", "status": "COMPLETED"},
            ]
        },
    }
}


def trial(nct: str = "NCT90000001", **changes: Any) -> dict[str, Any]:
    """An invented record; `statusModule__overallStatus="COMPLETED"` changes one field."""
    made = copy.deepcopy(TRIAL)
    protocol = made["protocolSection"]
    protocol["identificationModule"]["nctId"] = nct
    for path, value in changes.items():
        module, field = path.split("__")
        protocol.setdefault(module, {})[field] = value
    return made


def updated(day: str) -> dict[str, Any]:
    return {"statusModule__lastUpdatePostDateStruct": {"date": day}}
