"""A ClinicalTrials.gov record in the shape of the API, version 2, as a study.

The other two forms are brought into this shape (`shape_xml`, `shape_legacy`) and read here too, so that
the three agree. The shape: https://clinicaltrials.gov/data-api/about-api/study-data-structure
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from scleroscope.model.study import Design, Enrolment, Organisation, Phase, RegistryId, Study, StudyDate
from scleroscope.registries.ctgov import people, protocol, vocabulary
from scleroscope.registries.ctgov.text import unescape
from scleroscope.registries.fields import Fields
from scleroscope.registries.ids import registry_id
from scleroscope.registries.record import RecordRefusedError

_NCT = re.compile(r"NCT\d{8}")
_GRANTS = ("NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA", "OTHER_GRANT")


def read_v2(record: dict[str, Any]) -> Study:
    """Read one study of the API, version 2.

    `RecordRefusedError` when it is no study at all (no protocolSection with a valid nctId). Any other
    field that does not fit is left out and named in `Study.notes`.
    """
    return read_shaped(record, unescape)


def read_shaped(record: object, prose: Callable[[str], str]) -> Study:
    """As `read_v2`; `prose` undoes the form's own way of writing free text."""
    if not isinstance(record, dict) or not isinstance(record.get("protocolSection"), dict):
        raise RecordRefusedError("not a ClinicalTrials.gov study: it has no protocolSection")
    notes: list[str] = []
    root = Fields(record, notes, prose)
    # Paths in notes start at the module, which is how people name them.
    section = Fields(record["protocolSection"], notes, prose)
    ids = section.part("identificationModule")
    nct = ids.text("nctId")
    if nct is None or not _NCT.fullmatch(nct):
        raise RecordRefusedError(f"not a ClinicalTrials.gov study: nctId {nct!r} is not NCT and eight digits")
    status = section.part("statusModule")
    design = section.part("designModule")
    about = section.part("descriptionModule")
    conditions = section.part("conditionsModule")
    derived = root.part("derivedSection")
    sponsors = section.part("sponsorCollaboratorsModule")
    places = section.part("contactsLocationsModule")
    sites = people.sites(places)
    return Study(
        id=nct,
        registry="ctgov",
        url=f"https://clinicaltrials.gov/study/{nct}",
        ids=_ids(ids, nct),
        title=ids.text("briefTitle"),
        official_title=ids.text("officialTitle"),
        acronym=ids.text("acronym"),
        summary=about.prose("briefSummary"),
        description=about.prose("detailedDescription"),
        status=status.read("overallStatus", vocabulary.status, "no such status"),
        registered_status=status.text("overallStatus"),
        status_date=status.date("statusVerifiedDate"),
        why_stopped=status.prose("whyStopped"),
        study_type=design.read("studyType", vocabulary.study_type, "no such study type"),
        phases=_phases(design),
        registered_phase="/".join(design.texts("phases")) or None,
        design=_design(design.part("designInfo")),
        enrolment=_enrolment(design.part("enrollmentInfo")),
        start=_date(status.part("startDateStruct")),
        primary_completion=_date(status.part("primaryCompletionDateStruct")),
        completion=_date(status.part("completionDateStruct")),
        first_posted=_posted(status.part("studyFirstPostDateStruct")),
        results_posted=_posted(status.part("resultsFirstPostDateStruct")),
        last_update=_posted(status.part("lastUpdatePostDateStruct")),
        conditions=conditions.texts("conditions"),
        keywords=conditions.texts("keywords"),
        condition_mesh=_mesh(derived.part("conditionBrowseModule")),
        intervention_mesh=_mesh(derived.part("interventionBrowseModule")),
        arms=protocol.arms(section.part("armsInterventionsModule")),
        interventions=protocol.interventions(section.part("armsInterventionsModule")),
        outcomes=protocol.outcomes(section.part("outcomesModule")),
        eligibility=protocol.eligibility(section.part("eligibilityModule")),
        sites=sites,
        countries=people.countries(sites, places.texts("countries")),
        contacts=people.contacts(places, "centralContacts"),
        sponsor=_organisation(sponsors.part("leadSponsor")),
        collaborators=tuple(
            found for part in sponsors.parts("collaborators") if (found := _organisation(part)) is not None
        ),
        investigators=people.investigators(places, sponsors.part("responsibleParty")),
        references=protocol.references(section.part("referencesModule")),
        documents=protocol.documents(section.part("referencesModule"), root.part("documentSection"), nct),
        results=_results(root, record),
        notes=tuple(notes),
    )


def _ids(fields: Fields, nct: str) -> tuple[RegistryId, ...]:
    found = [RegistryId(scheme="nct", value=nct)]
    found += (registry_id(alias, "alias") for alias in fields.texts("nctIdAliases"))
    own = fields.part("orgStudyIdInfo").text("id")
    if own:
        found.append(registry_id(own, otherwise="sponsor"))
    for part in fields.parts("secondaryIdInfos"):
        value, kind, domain = part.text("id"), part.text("type"), part.text("domain")
        if value:
            scheme = "grant" if kind and vocabulary.word(kind).upper() in _GRANTS else "other"
            registered_as = ": ".join(filter(None, (kind, domain))) or None
            found.append(registry_id(value, registered_as, otherwise=scheme))
    return tuple(dict.fromkeys(found))


def _phases(fields: Fields) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for text in fields.texts("phases"):
        try:
            found.extend(vocabulary.phases(text))
        except ValueError:
            fields.note("phases", "no such phase", text)
    return tuple(dict.fromkeys(found))


def _design(fields: Fields) -> Design | None:
    def said(part: Fields, key: str) -> str | None:
        text = part.text(key)
        return vocabulary.word(text) if text else None

    masking = fields.part("maskingInfo")
    design = Design(
        allocation=said(fields, "allocation"),
        masking=said(masking, "masking"),
        who_masked=tuple(vocabulary.word(who) for who in masking.texts("whoMasked")),
        intervention_model=said(fields, "interventionModel"),
        primary_purpose=said(fields, "primaryPurpose"),
        observational_model=said(fields, "observationalModel"),
        time_perspective=said(fields, "timePerspective"),
    )
    return None if design == Design() else design


def _enrolment(fields: Fields) -> Enrolment | None:
    count = fields.whole("count")
    kind = fields.read("type", vocabulary.date_kind, "neither actual nor estimated")
    return None if count is None else Enrolment(count=count, kind=kind)


def _date(fields: Fields) -> StudyDate | None:
    date = fields.date("date")
    kind = fields.read("type", vocabulary.date_kind, "neither actual nor estimated")
    return None if date is None else StudyDate(date=date, kind=kind)


def _posted(fields: Fields) -> StudyDate | None:
    date = fields.date("date")
    return None if date is None else vocabulary.posted(date, fields.text("type"))


def _mesh(fields: Fields) -> tuple[str, ...]:
    return tuple(term for part in fields.parts("meshes") if (term := part.text("term")))


def _organisation(fields: Fields) -> Organisation | None:
    name, kind = fields.text("name"), fields.text("class")
    if name is None:
        if fields:
            fields.note("name", "a sponsor without a name is left out", kind)
        return None
    return Organisation(name=name, registered_class=vocabulary.organisation_class(kind) if kind else None)


def _results(root: Fields, record: dict[str, Any]) -> dict[str, Any] | None:
    """Whole and untouched: `evidence` reads it in the registry's own shape."""
    if not root.part("resultsSection"):
        return None
    results: dict[str, Any] = record["resultsSection"]
    try:
        msgspec.json.encode(results)
    except UnicodeEncodeError:
        root.note("resultsSection", "half a surrogate pair replaced by U+FFFD", "…")
        results = msgspec.json.decode(json.dumps(results, ensure_ascii=False).encode("utf-8", "replace"))
    return results
