"""Plain words from the tree."""

from __future__ import annotations

import pytest

from scleroscope.criteria.explain import explain, question
from scleroscope.criteria.facts import Facts
from scleroscope.criteria.notation import parse
from scleroscope.criteria.read import read as read_text
from scleroscope.criteria.reasons import reason
from scleroscope.knowledge.fields import fields
from scleroscope.model.truth import Truth

PATIENT = {
    "15 <= mrss <= 40": "your skin score (mRSS, 0 to 51) is between 15 and 40",
    "not mrss < 10": "your skin score (mRSS, 0 to 51) is at least 10",
    "fvc_percent_predicted < 50": "your lung volume (FVC, in % of predicted) is less than 50 %",
    "months_since_first_non_raynaud <= 60": (
        "the time since your first symptom other than Raynaud's is at most 5 years"
    ),
    "months_since_major_surgery < 8 weeks": "the time since your last major operation is less than 8 weeks",
    "not pregnant": "you are not pregnant",
    "renal_crisis and not diabetes": (
        "you have had a scleroderma renal crisis (sudden kidney trouble) and you do not have diabetes"
    ),
    "taking rituximab within 6 months": "you take or have taken rituximab in the last 6 months",
    "not taking rituximab within 6 months": "you did not take rituximab in the last 6 months",
    "taking mycophenolate stable for >= 12 weeks": (
        "you take mycophenolate at the same dose for at least 12 weeks"
    ),
    "intolerant of cyclophosphamide": "you cannot take cyclophosphamide",
    '"good health"': "a point applies that the study team must check with you",
    "ild or pah or diabetes": (
        "one of these is true: (1) you have lung scarring on a CT scan (interstitial lung disease); "
        "(2) you have high pressure in the lung arteries (PAH); (3) you have diabetes"
    ),
    "ild or (pah and (diabetes or pregnant or renal_crisis))": (
        "one of these is true: (1) you have lung scarring on a CT scan (interstitial lung disease); "
        "(2) all of these are true: (a) you have high pressure in the lung arteries (PAH); "
        "(b) one of these is true: (i) you have diabetes; (ii) you are pregnant; "
        "(iii) you have had a scleroderma renal crisis (sudden kidney trouble)"
    ),
    'diabetes and (diabetes or "a doubt") and diabetes': "you have diabetes",
    'taking methotrexate or (ever taking methotrexate and "recent")': (
        "you take methotrexate, or did before in a way that the study team must check with you"
    ),
    '(ild and "stable") or (pah and "or so")': (
        "all of these are true: (1) you have lung scarring on a CT scan (interstitial lung disease) or "
        "you have high pressure in the lung arteries (PAH); "
        "(2) a point applies that the study team must check with you"
    ),
    '(ild and pah) or ((ild or pah) and "which?")': (
        "one of these is true, and the study team must check with you which of them counts: "
        "(1) you have lung scarring on a CT scan (interstitial lung disease); "
        "(2) you have high pressure in the lung arteries (PAH)"
    ),
}


@pytest.mark.parametrize(("line", "words"), PATIENT.items())
def test_a_patient_reads_a_sentence(line: str, words: str) -> None:
    assert explain(parse(line), "inclusion") == f"You can take part only if {words}."
    assert explain(parse(line), "exclusion") == f"You cannot take part if {words}."


CLINICIAN = {
    "15 <= mrss <= 40": "modified Rodnan skin score ≥ 15 and ≤ 40 points",
    "gave and not pah": "gastric antral vascular ectasia and no pulmonary arterial hypertension",
    "prednisone <= 10 mg/day": "prednisone ≤ 10 mg/day",
    "(gave or pah) and ssc": (
        "(gastric antral vascular ectasia or pulmonary arterial hypertension) and systemic sclerosis"
    ),
}


@pytest.mark.parametrize(("line", "words"), CLINICIAN.items())
def test_a_clinician_reads_signs(line: str, words: str) -> None:
    assert explain(parse(line), "inclusion", "clinician") == f"Required: {words}."


def test_the_registry_is_never_quoted() -> None:
    for audience in ("patient", "clinician"):
        assert "xylophone" not in explain(parse('ild and not "xylophone"'), "exclusion", audience)


@pytest.mark.parametrize("identity", [*fields(), "treatments"])
def test_every_unknown_has_a_question(identity: str) -> None:
    assert question(identity).endswith("?")


def test_a_time_asked_for_is_said_in_the_unit_that_is_a_whole_number() -> None:
    nothing = Facts(values={}, courses=(), treatments_complete=False)
    said = reason(parse("months_since_major_surgery < 8 weeks"), nothing, Truth.UNKNOWN)
    assert said.endswith("is not known (asked: < 8 weeks)")


def test_a_washout_that_was_read_is_said_in_months() -> None:
    read = read_text("Exclusion Criteria:\n\n* Rituximab within 6 months\n")
    tree = read.clauses[0].tree
    assert "in the last 6 months" in explain(tree, "exclusion", "patient")
