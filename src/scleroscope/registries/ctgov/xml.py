"""The older XML of ClinicalTrials.gov, brought into the API's shape and read as such.

The XML schema: https://clinicaltrials.gov/ct2/html/images/info/public.xsd
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

from scleroscope.model.study import Study
from scleroscope.registries.ctgov.results_xml import results_section
from scleroscope.registries.ctgov.text import plain, unwrap
from scleroscope.registries.ctgov.v2 import read_shaped
from scleroscope.registries.record import RecordRefusedError


def read_xml(raw: bytes) -> Study:
    """Read one `<clinical_study>` document.

    `RecordRefusedError` when it is not well-formed XML, no clinical study, or has no valid NCT id.
    Records that hold only part of a study are read as far as they go.
    """
    return read_shaped(shape_xml(raw), plain)


def shape_xml(raw: bytes) -> dict[str, Any]:
    """The XML record in the shape of the API; `RecordRefusedError` when it is no `<clinical_study>`."""
    # No record declares entities; a document that does can blow up memory or read other files.
    if b"<!ENTITY" in raw:
        raise RecordRefusedError("the XML declares entities, which no registry record does")
    try:
        root = ET.fromstring(raw)  # noqa: S314 - entities are refused above; expat limits the rest
    except (ET.ParseError, ValueError, LookupError) as error:
        raise RecordRefusedError(f"not well-formed XML: {error}") from None
    if root.tag != "clinical_study":
        raise RecordRefusedError(f"not a clinical study: the document is <{root.tag[:40]}>")
    record = {
        "protocolSection": _protocol(root),
        "derivedSection": {
            "conditionBrowseModule": {"meshes": _each(root, "condition_browse/mesh_term", "term")},
            "interventionBrowseModule": {"meshes": _each(root, "intervention_browse/mesh_term", "term")},
        },
        "documentSection": {
            "largeDocumentModule": {"largeDocs": [_document(d) for d in root.iter("provided_document")]}
        },
    }
    results = root.find("clinical_results")
    if results is not None:
        record["resultsSection"] = results_section(results)
    return record


def _text(element: ET.Element, path: str) -> str | None:
    found = element.find(path)
    if found is None:
        return None
    block = found.find("textblock")
    return unwrap("".join((found if block is None else block).itertext()))


def _texts(element: ET.Element, path: str) -> list[str]:
    return ["".join(found.itertext()).strip() for found in element.findall(path)]


def _each(element: ET.Element, path: str, key: str) -> list[dict[str, str]]:
    return [{key: text} for text in _texts(element, path)]


def _take(element: ET.Element, names: dict[str, str]) -> dict[str, Any]:
    """The element's texts under the API's names; what is absent stays absent."""
    return {name: text for path, name in names.items() if (text := _text(element, path)) is not None}


def _dated(element: ET.Element, *paths: str) -> dict[str, Any]:
    """The first of the dates that is there, with its type."""
    for path in paths:
        found = element.find(path)
        if found is not None:
            return {"date": (found.text or "").strip(), "type": found.get("type")}
    return {}


def _protocol(root: ET.Element) -> dict[str, Any]:
    return {
        "identificationModule": _identification(root),
        "statusModule": {
            **_take(
                root,
                {
                    "overall_status": "overallStatus",
                    "verification_date": "statusVerifiedDate",
                    "why_stopped": "whyStopped",
                },
            ),
            "startDateStruct": _dated(root, "start_date"),
            "primaryCompletionDateStruct": _dated(root, "primary_completion_date"),
            "completionDateStruct": _dated(root, "completion_date"),
            "studyFirstPostDateStruct": _dated(root, "study_first_posted"),
            "resultsFirstPostDateStruct": _dated(root, "results_first_posted"),
            # Until 2017 the XML had only the day of the last change.
            "lastUpdatePostDateStruct": _dated(
                root, "last_update_posted", "lastchanged_date", "last_update_submitted"
            ),
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": _sponsor(root.find("sponsors/lead_sponsor")),
            "collaborators": [_sponsor(found) for found in root.findall("sponsors/collaborator")],
            "responsibleParty": {
                **_take(
                    root,
                    {
                        "responsible_party/investigator_full_name": "investigatorFullName",
                        "responsible_party/investigator_affiliation": "investigatorAffiliation",
                        "responsible_party/name_title": "oldNameTitle",
                        "responsible_party/organization": "oldOrganization",
                    },
                ),
            },
        },
        "descriptionModule": _take(
            root, {"brief_summary": "briefSummary", "detailed_description": "detailedDescription"}
        ),
        "conditionsModule": {"conditions": _texts(root, "condition"), "keywords": _texts(root, "keyword")},
        "designModule": _design(root),
        "armsInterventionsModule": _arms(root),
        "outcomesModule": {
            f"{level}Outcomes": [
                _take(found, {"measure": "measure", "description": "description", "time_frame": "timeFrame"})
                for found in root.findall(f"{level}_outcome")
            ]
            for level in ("primary", "secondary", "other")
        },
        "eligibilityModule": _eligibility(root),
        "contactsLocationsModule": _places(root),
        "referencesModule": _references(root),
    }


def _identification(root: ET.Element) -> dict[str, Any]:
    return {
        **_take(
            root,
            {
                "id_info/nct_id": "nctId",
                "brief_title": "briefTitle",
                "official_title": "officialTitle",
                "acronym": "acronym",
            },
        ),
        "nctIdAliases": _texts(root, "id_info/nct_alias"),
        "orgStudyIdInfo": _take(root, {"id_info/org_study_id": "id"}),
        "secondaryIdInfos": [
            {"id": (found.text or "").strip(), "type": found.get("type"), "domain": found.get("domain")}
            for found in root.findall("id_info/secondary_id")
        ],
    }


def _sponsor(found: ET.Element | None) -> dict[str, Any]:
    return {} if found is None else _take(found, {"agency": "name", "agency_class": "class"})


_OLD_DESIGN = re.compile(
    r"(Allocation|Intervention Model|Masking|Primary Purpose|Observational Model|Time Perspective"
    r"|Endpoint Classification|Control):\s*"
)


def _design(root: ET.Element) -> dict[str, Any]:
    info = root.find("study_design_info")
    said = {} if info is None else {part.tag: (part.text or "").strip() for part in info}
    old = root.findtext("study_design")
    if old and not said:
        # Until 2016 one line held it all: "Allocation:  Randomized, Masking: Double Blind (Subject)".
        parts = _OLD_DESIGN.split(old)
        said = {
            key.casefold().replace(" ", "_"): value.strip().rstrip(",")
            for key, value in zip(parts[1::2], parts[2::2], strict=True)
        }
    masking, _, who = said.get("masking", "").partition(" (")
    if who and "Label" in who:  # None (Open Label)
        who = ""
    phase = root.findtext("phase")
    enrolment = root.find("enrollment")
    return {
        **_take(root, {"study_type": "studyType"}),
        "phases": re.split(r"\s*/\s*(?=Phase)", phase.strip()) if phase and phase.strip() else [],
        "designInfo": {
            "allocation": said.get("allocation"),
            "interventionModel": said.get("intervention_model"),
            "primaryPurpose": said.get("primary_purpose"),
            "observationalModel": said.get("observational_model"),
            "timePerspective": said.get("time_perspective"),
            "maskingInfo": {
                "masking": masking or None,
                "whoMasked": [part.strip() for part in who.rstrip(")").split(",") if part.strip()],
            },
        },
        "enrollmentInfo": {}
        if enrolment is None
        else {"count": (enrolment.text or "").strip(), "type": enrolment.get("type")},
    }


def _arms(root: ET.Element) -> dict[str, Any]:
    interventions = [
        {
            **_take(
                found,
                {"intervention_type": "type", "intervention_name": "name", "description": "description"},
            ),
            "otherNames": _texts(found, "other_name"),
            "armGroupLabels": _texts(found, "arm_group_label"),
        }
        for found in root.findall("intervention")
    ]
    arms = [
        {
            **_take(
                found, {"arm_group_label": "label", "arm_group_type": "type", "description": "description"}
            ),
        }
        for found in root.findall("arm_group")
    ]
    for arm in arms:
        # The XML points from the intervention to its arms, the API also back again.
        arm["interventionNames"] = [
            ": ".join(filter(None, (given.get("type"), given.get("name"))))
            for given in interventions
            if arm.get("label") in given["armGroupLabels"]
        ]
    return {"armGroups": arms, "interventions": interventions}


def _eligibility(root: ET.Element) -> dict[str, Any]:
    found = root.find("eligibility")
    if found is None:
        return {}
    return _take(
        found,
        {
            "criteria": "eligibilityCriteria",
            "gender": "sex",
            "minimum_age": "minimumAge",
            "maximum_age": "maximumAge",
            "healthy_volunteers": "healthyVolunteers",
            "sampling_method": "samplingMethod",
            "study_pop": "studyPopulation",
        },
    )


def _person(found: ET.Element, role: str | None = None) -> dict[str, Any]:
    names = [_text(found, path) for path in ("first_name", "middle_name", "last_name")]
    name, degrees = " ".join(filter(None, names)), _text(found, "degrees")
    taken = _take(found, {"phone": "phone", "phone_ext": "phoneExt", "email": "email", "role": "role"})
    return {
        "role": role,
        **taken,
        "name": ", ".join(filter(None, (name, degrees))),
        **_take(found, {"affiliation": "affiliation"}),
    }


def _people(found: ET.Element, roles: Iterable[tuple[str, str | None]]) -> list[dict[str, Any]]:
    return [_person(person, role) for tag, role in roles for person in found.findall(tag)]


def _places(root: ET.Element) -> dict[str, Any]:
    asked = (("contact", "CONTACT"), ("contact_backup", "CONTACT"), ("investigator", None))
    locations = [
        {
            **_take(
                found,
                {
                    "facility/name": "facility",
                    "facility/address/city": "city",
                    "facility/address/state": "state",
                    "facility/address/zip": "zip",
                    "facility/address/country": "country",
                    "status": "status",
                },
            ),
            "contacts": _people(found, asked),
        }
        for found in root.findall("location")
    ]
    return {
        "locations": locations,
        "countries": _texts(root, "location_countries/country"),
        "centralContacts": _people(
            root, (("overall_contact", "CONTACT"), ("overall_contact_backup", "CONTACT"))
        ),
        "overallOfficials": _people(root, (("overall_official", None),)),
    }


def _references(root: ET.Element) -> dict[str, Any]:
    names = {"citation": "citation", "PMID": "pmid"}
    link = {"url": "url", "description": "label"}
    ipd = {"doc_id": "id", "doc_type": "type", "doc_url": "url", "doc_comment": "comment"}
    results = [{**_take(found, names), "type": "RESULT"} for found in root.findall("results_reference")]
    return {
        "references": [_take(found, names) for found in root.findall("reference")] + results,
        "seeAlsoLinks": [_take(found, link) for found in root.findall("link")],
        "availIpds": [_take(found, ipd) for found in root.findall("study_docs/study_doc")],
    }


def _document(found: ET.Element) -> dict[str, Any]:
    return _take(found, {"document_type": "label", "document_date": "date", "document_url": "url"})
