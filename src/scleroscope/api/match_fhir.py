"""A match as clinical systems know it: a FHIR R4 searchset of ResearchStudy, each with a match grade.

The grade is the extension of FHIR's own `$match` (https://hl7.org/fhir/R4/extension-match-grade.html). Its
`certain` is never given: only the team of a trial can say so. `score` is the share of a trial's criteria
that are met. Codes of status and phase: https://hl7.org/fhir/R4/codesystem-research-study-status.html,
https://hl7.org/fhir/R4/codesystem-research-study-phase.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scleroscope.api.match import Matches, TrialMatch
from scleroscope.api.questions import questions

__all__ = ["outcome", "searchset"]

Json = dict[str, Any]
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
PHASE = "http://terminology.hl7.org/CodeSystem/research-study-phase"
GRADES = {
    "eligible": "probable",
    "possible": "possible",
    "not_known": "possible",
    "ineligible": "certainly-not",
}
STATUSES = {
    "not_yet_recruiting": "approved",
    "recruiting": "active",
    "enrolling_by_invitation": "active",
    "active_not_recruiting": "closed-to-accrual",
    "suspended": "temporarily-closed-to-accrual",
    "terminated": "administratively-completed",
    "completed": "completed",
    "withdrawn": "withdrawn",
}
UNKNOWN = {"_status": {"extension": [{
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown",
}]}}  # fmt: skip
PHASES = {
    ("early_phase_1",): "early-phase-1",
    ("phase_1",): "phase-1",
    ("phase_1", "phase_2"): "phase-1-phase-2",
    ("phase_2",): "phase-2",
    ("phase_2", "phase_3"): "phase-2-phase-3",
    ("phase_3",): "phase-3",
    ("phase_4",): "phase-4",
    ("not_applicable",): "n-a",
}


def searchset(found: Matches, phases: Mapping[str, list[str]]) -> Json:
    """The answer as a Bundle; `phases` are those of each trial, by id."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found.trials),
        "entry": [
            {
                "resource": _study(each, tuple(phases.get(each.id) or ()), found.disclaimer),
                "search": _search(each),
            }
            for each in found.trials
        ],
    }


def outcome(says: str, code: str = "invalid") -> Json:
    """What went wrong, as FHIR tells it."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": says}],
    }


def _search(each: TrialMatch) -> Json:
    told: Json = {"extension": [{"url": GRADE, "valueCode": GRADES[each.verdict]}], "mode": "match"}
    criteria = each.met + each.not_met + each.unknown
    if criteria and each.verdict != "not_known":
        told["score"] = round(each.met / criteria, 3)
    return told


def _study(each: TrialMatch, phases: tuple[str, ...], disclaimer: str) -> Json:
    status = STATUSES.get(each.status or "")
    study: Json = {
        "resourceType": "ResearchStudy",
        "id": re.sub(r"[^A-Za-z0-9.-]", "-", each.id)[:64],
        "identifier": [{"value": each.id}],
        **({"title": each.title} if each.title else {}),
        **({"status": status} if status else UNKNOWN),
    }
    if code := PHASES.get(tuple(sorted(phases))):
        study["phase"] = {"coding": [{"system": PHASE, "code": code}]}
    if each.url:
        study["relatedArtifact"] = [{"type": "documentation", "url": each.url}]
    study["note"] = [{"text": text} for text in (*_notes(each), disclaimer)]
    return study


def _notes(each: TrialMatch) -> Iterator[str]:
    if each.verdict == "not_known":
        yield "The criteria of this trial are not known here."
    if each.missing:
        names = (questions()[name].name if name in questions() else name for name in each.missing)
        yield f"To find out: {', '.join(names)}."
    if each.not_understood:
        yield f"Criteria that only the study team can settle: {each.not_understood}."
    for why in each.reasons:
        yield f"{why.plain} {why.why}" + (f" The registry's words: {why.words}" if why.words else "")
