"""General causes of wrong answers that texts unknown to the reader brought up, a sentence for each."""

from __future__ import annotations

import pytest

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.read import read
from scleroscope.criteria.split import split
from scleroscope.patients.profile import patient


def _answer(kind: str, sentence: str, facts: dict[str, object]) -> str:
    clauses = read(f"{kind} Criteria:\n- {sentence}").clauses
    assert len(clauses) == 1
    return evaluate(clauses[0].tree, patient({"id": "p", **facts})).value


NO_DRUGS = {"complete": ["treatments"]}
RITUXIMAB = {"treatments": [{"name": "rituximab", "taking": False, "weeks_since_last": 60}]}
TOCILIZUMAB = {"treatments": [{"name": "tocilizumab", "taking": True, "stable_weeks": 80}]}
STEADY = {"name": "prednisone", "taking": True, "dose": "15 mg/day", "stable_weeks": 30}
ON_15_MG = {"treatments": [STEADY]}
MAN = {"sex": "male", "contraception": False}
NO_CRITERIA = {"acr_1980": False, "acr_eular_2013": False}
SILDENAFIL = {"complete": ["treatments"], "treatments": [{"name": "sildenafil", "taking": True}]}
STOPPED = {**NO_DRUGS, **RITUXIMAB}
BASALIOMA = {"years_since_malignancy": 1, "malignancy_type": "basal cell carcinoma"}
AZATHIOPRINE = {**NO_DRUGS, "treatments": [{"name": "azathioprine", "taking": False, "weeks_since_last": 8}]}

HEALED = {"active_digital_ulcers": 0, "digital_ulcer_history": True}
NO_NEED = {"sex": "male", "contraception": False}

SENTENCES = [
    ("Inclusion", "Prednisolone, if used, at a dose below 8 mg a day", NO_DRUGS, "yes"),
    ("Inclusion", "For those with a DLCO < 50%: a recent echo", {"dlco_percent_predicted": 75}, "yes"),
    ("Inclusion", "Under 4 years from the first sign that was not Raynaud's", {"raynaud": True}, "unknown"),
    ("Inclusion", "mRSS of 12 or more and less than 30", {"mrss": 30}, "no"),
    ("Inclusion", "FVC of 55% or more and under 75%", {"fvc_percent_predicted": 60}, "yes"),
    ("Inclusion", "Age 20 to 60 years, both included", {"age": 60}, "yes"),
    ("Inclusion", "DLCO corrected for haemoglobin over 35%", {"dlco_percent_predicted": 34}, "no"),
    ("Inclusion", "ANA ≥ 1:80, anti-Scl-70 or anticentromere", {"ana": False, "anti_scl70": True}, "yes"),
    ("Inclusion", "Only women", {"sex": "male"}, "no"),
    ("Exclusion", "Fingertip ulcers", HEALED, "unknown"),
    ("Exclusion", "Fingertip ulcers", {"active_digital_ulcers": 1}, "yes"),
    ("Exclusion", "Alcohol abuse", {"drug_or_alcohol_abuse": True}, "unknown"),
    ("Exclusion", "Biologics ever (rituximab is acceptable after a year)", RITUXIMAB, "unknown"),
    ("Exclusion", "No contraception (not applicable to men)", NO_NEED, "no"),
    ("Exclusion", "Pulmonary hypertension on treatment", {"pah": True}, "unknown"),
    ("Exclusion", "Exertional desaturation (SpO2 < 88%)", {"spo2_percent": 86}, "unknown"),
    ("Exclusion", "INR > 1.6, platelets < 60,000/µL, both not correctable", {"inr": 2}, "unknown"),
    ("Exclusion", "Platelets < 80 000/µL", {"platelets_10e9_l": 70}, "yes"),
    ("Exclusion", "Neutrophils < 1.2 G/L", {"neutrophils_10e9_l": 1.1}, "yes"),
    ("Exclusion", "Haemoglobin < 5.5 mmol/L", {"hemoglobin_g_dl": 8.7}, "yes"),
    ("Exclusion", "Major surgery within 6 weeks or planned", {"months_since_major_surgery": 1}, "yes"),
    ("Exclusion", "Active hepatitis C", {"hepatitis_c": True}, "unknown"),
    ("Exclusion", "Changing therapy with either rituximab or tocilizumab", TOCILIZUMAB, "unknown"),
    ("Exclusion", "Rituximab or tocilizumab that is not tolerated", TOCILIZUMAB, "unknown"),
    ("Exclusion", "Poorly managed liver disease or diabetes", {"diabetes": True}, "unknown"),
    ("Exclusion", "Rituximab or tocilizumab", TOCILIZUMAB, "yes"),
    ("Exclusion", "Creatinine < 2 mg/dL", {"creatinine_mg_dl": 1}, "unknown"),
    ("Exclusion", "Iloprost for conditions such as Raynaud", {"raynaud": True}, "unknown"),
    ("Inclusion", "Stable doses of sildenafil or bosentan for 4 weeks", NO_DRUGS, "unknown"),
    ("Inclusion", "Stable skin score in the month before rituximab is started", NO_DRUGS, "unknown"),
    ("Inclusion", "Autologous stem cell transplantation", {"stem_cell_transplant": False}, "unknown"),
    ("Exclusion", "Cancer, as leukaemia or tumours (except basal cell carcinoma)", BASALIOMA, "no"),
    ("Exclusion", "Cancer within 3 years, except basal cell carcinoma and cervical cancer", BASALIOMA, "no"),
    ("Exclusion", "Current use of azathioprine or rituximab within 6 months", AZATHIOPRINE, "no"),
    ("Exclusion", "Azathioprine within 1 year prior to screening rituximab within 6 months", STOPPED, "no"),
    ("Inclusion", "Prednisone up to 10 mg/day is allowed if stable for 4 weeks", ON_15_MG, "no"),
    ("Inclusion", "Prednisone up to 10 mg/day is allowed if stable for 4 weeks", NO_DRUGS, "yes"),
    ("Inclusion", "Prednisone, when used, must not exceed 10 mg/day", ON_15_MG, "no"),
    ("Inclusion", "If on prednisone, the dose must be at most 10 mg/day", ON_15_MG, "no"),
    ("Inclusion", "If on rituximab, the dose must be stable for 3 months", ON_15_MG, "unknown"),
    ("Inclusion", "Prednisone stable for 3 months", {"treatments": [{**STEADY, "stable_weeks": 13}]}, "yes"),
    ("Exclusion", "Rituximab ever, unless stopped more than 2 years ago", RITUXIMAB, "yes"),
    ("Exclusion", "Rituximab ever, unless stopped more than 1 year ago", STOPPED, "no"),
    ("Exclusion", "Doses of steroids exceeding the equivalent of prednisone 10 mg daily", ON_15_MG, "yes"),
    ("Exclusion", "FVC < 50% DLCO < 40%", {"fvc_percent_predicted": 80, "dlco_percent_predicted": 30}, "yes"),
    ("Inclusion", "Not diabetic or HIV positive", {"diabetes": False, "hiv": True}, "no"),
    ("Inclusion", "Women may participate if not pregnant and either sterile or on contraception", MAN, "yes"),
    ("Inclusion", "Women must not be pregnant and must use contraception", MAN, "yes"),
    ("Inclusion", "1980 ACR or 2013 ACR/EULAR criteria", NO_CRITERIA, "no"),
    ("Inclusion", "FVC greater than equal to (\\>=) 50 percent (%)", {"fvc_percent_predicted": 49}, "no"),
    ("Inclusion", "mRSS >, = 15", {"mrss": 15}, "yes"),
    ("Exclusion", "Thrombocytopenia < 50 x 10^9/L", {"platelets_10e9_l": 49}, "yes"),
    ("Inclusion", "mRSS of 15 or more, as in the ACR criteria.9", {"mrss": 14}, "no"),
    ("Inclusion", "Prednisone over 10 mg/day is not permitted", ON_15_MG, "no"),
    ("Inclusion", "Prednisone over 10 mg/day is not permitted", NO_DRUGS, "yes"),
    ("Inclusion", "Patients with lung fibrosis must have an FVC > 50%", {"ild": False}, "yes"),
    ("Inclusion", "Patients on prednisone must be on a stable dose for 8 weeks", NO_DRUGS, "yes"),
    ("Inclusion", "Limited disease: mRSS ≥ 5", {"subset": "diffuse"}, "yes"),
    ("Inclusion", "In patients with arthritis, CRP ≥ 6 mg/L", {"arthritis": False}, "yes"),
    ("Inclusion", "Patients with arthritis will also be included", {"arthritis": False}, "unknown"),
    ("Inclusion", "FVC ≤ 75% at screening and ≤ 80% at baseline", {"fvc_percent_predicted": 78}, "unknown"),
    ("Exclusion", "PAH requiring treatment", {"pah": True}, "unknown"),
    ("Exclusion", "PAH treated with bosentan or sildenafil", {**SILDENAFIL, "pah": False}, "no"),
    ("Exclusion", "Bosentan, riociguat and sildenafil for PAH", {**SILDENAFIL, "pah": False}, "no"),
    ("Exclusion", "Prior rituximab", RITUXIMAB, "yes"),
    ("Exclusion", "Rituximab in the past", RITUXIMAB, "yes"),
    ("Inclusion", "No steroids, or on a stable dose for at least 3 months", ON_15_MG, "unknown"),
    ("Inclusion", "Prednisone ≤ 10 mg/day", NO_DRUGS, "yes"),
    ("Inclusion", "Receiving prednisone ≤ 10 mg/day", NO_DRUGS, "unknown"),
    ("Inclusion", "Prednisone ≤ 10 mg/day", ON_15_MG, "no"),
    ("Inclusion", "PAH excluded by catheterization", {"pah": False}, "unknown"),
    ("Exclusion", "Prednisone > 20 mg/day or not stable for 4 weeks", NO_DRUGS, "unknown"),
    ("Inclusion", "18 ≤ age < 70 years", {"age": 70}, "no"),
    ("Inclusion", "Adults (20-70) with scleroderma", {"age": 19, "ssc": True}, "no"),
    ("Inclusion", "Not younger than 20 nor older than 70", {"age": 19}, "no"),
    ("Inclusion", "ages 18 years of age or above", {"age": 17}, "no"),
    ("Inclusion", "People > 18 years with SSc", {"ssc": True, "months_since_diagnosis": 60}, "unknown"),
    ("Inclusion", "Older than 20 when the first dose of AB-12 is given", {"age": 19}, "no"),
    ("Exclusion", "Age: > 70", {"age": 71}, "yes"),
    ("Exclusion", "Children < 16", {"age": 15}, "yes"),
    ("Exclusion", "Under 20 years of age and pregnant women", {"age": 50, "pregnant": True}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sentence", "facts", "answer"), SENTENCES)
def test_a_sentence_of_an_unseen_kind(
    kind: str, sentence: str, facts: dict[str, object], answer: str
) -> None:
    assert _answer(kind, sentence, facts) == answer


@pytest.mark.parametrize(
    "heading",
    [
        "Main criteria for non-inclusion", "Eligibility - exclusion", "[Exclusion criteria]", "B. Exclusion",
        "Who cannot join?", "Reasons for not entering", "Participants MUST NOT:",
        "Patients will be excluded if they have:", "Exclusion for both arms:",
    ],
)  # fmt: skip
def test_a_heading_of_what_keeps_out(heading: str) -> None:
    pieces = split(f"Who can join?\nAdults\n\n{heading}\n- LVEF < 40%")
    assert [(piece.role, piece.kind) for piece in pieces[2:]] == [
        ("heading", "exclusion"),
        ("criterion", "exclusion"),
    ]


@pytest.mark.parametrize(
    "line", ["Exclusion of pulmonary hypertension", "This is no exclusion", "mRSS over 10"]
)
def test_a_line_that_is_no_heading(line: str) -> None:
    assert [piece.role for piece in split(f"Inclusion:\n- Adults\n- {line}")][1:] == [
        "criterion",
        "criterion",
    ]


def test_a_sentence_that_says_that_it_excludes_does_so_under_any_heading() -> None:
    clause = read("Those with an ejection fraction below 45% will be excluded.").clauses[0]
    assert clause.kind == "exclusion"


def test_one_of_the_markers_under_a_lead_is_enough() -> None:
    text = "Inclusion Criteria:\n1. At least one sign of activity:\n   a. CRP ≥ 8 mg/L\n   b. ESR ≥ 30 mm/h"
    tree = read(text).clauses[0].tree
    assert evaluate(tree, patient({"id": "p", "crp_mg_l": 1, "esr_mm_h": 40})).value != "no"


def test_numbers_with_letters_are_marks() -> None:
    clauses = read("Exclusion:\nE1. HIV\nE2. eGFR < 50").clauses
    assert [clause.text for clause in clauses] == ["E1. HIV", "E2. eGFR < 50"]


OPEN_LISTS = [
    "- At least one of the following:\n\nmRSS of 15 or more\n\nFVC < 70%",
    "1. mRSS of 15 or more, or\n2. FVC < 70%",
    "1. FVC < 70%\n2. or mRSS of 15 or more",
    "1. Skin disease as in (1) or (2)\n(1) mRSS of 15 or more\n(2) new skin involvement",
    "1. mRSS of 15 or more with all of these: a. CRP > 6 mg/L b. ANA OR\n limited disease with ILD",
    "1. mRSS of 15 or more | Pregnancy |",
    "1. mRSS of 15 or more; or FVC < 70%",
    "1. mRSS of 15 or more in participants with diffuse disease",
    "1. At least one A criterion and one B criterion:\n   a. mRSS of 15 or more\n   b. CRP > 6 mg/L",
    "1. mRSS > 3 with fast disease\n2. mRSS > 20 with slow disease\n3. ANA",
    "1. mRSS of 15 or more\n2. Volunteers matched for age and sex",
    "Skin criteria:\n1. mRSS of 15 or more\n\nLung criteria:\n1. FVC < 70%",
]


@pytest.mark.parametrize("entries", OPEN_LISTS)
def test_what_may_be_one_way_among_several_keeps_nobody_out(entries: str) -> None:
    person = patient({"id": "p", "mrss": 5})
    answers = {
        evaluate(clause.tree, person).value for clause in read(f"Inclusion Criteria:\n{entries}").clauses
    }
    assert "no" not in answers


def test_a_list_for_some_people_is_asked_of_nobody_else() -> None:
    text = "Inclusion criteria for controls:\n- No scleroderma\nExclusion criteria for controls:\n- Raynaud"
    person = patient({"id": "p", "ssc": True, "raynaud": True})
    assert {evaluate(clause.tree, person).value for clause in read(text).clauses} == {"unknown"}


def test_nobody_is_kept_out_by_the_disease_that_the_study_is_about() -> None:
    text = "Inclusion Criteria:\n- Scleroderma\nExclusion Criteria:\n- Scleroderma-like disorders\n- SSc"
    person = patient({"id": "p", "ssc": True})
    assert all(evaluate(clause.tree, person).value != "yes" for clause in read(text).clauses[1:])
