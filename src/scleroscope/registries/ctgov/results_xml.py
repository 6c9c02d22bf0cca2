"""Posted results of the XML form, in the shape of the API's resultsSection.

Group ids stay those of the XML (P1, B1, O1, E1); the API writes FG000, BG000, OG000, EG000 for them.
Numbers of outcomes and baseline stay text, as in the API: they may read "NA" or "<0.001".
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from scleroscope.registries.ctgov.text import unwrap
from scleroscope.registries.ctgov.vocabulary import word

_SIDES = {"1-Sided": "ONE_SIDED", "2-Sided": "TWO_SIDED"}


def results_section(root: ET.Element) -> dict[str, Any]:
    """`<clinical_results>` in the API's shape, with every text and count that it holds."""
    return _filled(
        {
            "participantFlowModule": _flow(root.find("participant_flow")),
            "baselineCharacteristicsModule": _baseline(root.find("baseline")),
            "outcomeMeasuresModule": _filled(
                {"outcomeMeasures": [_outcome(found) for found in root.findall("outcome_list/outcome")]}
            ),
            "adverseEventsModule": _events(root.find("reported_events")),
            "moreInfoModule": _more(root),
        }
    )


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}


def _text(found: ET.Element | None, path: str = ".") -> str | None:
    part = found.find(path) if found is not None else None
    return (unwrap("".join(part.itertext())).strip() or None) if part is not None else None


def _upper(found: ET.Element | None, path: str) -> str | None:
    text = _text(found, path)
    return word(text).upper() if text else None


def _whole(text: str | None) -> int | str | None:
    return int(text) if text and text.isascii() and text.isdigit() else text


def _groups(found: ET.Element) -> list[dict[str, Any]]:
    return [
        _filled(
            {
                "id": group.get("group_id"),
                "title": _text(group, "title"),
                "description": _text(group, "description"),
            }
        )
        for group in found.findall("group_list/group")
    ]


def _flow(found: ET.Element | None) -> dict[str, Any]:
    if found is None:
        return {}
    return _filled(
        {
            "recruitmentDetails": _text(found, "recruitment_details"),
            "preAssignmentDetails": _text(found, "pre_assignment_details"),
            "groups": _groups(found),
            "periods": [_period(period) for period in found.findall("period_list/period")],
        }
    )


def _period(found: ET.Element) -> dict[str, Any]:
    return _filled(
        {
            "title": _text(found, "title"),
            "milestones": [
                _filled({"type": _text(stone, "title"), "achievements": _participants(stone)})
                for stone in found.findall("milestone_list/milestone")
            ],
            "dropWithdraws": [
                _filled({"type": _text(reason, "title"), "reasons": _participants(reason)})
                for reason in found.findall("drop_withdraw_reason_list/drop_withdraw_reason")
            ],
        }
    )


def _participants(found: ET.Element) -> list[dict[str, Any]]:
    return [
        _filled({"groupId": one.get("group_id"), "numSubjects": one.get("count"), "comment": _text(one)})
        for one in found.findall("participants_list/participants")
    ]


def _denoms(found: ET.Element) -> list[dict[str, Any]]:
    return [
        {
            "units": _text(analysed, "units"),
            "counts": [
                {"groupId": count.get("group_id"), "value": count.get("value")}
                for count in analysed.findall("count_list/count")
            ],
        }
        for analysed in found.findall("analyzed_list/analyzed")
    ]


def _classes(found: ET.Element) -> list[dict[str, Any]]:
    return [
        _filled(
            {
                "title": _text(part, "title"),
                "denoms": _denoms(part),
                "categories": [
                    _filled(
                        {
                            "title": _text(category, "title"),
                            "measurements": [
                                _measurement(one) for one in category.findall("measurement_list/measurement")
                            ],
                        }
                    )
                    for category in part.findall("category_list/category")
                ],
            }
        )
        for part in found.findall("class_list/class")
    ]


def _measurement(found: ET.Element) -> dict[str, Any]:
    return _filled(
        {
            "groupId": found.get("group_id"),
            "value": found.get("value"),
            "spread": found.get("spread"),
            "lowerLimit": found.get("lower_limit"),
            "upperLimit": found.get("upper_limit"),
            "comment": _text(found),
        }
    )


def _baseline(found: ET.Element | None) -> dict[str, Any]:
    if found is None:
        return {}
    return _filled(
        {
            "populationDescription": _text(found, "population"),
            "groups": _groups(found),
            "denoms": _denoms(found),
            "measures": [
                _filled(
                    {
                        "title": _text(measure, "title"),
                        "description": _text(measure, "description"),
                        "populationDescription": _text(measure, "population"),
                        "typeUnitsAnalyzed": _text(measure, "units_analyzed"),
                        "paramType": _upper(measure, "param"),
                        "dispersionType": _upper(measure, "dispersion"),
                        "unitOfMeasure": _text(measure, "units"),
                        "denoms": _denoms(measure),
                        "classes": _classes(measure),
                    }
                )
                for measure in found.findall("measure_list/measure")
            ],
        }
    )


def _outcome(found: ET.Element) -> dict[str, Any]:
    measure = found.find("measure")
    classes = [] if measure is None else _classes(measure)
    return _filled(
        {
            "type": _upper(found, "type"),
            "title": _text(found, "title"),
            "description": _text(found, "description"),
            "populationDescription": _text(found, "population"),
            "reportingStatus": "POSTED" if classes else "NOT_POSTED",
            "anticipatedPostingDate": _text(found, "posting_date"),
            "timeFrame": _text(found, "time_frame"),
            "typeUnitsAnalyzed": _text(measure, "units_analyzed"),
            "paramType": _upper(measure, "param"),
            "dispersionType": _text(measure, "dispersion"),
            "unitOfMeasure": _text(measure, "units"),
            "groups": _groups(found),
            "denoms": [] if measure is None else _denoms(measure),
            "classes": classes,
            "analyses": [_analysis(one) for one in found.findall("analysis_list/analysis")],
        }
    )


def _analysis(found: ET.Element) -> dict[str, Any]:
    sides = _text(found, "ci_n_sides")
    return _filled(
        {
            "groupIds": [_text(one) for one in found.findall("group_id_list/group_id")],
            "groupDescription": _text(found, "groups_desc"),
            "nonInferiorityType": _upper(found, "non_inferiority_type"),
            "nonInferiorityComment": _text(found, "non_inferiority_desc"),
            "pValue": _text(found, "p_value"),
            "pValueComment": _text(found, "p_value_desc"),
            "statisticalMethod": _text(found, "method"),
            "statisticalComment": _text(found, "method_desc"),
            "paramType": _text(found, "param_type"),
            "paramValue": _text(found, "param_value"),
            "dispersionType": (_upper(found, "dispersion_type") or "").replace("_OF_THE_", "_OF_"),
            "dispersionValue": _text(found, "dispersion_value"),
            "ciPctValue": _text(found, "ci_percent"),
            "ciNumSides": _SIDES.get(sides or "", sides),
            "ciLowerLimit": _text(found, "ci_lower_limit"),
            "ciUpperLimit": _text(found, "ci_upper_limit"),
            "ciLowerLimitComment": _text(found, "ci_lower_limit_na_comment"),
            "ciUpperLimitComment": _text(found, "ci_upper_limit_na_comment"),
            "estimateComment": _text(found, "estimate_desc"),
            "otherAnalysisDescription": _text(found, "other_analysis_desc"),
        }
    )


# The XML writes the totals as events; the API keeps them with the group.
_TOTALS = {
    "Total, all-cause mortality": "deaths",
    "Total, serious adverse events": "serious",
    "Total, other adverse events": "other",
}


def _events(found: ET.Element | None) -> dict[str, Any]:
    if found is None:
        return {}
    groups = _groups(found)
    module = {
        "frequencyThreshold": _text(found, "other_events/frequency_threshold"),
        "timeFrame": _text(found, "time_frame"),
        "description": _text(found, "desc"),
        "eventGroups": groups,
    }
    for key, path in (("seriousEvents", "serious_events"), ("otherEvents", "other_events")):
        events = []
        part = found.find(path)
        for category in [] if part is None else part.findall("category_list/category"):
            for event in category.findall("event_list/event"):
                total = _TOTALS.get(_text(event, "sub_title") or "")
                if total and _text(category, "title") == "Total":
                    _add_totals(groups, event, total)
                else:
                    events.append(_event(event, category, part))
        module[key] = events
    return _filled(module)


def _add_totals(groups: list[dict[str, Any]], event: ET.Element, total: str) -> None:
    by_id = {group.get("id"): group for group in groups}
    for counts in event.findall("counts"):
        group = by_id.get(counts.get("group_id"))
        if group is not None:
            group |= _filled(
                {
                    f"{total}NumAffected": _whole(counts.get("subjects_affected")),
                    f"{total}NumAtRisk": _whole(counts.get("subjects_at_risk")),
                }
            )


def _event(found: ET.Element, category: ET.Element, part: ET.Element | None) -> dict[str, Any]:
    name = found.find("sub_title")
    vocabulary = name.get("vocab") if name is not None else None
    return _filled(
        {
            "term": _text(name),
            "organSystem": _text(category, "title"),
            "sourceVocabulary": vocabulary or _text(part, "default_vocab"),
            "assessmentType": _upper(found, "assessment") or _upper(part, "default_assessment"),
            "notes": _text(found, "description"),
            "stats": [
                _filled(
                    {
                        "groupId": counts.get("group_id"),
                        "numEvents": _whole(counts.get("events")),
                        "numAffected": _whole(counts.get("subjects_affected")),
                        "numAtRisk": _whole(counts.get("subjects_at_risk")),
                    }
                )
                for counts in found.findall("counts")
            ],
        }
    )


def _more(root: ET.Element) -> dict[str, Any]:
    employee = _text(root, "certain_agreements/pi_employee")
    contact = {
        "title": _text(root, "point_of_contact/name_or_title"),
        "organization": _text(root, "point_of_contact/organization"),
        "phone": _text(root, "point_of_contact/phone"),
        "phoneExt": _text(root, "point_of_contact/phone_ext"),
        "email": _text(root, "point_of_contact/email"),
    }
    agreement = {
        "piSponsorEmployee": " ARE employed" in employee if employee else None,
        "otherDetails": _text(root, "certain_agreements/restrictive_agreement"),
    }
    return _filled(
        {
            "limitationsAndCaveats": _filled({"description": _text(root, "limitations_and_caveats")}),
            "certainAgreement": _filled(agreement),
            "pointOfContact": _filled(contact),
        }
    )
