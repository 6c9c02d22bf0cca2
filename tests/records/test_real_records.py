"""Every real record at hand is read, and nothing of it is lost: compared field by field with a second, naive
reading that shares no code with the first (ElementTree paths, plain dictionary look-ups, strptime)."""

import datetime as dt
import gzip
import html
import json
import re
import tarfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scleroscope.model.study import AgeBound, Study, StudyDate
from scleroscope.registries.ctgov import read, read_legacy, read_v2, read_xml
from scleroscope.registries.files import records
from scleroscope.registries.record import RawRecord

pytestmark = pytest.mark.shared

SSC = ("ssc/xml", "ssc/xml_transcribed", "ssc/xml_results")


def naive_date(text: str | None) -> str | None:
    if text is None:
        return None
    for form, written in (
        ("%B %d, %Y", "%Y-%m-%d"),
        ("%B %Y", "%Y-%m"),
        ("%Y-%m-%d", "%Y-%m-%d"),
        ("%Y-%m", "%Y-%m"),
    ):
        try:
            return dt.datetime.strptime(text.strip(), form).strftime(written)  # noqa: DTZ007
        except ValueError:
            continue
    raise AssertionError(text)


def written(date: StudyDate | None) -> str | None:
    return None if date is None else str(date.date)


def age(bound: AgeBound | None) -> str | None:
    if bound is None:
        return None
    return "open" if bound.age is None else f"{bound.age.value:g} {bound.age.unit}"


def naive_age(text: str | None) -> str | None:
    if text is None:
        return None
    return "open" if text == "N/A" else text.lower().removesuffix("s")


def all_ids_are_kept(study: Study, texts: list[str]) -> None:
    said = [(study_id.value, study_id.registered_as or "") for study_id in study.ids]
    for text in filter(None, map(str.strip, texts)):
        assert any(text == value or kind.endswith(text) for value, kind in said), (study.id, text)


def check_xml(raw: bytes, study: Study) -> None:
    root = ET.fromstring(raw)

    def text(path: str) -> str | None:
        found = root.findtext(path)
        return found.strip() or None if found else None

    def words(path: str) -> list[str]:
        found = root.find(path)
        return [] if found is None else "".join(found.itertext()).split()

    def count(*paths: str) -> int:
        return sum(len(root.findall(path)) for path in paths)

    assert study.notes == (), study.notes
    assert study.id == text("id_info/nct_id")
    ids = [found.text or "" for found in root.find("id_info") or ()]
    all_ids_are_kept(study, ids)
    assert (study.title, study.official_title, study.acronym) == (
        text("brief_title"),
        text("official_title"),
        text("acronym"),
    )
    assert study.registered_status == text("overall_status")
    assert study.status is not None
    assert study.registered_phase == text("phase")
    assert len(study.phases) == len((text("phase") or "").split("se")) - (1 if text("phase") != "N/A" else 0)
    assert str(study.enrolment.count if study.enrolment else None) == str(text("enrollment"))
    for date, path in (
        (study.start, "start_date"),
        (study.primary_completion, "primary_completion_date"),
        (study.completion, "completion_date"),
        (study.first_posted, "study_first_posted"),
        (study.results_posted, "results_first_posted"),
    ):
        assert written(date) == naive_date(text(path)), path
    assert (study.status_date and str(study.status_date)) == naive_date(text("verification_date"))
    assert (study.summary or "").split() == words("brief_summary")
    assert (study.description or "").split() == words("detailed_description")
    assert list(study.conditions) == [found.text for found in root.findall("condition")]
    assert list(study.keywords) == [found.text for found in root.findall("keyword")]
    assert len(study.condition_mesh) == count("condition_browse/mesh_term")
    assert len(study.intervention_mesh) == count("intervention_browse/mesh_term")
    assert len(study.arms) == count("arm_group")
    assert len(study.interventions) == count("intervention")
    assert sum(len(given.other_names) for given in study.interventions) == count("intervention/other_name")
    assert sum(len(given.arms) for given in study.interventions) == count("intervention/arm_group_label")
    for level in ("primary", "secondary", "other"):
        outcomes = [outcome for outcome in study.outcomes if outcome.level == level]
        assert [outcome.measure.split() for outcome in outcomes] == [
            (found.findtext("measure") or "").split() for found in root.findall(f"{level}_outcome")
        ]
        assert sum(bool(outcome.time_frame) for outcome in outcomes) == count(f"{level}_outcome/time_frame")
        assert sum(bool(outcome.description) for outcome in outcomes) == count(f"{level}_outcome/description")
    assert len(study.sites) == count("location")
    assert sum(bool(site.facility) for site in study.sites) == count("location/facility/name")
    assert sum(bool(site.status) for site in study.sites) == count("location/status")
    assert sum(len(site.contacts) for site in study.sites) == count(
        "location/contact", "location/contact_backup", "location/investigator"
    )
    assert {country.name for country in study.countries} == {
        found.text
        for path in ("location_countries", ".//address")
        for found in root.findall(f"{path}/country")
    }
    assert (study.sponsor.name if study.sponsor else None) == text("sponsors/lead_sponsor/agency")
    assert len(study.collaborators) == count("sponsors/collaborator")
    assert len(study.references) == count("reference", "results_reference", "link")
    assert len(study.documents) == count(
        "study_docs/study_doc", "provided_document_section/provided_document"
    )
    assert len(study.contacts) == count("overall_contact", "overall_contact_backup")
    check_xml_eligibility(root, study)
    check_xml_results(root, study)


def check_xml_eligibility(root: ET.Element, study: Study) -> None:
    found = study.eligibility
    assert found is not None
    raw = "".join(root.find("eligibility/criteria").itertext()) if root.find("eligibility/criteria") else ""
    text = found.text or ""
    assert text.split() == raw.split()
    lines = raw.replace("\r", "").split("\n")
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    kept = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    assert len(kept) == len(blocks), "paragraphs and bullets stay apart"
    assert age(found.minimum_age) == naive_age(root.findtext("eligibility/minimum_age"))
    assert age(found.maximum_age) == naive_age(root.findtext("eligibility/maximum_age"))
    assert (found.sex or "").title() == (root.findtext("eligibility/gender") or "")
    healthy = {None: None, "No": False, "Accepts Healthy Volunteers": True}
    assert found.healthy_volunteers is healthy[root.findtext("eligibility/healthy_volunteers")]


# What the XML says in words of a fixed list, and what only repeats the place where it stands.
_RECODED = {"type", "param", "dispersion", "dispersion_type", "ci_n_sides", "non_inferiority_type"}
_RECODED |= {"assessment", "default_assessment", "default_vocab", "pi_employee", "scope"}


def check_xml_results(root: ET.Element, study: Study) -> None:
    results = root.find("clinical_results")
    assert (results is None) == (study.results is None)
    if results is None:
        return
    kept: Counter[str] = Counter()

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            for part in value.values():
                gather(part)
        elif isinstance(value, list):
            for part in value:
                gather(part)
        else:
            kept[" ".join(str(value).split())] += 1

    gather(study.results)
    numbers: Counter[str] = Counter()
    for element in results.iter():
        if element.text and element.text.strip() and element.tag not in _RECODED:
            said = " ".join(element.text.split())
            assert said in kept or said == "Total" or said.startswith("Total, "), (
                study.id,
                element.tag,
                said,
            )
        numbers.update({value: 1 for name, value in element.attrib.items() if name in ("value", "spread")})
    for number in numbers:
        assert number in kept, (study.id, number)
    measurements = len(results.findall("outcome_list//measurement"))
    outcomes = (
        study.results.get("outcomeMeasuresModule", {}).get("outcomeMeasures", []) if study.results else []
    )
    assert len(outcomes) == len(results.findall("outcome_list/outcome"))
    assert measurements == sum(
        len(category.get("measurements", []))
        for outcome in outcomes
        for part in outcome.get("classes", [])
        for category in part.get("categories", [])
    )
    events = (study.results or {}).get("adverseEventsModule", {})
    for name in ("serious", "other"):
        found = [
            event
            for category in results.findall(f"reported_events/{name}_events/category_list/category")
            if category.findtext("title") != "Total"
            for event in category.findall("event_list/event")
        ]
        assert len(events.get(f"{name}Events", [])) == len(found)


def xml_records(shared: Path, step: int) -> Iterator[tuple[str, bytes]]:
    for folder in SSC:
        for path in sorted((shared / "data" / folder).glob("*.xml")):
            yield path.name, path.read_bytes()
    with tarfile.open(shared / "data/bulk/ctgov_xml_6785.tar.gz") as archive:
        for number, entry in enumerate(entry for entry in archive if entry.isfile()):
            opened = archive.extractfile(entry)
            if number % step == 0 and opened is not None:
                yield entry.name, opened.read()


@pytest.mark.parametrize(
    ("step", "at_least"), [(25, 300), pytest.param(1, 6850, marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_nothing_of_a_real_xml_record_is_lost(shared: Path, step: int, at_least: int) -> None:
    count = 0
    for name, raw in xml_records(shared, step):
        try:
            check_xml(raw, read_xml(raw))
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        count += 1
    assert count >= at_least


def v2_records(shared: Path) -> Iterator[dict[str, Any]]:
    yield json.loads((shared / "data/ssc/json_v2/NCT05925803.json").read_text(encoding="utf-8"))
    with gzip.open(shared / "data/bulk/ctgov_api_v2.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def unescaped(text: str | None) -> str | None:
    return None if text is None else html.unescape(re.sub(r"\\([\W_])", r"\1", text)).strip() or None


def check_v2(record: dict[str, Any], study: Study) -> None:
    section = record["protocolSection"]

    def get(path: str) -> Any:
        value: Any = section
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    assert study.notes == (), study.notes
    assert study.id == get("identificationModule.nctId")
    all_ids_are_kept(
        study,
        [
            *(get("identificationModule.nctIdAliases") or ()),
            get("identificationModule.orgStudyIdInfo.id") or "",
            *(one.get("id", "") for one in get("identificationModule.secondaryIdInfos") or ()),
        ],
    )
    assert study.title == (get("identificationModule.briefTitle") or "").strip()
    assert study.registered_status == get("statusModule.overallStatus")
    assert study.summary == unescaped(get("descriptionModule.briefSummary"))
    assert study.description == unescaped(get("descriptionModule.detailedDescription"))
    assert (study.enrolment.count if study.enrolment else None) == get("designModule.enrollmentInfo.count")
    for date, name in (
        (study.start, "startDateStruct"),
        (study.primary_completion, "primaryCompletionDateStruct"),
        (study.completion, "completionDateStruct"),
        (study.first_posted, "studyFirstPostDateStruct"),
        (study.results_posted, "resultsFirstPostDateStruct"),
        (study.last_update, "lastUpdatePostDateStruct"),
    ):
        assert written(date) == get(f"statusModule.{name}.date")
    for found, path in (
        (study.conditions, "conditionsModule.conditions"),
        (study.keywords, "conditionsModule.keywords"),
        (study.arms, "armsInterventionsModule.armGroups"),
        (study.interventions, "armsInterventionsModule.interventions"),
        (study.sites, "contactsLocationsModule.locations"),
        (study.contacts, "contactsLocationsModule.centralContacts"),
        (study.collaborators, "sponsorCollaboratorsModule.collaborators"),
        (study.phases, "designModule.phases"),
    ):
        assert len(found) == len(get(path) or ()), path
    for level in ("primary", "secondary", "other"):
        outcomes = [outcome for outcome in study.outcomes if outcome.level == level]
        listed = get(f"outcomesModule.{level}Outcomes") or []
        assert [outcome.measure for outcome in outcomes] == [unescaped(one["measure"]) for one in listed]
        assert [outcome.time_frame for outcome in outcomes] == [
            unescaped(one.get("timeFrame")) for one in listed
        ]
    for site, listed in zip(study.sites, get("contactsLocationsModule.locations") or (), strict=True):
        point = listed.get("geoPoint") or {}
        assert (site.latitude, site.longitude) == (point.get("lat"), point.get("lon"))
        assert (site.city, site.country) == (listed.get("city"), listed.get("country"))
        assert site.country_code or site.country == "Former Serbia and Montenegro"
        assert (site.status or "").upper() == (listed.get("status") or "")
    references = get("referencesModule") or {}
    assert len(study.references) == len(references.get("references", [])) + len(
        references.get("seeAlsoLinks", [])
    )
    assert study.results == record.get("resultsSection")
    check_v2_eligibility(get("eligibilityModule"), study)


def check_v2_eligibility(module: dict[str, Any] | None, study: Study) -> None:
    found = study.eligibility
    assert (module is None) == (found is None)
    if module is None or found is None:
        return
    assert found.text == unescaped(module.get("eligibilityCriteria"))
    for bound, name, group in (
        (found.minimum_age, "minimumAge", "CHILD"),
        (found.maximum_age, "maximumAge", "OLDER_ADULT"),
    ):
        expected = naive_age(module.get(name))
        if expected is None and "stdAges" in module:
            assert group in module["stdAges"]
            expected = "open"
        assert age(bound) == expected
    assert (found.sex or "").upper() == module.get("sex", "")
    assert found.healthy_volunteers is module.get("healthyVolunteers")


def test_nothing_of_a_real_v2_record_is_lost(shared: Path) -> None:
    count = 0
    for record in v2_records(shared):
        try:
            check_v2(record, read_v2(record))
        except AssertionError as error:
            raise AssertionError(f"{record['protocolSection']['identificationModule']}: {error}") from error
        count += 1
    assert count == 610


def test_nothing_of_a_real_record_of_the_retired_api_is_lost(shared: Path) -> None:
    count = 0
    with gzip.open(shared / "data/bulk/ctgov_api_legacy.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            study = read_legacy(record)
            section = record["ProtocolSection"]
            assert [note for note in study.notes if not note.startswith("ResultsSection")] == []
            assert study.id == section["IdentificationModule"]["NCTId"]
            assert study.title == section["IdentificationModule"]["BriefTitle"].strip()
            eligibility = section["EligibilityModule"]
            assert study.eligibility is not None
            assert study.eligibility.text == eligibility["EligibilityCriteria"].strip()
            assert age(study.eligibility.minimum_age) == (naive_age(eligibility.get("MinimumAge")) or "open")
            assert age(study.eligibility.maximum_age) == (naive_age(eligibility.get("MaximumAge")) or "open")
            design = section["DesignModule"]
            assert (
                str(study.enrolment.count if study.enrolment else "")
                == design["EnrollmentInfo"]["EnrollmentCount"]
            )
            dates = section["StatusModule"]
            assert written(study.start) == naive_date(dates["StartDateStruct"]["StartDate"])
            assert written(study.last_update) == naive_date(
                dates["LastUpdatePostDateStruct"]["LastUpdatePostDate"]
            )
            # Lists are counted in the bytes, whatever object they hang in.
            for found, name in (
                (study.sites, "LocationCountry"),
                (study.arms, "ArmGroupLabel"),
                (study.interventions, "InterventionName"),
                (study.outcomes, "OutcomeMeasure"),
                (study.references, "ReferenceCitation"),
                (study.collaborators, "CollaboratorName"),
            ):
                protocol = json.dumps(section)
                pattern = rf'"(?:Primary|Secondary|Other)?{name}": "'
                expected = len(re.findall(pattern, protocol))
                kept = [one for one in found if getattr(one, "kind", "") != "see_also"]
                assert len(kept) == expected, (study.id, name)
            count += 1
    assert count == 205


def test_every_real_file_gives_its_records_and_refuses_the_rest_by_name(shared: Path) -> None:
    expected = {
        "ssc/xml": 11,
        "ssc/xml_transcribed": 54,
        "ssc/xml_results": 6,
        "ssc/json_v2": 1,
        "bulk/ctgov_api_v2.jsonl.gz": 609,
        "bulk/ctgov_api_legacy.jsonl.gz": 205,
    }
    for place, count in expected.items():
        found = list(records(shared / "data" / place))
        assert len(found) == count
        for record in found:
            assert isinstance(record, RawRecord), record
            assert read(record).id == record.id
