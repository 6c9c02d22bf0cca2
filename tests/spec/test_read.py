"""What sentences of eligibility texts mean, one wording a row.

Each row is a list, a sentence in our own words, the facts of a patient, and the answer of the sentence:
yes, no or unknown. A new wording is a row in `phrases_*.csv` and a row here.
"""

from __future__ import annotations

import pytest

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.read import read
from scleroscope.model.criterion import Criterion, Opaque
from scleroscope.patients.profile import patient


def _tree(kind: str, sentence: str) -> Criterion:
    clauses = read(f"{kind} Criteria:\n- {sentence}").clauses
    assert len(clauses) == 1
    return clauses[0].tree


def _answer(kind: str, sentence: str, facts: dict[str, object]) -> str:
    return evaluate(_tree(kind, sentence), patient({"id": "p", **facts})).value


WHOLE = {"complete": ["treatments"]}


def drug(name: str, **more: object) -> dict[str, object]:
    return {"treatments": [{"name": name, **more}]}


MEASURES = [
    ("Inclusion", "Age of 18 to 70 years", {"age": 70}, "yes"),
    ("Inclusion", "Age of 18 to 70 years", {"age": 71}, "no"),
    ("Inclusion", "18 years or older", {"age": 18}, "yes"),
    ("Inclusion", "Women or men, at least 18 years of age", {"age": 17}, "no"),
    ("Inclusion", "mRSS ≥ 12 and ≤ 38", {"mrss": 39}, "no"),
    ("Inclusion", "A modified Rodnan skin score between 12 and 38 units", {"mrss": 12}, "yes"),
    ("Inclusion", "FVC of no less than 45 % of predicted", {"fvc_percent_predicted": 45}, "yes"),
    ("Inclusion", "Forced vital capacity (FVC) &gt;= 45%", {"fvc_percent_predicted": 44}, "no"),
    ("Inclusion", "FVC 50% of predicted", {"fvc_percent_predicted": 70}, "unknown"),
    ("Inclusion", "DLCO = 40 %", {"dlco_percent_predicted": 60}, "unknown"),
    ("Exclusion", "FVC or DLCO less than 35%", {"dlco_percent_predicted": 30}, "yes"),
    ("Exclusion", "Haemoglobin below 85 g/L", {"hemoglobin_g_dl": 8.4}, "yes"),
    (
        "Exclusion",
        "Hemoglobin < 9 g/dL in men and < 8 g/dL in women",
        {"sex": "male", "hemoglobin_g_dl": 8.5},
        "yes",
    ),
    ("Exclusion", "Platelets < 90,000/mm3", {"platelets_10e9_l": 95}, "no"),
    ("Exclusion", "Neutrophils < 1.2 x 10^9/L", {"neutrophils_10e9_l": 1.1}, "yes"),
    ("Exclusion", "White blood cells < 2.8 × 109/L", {"wbc_10e9_l": 2.7}, "yes"),
    ("Exclusion", "Creatinine > 150 µmol/L", {"creatinine_mg_dl": 1.8}, "yes"),
    (
        "Exclusion",
        "AST, ALT or bilirubin above 2.5 times the upper limit of normal",
        {"ast_x_uln": 2.6},
        "yes",
    ),
    ("Exclusion", "ALT > ULN", {"alt_x_uln": 1.2}, "yes"),
    ("Exclusion", "NYHA class III or IV", {"nyha_class": 3}, "yes"),
    ("Exclusion", "Renal impairment, defined as an eGFR < 40 mL/min", {"egfr": 39}, "yes"),
    ("Exclusion", "Obstruction (FEV1/FVC < 0.65)", {"fev1_fvc_ratio": 0.7}, "no"),
    ("Exclusion", "Blood pressure ≥ 165/105 mmHg", {"systolic_bp_mmhg": 170}, "yes"),
]

DISEASE = [
    ("Inclusion", "SSc by the 2013 ACR/EULAR criteria", {"acr_eular_2013": False}, "no"),
    ("Inclusion", "Scleroderma by the 1980 ACR criteria", {"ssc": True, "acr_1980": True}, "yes"),
    (
        "Inclusion",
        "SSc according to the ACR criteria or to LeRoy",
        {"acr_1980": False, "ssc": True},
        "unknown",
    ),
    ("Inclusion", "Diffuse cutaneous SSc according to LeRoy", {"subset": "diffuse"}, "yes"),
    ("Inclusion", "Limited or diffuse systemic sclerosis", {"subset": "limited"}, "yes"),
    (
        "Inclusion",
        "Duration of disease ≤ 4 years from the first non-Raynaud symptom",
        {"months_since_first_non_raynaud": 49},
        "no",
    ),
    (
        "Inclusion",
        "Disease duration below 4 years (defined as time from the first symptom other than Raynaud's)",
        {"months_since_first_non_raynaud": 47},
        "yes",
    ),
    ("Inclusion", "Disease duration below 4 years", {"months_since_first_raynaud": 60}, "unknown"),
    ("Inclusion", "At least two active digital ulcers", {"active_digital_ulcers": 1}, "no"),
    ("Exclusion", "Positive anticentromere antibodies", {"anticentromere": True}, "yes"),
    ("Exclusion", "Hepatitis B or C, or HIV infection", {"hepatitis_c": True}, "yes"),
    ("Exclusion", "Stroke or myocardial infarction within 4 months", {"months_since_stroke": 3}, "yes"),
    ("Exclusion", "Stroke or myocardial infarction within 4 months", {"months_since_stroke": 5}, "unknown"),
    ("Exclusion", "Renal crisis in the last 6 months", {"renal_crisis": False}, "no"),
    ("Exclusion", "Cancer within 5 years", {"years_since_malignancy": 3}, "yes"),
    ("Exclusion", "Uncontrolled diabetes", {"diabetes": True}, "unknown"),
    ("Exclusion", "Uncontrolled diabetes", {"diabetes": False}, "no"),
    ("Exclusion", "Suspected tuberculosis", {"active_tuberculosis": False}, "unknown"),
    ("Exclusion", "Connective tissue disease other than SSc", {"overlap_disease": True}, "yes"),
    ("Inclusion", "No history of renal crisis", {"renal_crisis": True}, "no"),
    ("Exclusion", "Pregnant or breastfeeding women", {"sex": "male"}, "no"),
    ("Inclusion", "Fertile women must use contraception", {"sex": "male"}, "yes"),
    (
        "Inclusion",
        "Women of childbearing potential must agree to use effective contraception",
        {"sex": "female", "childbearing_potential": True, "contraception": False},
        "no",
    ),
    ("Inclusion", "Written informed consent", {"informed_consent": False}, "no"),
]

TREATMENTS = [
    ("Exclusion", "Rituximab within 6 months", drug("rituximab", taking=False, weeks_since_last=20), "yes"),
    ("Exclusion", "Rituximab within 6 months", drug("rituximab", taking=False, weeks_since_last=30), "no"),
    ("Exclusion", "Previous treatment with CYC", drug("CYC", taking=False, weeks_since_last=90), "yes"),
    ("Exclusion", "Current use of bosentan or sildenafil", drug("sildenafil", taking=True), "yes"),
    ("Exclusion", "Concomitant endothelin receptor antagonists", drug("bosentan", taking=True), "yes"),
    ("Exclusion", "Prednisone > 10 mg/day", drug("prednisone", taking=True, dose="15 mg/day"), "yes"),
    ("Exclusion", "Prednisone > 10 mg/day", drug("prednisone", taking=True, dose="10 mg/day"), "no"),
    ("Exclusion", "Known allergy to tocilizumab", drug("tocilizumab", taking=True), "unknown"),
    ("Inclusion", "Stable methotrexate is allowed", drug("methotrexate", taking=False), "unknown"),
    ("Exclusion", "Immunosuppressants other than MMF", {**drug("MMF", taking=True), **WHOLE}, "no"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sentence", "facts", "expected"), MEASURES + DISEASE + TREATMENTS)
def test_a_sentence_means(kind: str, sentence: str, facts: dict[str, object], expected: str) -> None:
    assert _answer(kind, sentence, facts) == expected


CAREFUL = [
    # what must not keep anybody out
    ("Exclusion", "No previous cancer", {"active_malignancy": False}, "unknown"),
    ("Exclusion", "Fertile women must use contraception", {"contraception": True}, "unknown"),
    ("Exclusion", "Cancer, but not in remission", {"active_malignancy": True}, "unknown"),
    ("Exclusion", "Unwilling to stop smoking", {"smoker": False}, "unknown"),
    ("Exclusion", "Urine protein/creatinine ratio > 3", {"creatinine_mg_dl": 4}, "unknown"),
    ("Exclusion", "FVC decline > 10%", {"fvc_percent_predicted": 70}, "unknown"),
    ("Exclusion", "Oxygen saturation < 90% without oxygen", {"oxygen_therapy": False}, "unknown"),
    ("Exclusion", "Cannot take prednisone", {"treatments": [], "complete": ["treatments"]}, "unknown"),
    ("Inclusion", "mPAP > 28 mmHg with exercise", {"mean_pap_mmhg": 20}, "unknown"),
    ("Inclusion", "Connective tissue disease", {"ssc": True, "overlap_disease": False}, "yes"),
    ("Inclusion", "SSc with or without lung fibrosis", {"ssc": True, "ild": False}, "yes"),
    ("Inclusion", "Candidates for rituximab", {"treatments": [], "complete": ["treatments"]}, "unknown"),
    (
        "Inclusion",
        "SSc. Morphea is defined as scleroderma of the skin",
        {"localized_scleroderma": False},
        "unknown",
    ),
    (
        "Inclusion",
        "First sign of the disease other than Raynaud's within 5 years",
        {"months_since_first_non_raynaud": 20, "raynaud": True, "months_since_first_raynaud": 200},
        "yes",
    ),
]


@pytest.mark.parametrize(("kind", "sentence", "facts", "expected"), CAREFUL)
def test_a_careful_reading_keeps_nobody_out_wrongly(
    kind: str, sentence: str, facts: dict[str, object], expected: str
) -> None:
    assert _answer(kind, sentence, facts) == expected


NOT_UNDERSTOOD = [
    ("Exclusion", "Patients whose dog barks"),
    ("Inclusion", "Able to climb two flights of stairs"),
]


@pytest.mark.parametrize(("kind", "sentence"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_kept_word_for_word(kind: str, sentence: str) -> None:
    tree = _tree(kind, sentence)
    assert isinstance(tree, Opaque)


def test_one_of_a_nested_list_is_enough() -> None:
    text = "Inclusion Criteria:\n1. One of the following:\n  a. friction rubs\n  b. CRP ≥ 6 mg/L\n2. Age ≥ 18"
    first, second = read(text).clauses
    assert evaluate(first.tree, patient({"id": "p", "tendon_friction_rubs": True})).value == "yes"
    assert evaluate(first.tree, patient({"id": "p", "crp_mg_l": 2})).value == "unknown"
    assert second.id == "I2"


def test_a_condition_asks_only_those_whom_it_concerns() -> None:
    text = "Inclusion Criteria:\n- If more than 2 years since the first non-Raynaud symptom, CRP ≥ 6 mg/L"
    tree = read(text).clauses[0].tree
    early = patient({"id": "p", "months_since_first_non_raynaud": 12, "crp_mg_l": 1})
    late = patient({"id": "p", "months_since_first_non_raynaud": 30, "crp_mg_l": 1})
    assert [evaluate(tree, one).value for one in (early, late)] == ["yes", "no"]


def test_every_leaf_is_tied_to_characters_of_its_criterion() -> None:
    text = "Exclusion Criteria: * FVC < 40% or HIV * Rituximab within 3 months"
    for clause in read(text).clauses:
        for span in _spans(clause.tree):
            assert clause.start <= span[0] < span[1] <= clause.end


def _spans(tree: Criterion) -> list[tuple[int, int]]:
    parts = getattr(tree, "parts", None) or ([tree.part] if hasattr(tree, "part") else [])
    own = [(tree.span.start, tree.span.end)] if tree.span else []
    return own + [span for part in parts for span in _spans(part)]


def test_empty_text_has_no_criteria() -> None:
    assert read("").clauses == ()


@pytest.mark.parametrize("tail", ["no restriction on sex", "without exclusion of either sex", "not required"])
@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("Age ≥ 18 years", {"age": 40}),
        ("FVC ≥ 50%", {"fvc_percent_predicted": 60}),
        ("diffuse systemic sclerosis", {"ssc": True, "subset": "diffuse"}),
    ],
)
def test_a_denial_of_what_was_not_read_never_denies_what_was(
    said: str, facts: dict[str, object], tail: str
) -> None:
    assert _answer("Inclusion", said, facts) == "yes"
    assert _answer("Inclusion", f"{said}, {tail}", facts) != "no"
