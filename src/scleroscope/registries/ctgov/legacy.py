"""The retired JSON API of ClinicalTrials.gov (until June 2024), brought into the present API's shape.

The old form names a field by its path (PrimaryOutcomeMeasure) and wraps each list in an object
(`{"PrimaryOutcomeList": {"PrimaryOutcome": […]}}`); its words and dates are written as in the XML. A value
of the wrong kind is passed on as it is, so that whoever reads the shape can note it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from scleroscope.model.study import Study
from scleroscope.registries.ctgov.text import plain
from scleroscope.registries.ctgov.v2 import read_shaped
from scleroscope.registries.record import RecordRefusedError


def read_legacy(record: dict[str, Any]) -> Study:
    """Read one study of the retired API; `RecordRefusedError` when it has no valid NCT id.

    Posted results are kept whole, as that API structured them.
    """
    notes: list[str] = []
    study = read_shaped(shape_legacy(_sound(record, "", notes)), plain)
    return msgspec.structs.replace(study, notes=(*study.notes, *notes)) if notes else study


_OBJECTS = ("Section", "Module", "Info", "Struct", "List")
_NAMED_OBJECTS = ("ResponsibleParty", "LeadSponsor")
_NOT_READ = ("ResultsSection", "AnnotationSection")  # kept whole, or no part of a study


def _sound(value: Any, path: str, notes: list[str]) -> Any:
    """The record without the parts that are not of the kind that their names say, each of them noted."""
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, part in value.items():
        where = f"{path}.{key}" if path else key
        listed = path.endswith(f".{key}List")
        named = key.endswith(_OBJECTS) or key in _NAMED_OBJECTS
        expected = list if listed else dict if named else object
        if part is not None and not isinstance(part, expected):
            notes.append(f"{where}: expected {'a list' if listed else 'an object'}: {repr(part)[:80]}")
        elif listed and isinstance(part, list):
            kept[key] = [_sound(one, f"{where}[{number}]", notes) for number, one in enumerate(part)]
        else:
            kept[key] = part if key in _NOT_READ else _sound(part, where, notes)
    return kept


def shape_legacy(record: object) -> dict[str, Any]:
    """The record in the shape of the present API; `RecordRefusedError` when it has no ProtocolSection."""
    section = _part(record, "ProtocolSection")
    if not isinstance(section, dict) or not section:
        raise RecordRefusedError("not a ClinicalTrials.gov study: it has no ProtocolSection")
    derived = _part(record, "DerivedSection")
    shaped = {
        "protocolSection": {
            "identificationModule": _identification(_part(section, "IdentificationModule")),
            "statusModule": _status(_part(section, "StatusModule")),
            "sponsorCollaboratorsModule": _sponsors(_part(section, "SponsorCollaboratorsModule")),
            "descriptionModule": _take(
                _part(section, "DescriptionModule"), "BriefSummary", "DetailedDescription"
            ),
            "conditionsModule": {
                "conditions": _list(section, "ConditionsModule", "ConditionList", "Condition"),
                "keywords": _list(section, "ConditionsModule", "KeywordList", "Keyword"),
            },
            "designModule": _design(_part(section, "DesignModule")),
            "armsInterventionsModule": _arms(_part(section, "ArmsInterventionsModule")),
            "outcomesModule": {
                f"{level.lower()}Outcomes": _each(
                    section,
                    ("OutcomesModule", f"{level}OutcomeList", f"{level}Outcome"),
                    f"{level}Outcome",
                    "Measure",
                    "Description",
                    "TimeFrame",
                )
                for level in ("Primary", "Secondary", "Other")
            },
            "eligibilityModule": _eligibility(_part(section, "EligibilityModule")),
            "contactsLocationsModule": _places(_part(section, "ContactsLocationsModule")),
            "referencesModule": _references(_part(section, "ReferencesModule")),
        },
        "derivedSection": {
            f"{key[0].lower()}{key[1:]}BrowseModule": {"meshes": _meshes(derived, key)}
            for key in ("Condition", "Intervention")
        },
        "documentSection": {"largeDocumentModule": {"largeDocs": _documents(record)}},
    }
    results = _part(record, "ResultsSection")
    if results:
        # Kept whole; its lists and names are those of the old form.
        shaped["resultsSection"] = results
    return shaped


def _part(value: object, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return {} if value is None else value


def _list(value: object, *keys: str) -> Any:
    return _part(value, *keys) or []


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _take(value: Any, *names: str, prefix: str = "", **renamed: str) -> Any:
    """The named fields without their prefix, in the API's spelling; a value that is no object as it is."""
    if not isinstance(value, dict):
        return value
    taken = {_lower(name): value[prefix + name] for name in names if prefix + name in value}
    return taken | {new: value[prefix + old] for new, old in renamed.items() if prefix + old in value}


def _each(value: object, keys: tuple[str, ...], prefix: str, *names: str, **renamed: str) -> Any:
    found = _list(value, *keys)
    if not isinstance(found, list):
        return found
    return [_take(one, *names, prefix=prefix, **renamed) for one in found]


def _joined(values: list[Any]) -> Any:
    """One text of several; what is no text is passed on alone, to be noted."""
    wrong = [value for value in values if not isinstance(value, str)]
    return wrong[0] if wrong else ", ".join(values) or None


def _dated(value: object, name: str) -> Any:
    return _take(_part(value, f"{name}Struct"), date=name, type=f"{name}Type")


def _identification(module: Any) -> dict[str, Any]:
    return {
        **_part(_take(module, "BriefTitle", "OfficialTitle", "Acronym", nctId="NCTId")),
        "nctIdAliases": _list(module, "NCTIdAliasList", "NCTIdAlias"),
        "orgStudyIdInfo": _take(_part(module, "OrgStudyIdInfo"), id="OrgStudyId"),
        "secondaryIdInfos": _each(
            module,
            ("SecondaryIdInfoList", "SecondaryIdInfo"),
            "SecondaryId",
            "Type",
            "Domain",
            id="",
        ),
    }


def _status(module: Any) -> dict[str, Any]:
    dates = (
        "StartDate",
        "PrimaryCompletionDate",
        "CompletionDate",
        "StudyFirstPostDate",
        "ResultsFirstPostDate",
        "LastUpdatePostDate",
    )
    return {
        **_part(_take(module, "StatusVerifiedDate", "OverallStatus", "WhyStopped")),
        **{f"{_lower(name)}Struct": _dated(module, name) for name in dates},
    }


def _sponsors(module: Any) -> dict[str, Any]:
    names = ("InvestigatorFullName", "InvestigatorAffiliation", "OldNameTitle", "OldOrganization")
    return {
        "leadSponsor": _take(_part(module, "LeadSponsor"), "Name", "Class", prefix="LeadSponsor"),
        "collaborators": _each(module, ("CollaboratorList", "Collaborator"), "Collaborator", "Name", "Class"),
        "responsibleParty": _take(_part(module, "ResponsibleParty"), *names, prefix="ResponsibleParty"),
    }


def _design(module: Any) -> dict[str, Any]:
    info = _part(module, "DesignInfo")
    masking = _part(info, "DesignMaskingInfo")
    models = _list(info, "DesignObservationalModelList", "DesignObservationalModel")
    times = _list(info, "DesignTimePerspectiveList", "DesignTimePerspective")
    return {
        **_part(_take(module, "StudyType")),
        "phases": _list(module, "PhaseList", "Phase"),
        "designInfo": {
            **_part(_take(info, "Allocation", "InterventionModel", "PrimaryPurpose", prefix="Design")),
            "observationalModel": _joined(models),
            "timePerspective": _joined(times),
            "maskingInfo": {
                **_part(_take(masking, "Masking", prefix="Design")),
                "whoMasked": _list(masking, "DesignWhoMaskedList", "DesignWhoMasked"),
            },
        },
        "enrollmentInfo": _take(_part(module, "EnrollmentInfo"), "Count", "Type", prefix="Enrollment"),
    }


def _arms(module: Any) -> dict[str, Any]:
    return {
        "armGroups": [
            arm
            if not isinstance(arm, dict)
            else {
                **_take(arm, "Label", "Type", "Description", prefix="ArmGroup"),
                "interventionNames": _list(arm, "ArmGroupInterventionList", "ArmGroupInterventionName"),
            }
            for arm in _list(module, "ArmGroupList", "ArmGroup")
        ],
        "interventions": [
            given
            if not isinstance(given, dict)
            else {
                **_take(given, "Type", "Name", "Description", prefix="Intervention"),
                "otherNames": _list(given, "InterventionOtherNameList", "InterventionOtherName"),
                "armGroupLabels": _list(given, "InterventionArmGroupLabelList", "InterventionArmGroupLabel"),
            }
            for given in _list(module, "InterventionList", "Intervention")
        ],
    }


def _eligibility(module: Any) -> Any:
    if not isinstance(module, dict) or not module:
        return module
    names = ("EligibilityCriteria", "HealthyVolunteers", "MinimumAge", "MaximumAge", "SamplingMethod")
    return {
        **_take(module, *names, "StudyPopulation", sex="Gender"),
        "stdAges": _list(module, "StdAgeList", "StdAge"),
    }


def _places(module: Any) -> dict[str, Any]:
    person = {"email": "EMail"}
    names = ("Name", "Role", "Phone", "PhoneExt")
    return {
        "centralContacts": _each(
            module, ("CentralContactList", "CentralContact"), "CentralContact", *names, **person
        ),
        "overallOfficials": _each(
            module,
            ("OverallOfficialList", "OverallOfficial"),
            "OverallOfficial",
            "Name",
            "Role",
            "Affiliation",
        ),
        "locations": [
            site
            if not isinstance(site, dict)
            else {
                **_take(site, "Facility", "City", "State", "Zip", "Country", "Status", prefix="Location"),
                "contacts": _each(
                    site, ("LocationContactList", "LocationContact"), "LocationContact", *names, **person
                ),
            }
            for site in _list(module, "LocationList", "Location")
        ],
    }


def _references(module: Any) -> dict[str, Any]:
    return {
        "references": _each(
            module, ("ReferenceList", "Reference"), "Reference", "Citation", "Type", pmid="PMID"
        ),
        "seeAlsoLinks": _each(module, ("SeeAlsoLinkList", "SeeAlsoLink"), "SeeAlsoLink", "Label", url="URL"),
        "availIpds": _each(
            module, ("AvailIPDList", "AvailIPD"), "AvailIPD", "Id", "Type", "Comment", url="URL"
        ),
    }


def _meshes(derived: object, kind: str) -> Any:
    names = (f"{kind}BrowseModule", f"{kind}MeshList", f"{kind}Mesh")
    return _each(derived, names, f"{kind}Mesh", "Term")


def _documents(record: object) -> Any:
    names = ("DocumentSection", "LargeDocumentModule", "LargeDocList", "LargeDoc")
    return _each(record, names, "LargeDoc", "Label", "Date", "Filename")
