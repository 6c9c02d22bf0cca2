"""Words that free a patient free: a criterion that keeps one out stops doing so when they are added.

Every line is written for this test. The law is of harm: the answer may become unknown or met, never not met.
"""

from __future__ import annotations

from typing import Any

import pytest

from scleroscope.criteria.facts import facts
from scleroscope.criteria.judge import judge
from scleroscope.criteria.read import read
from scleroscope.patients.profile import patient

DEMANDS: dict[str, dict[str, Any]] = {
    "FVC ≥ 50% predicted": {"fvc_percent_predicted": 40},
    "diffuse cutaneous SSc": {"ssc": True, "subset": "limited"},
    "mRSS between 15 and 40": {"mrss": 10},
    "taking mycophenolate": {"treatments": [], "complete": ["treatments"]},
    "presence of ILD": {"ild": False},
    "positive for anti-Scl-70": {"anti_scl70": False},
    "age 18 to 65 years": {"age": 70},
    "disease duration < 5 years from first non-Raynaud symptom": {"months_since_first_non_raynaud": 80},
}
BARS: dict[str, dict[str, Any]] = {
    "pregnant women": {"sex": "female", "pregnant": True},
    "FVC < 50% predicted": {"fvc_percent_predicted": 40},
    "pulmonary arterial hypertension": {"pah": True},
    "rituximab within 6 months": {
        "treatments": [{"name": "rituximab", "taking": False, "weeks_since_last": 8}]
    },
    "prednisone > 10 mg/day": {
        "treatments": [{"name": "prednisone", "taking": True, "dose": "15 mg/day", "route": "oral"}]
    },
    "current smoker": {"smoker": True},
    "creatinine > 2.0 mg/dL": {"creatinine_mg_dl": 3},
    "hepatitis B": {"hepatitis_b": True},
    "digital ulcers": {"active_digital_ulcers": 2},
}
FREEING = """
{} is not required
{} is preferred but not mandatory
{} (optional)
Preferably {}
Ideally {}
{}, if possible
{} in Part B only
{} (cohort 2 only)
For patients in cohort 2: {}
For cohort 2, {}
{} unless approved by the sponsor
{} unless waived by the investigator
{}, except with the permission of the medical monitor
In patients with lupus, {}
For patients on dialysis: {}
If the patient has had a transplant, {}
{} if on dialysis
{} is allowed
{} is permitted
{} will not be a reason for exclusion
{} does not exclude
Patients with {} may also be included
{} will be assessed
{} will be recorded
History of {} is acceptable
{} in a first-degree relative
{} for subjects enrolled in Japan
{} for the extension study
{} (healthy controls only)
Healthy controls: {}
Stratification by {}
At least half of the patients should have {}
No more than 20% of patients may have {}
{} (removed by amendment 3)
{} (not applicable to patients on dialysis)
{} for patients on dialysis
{} among participants of the sub-study
"""
WIDENING = """
{} or other evidence of active disease
{} and/or progressive skin disease
{}, or at the discretion of the investigator
Either {} or another qualifying condition
{} (or equivalent as judged by the investigator)
{}, or alternatively consent to biopsy
In patients with PAH, {}
"""
NARROWING = """
{} of non-SSc origin
{} attributable to lupus
{} that is refractory to treatment
{} requiring hospitalisation
{} confirmed by biopsy
{} with symptoms
{} lasting more than 10 years
{} together with lupus
{} and a positive biopsy
{} which in the opinion of the investigator is dangerous
{} not controlled by treatment
{} if clinically significant
{} (only if symptomatic)
Suspected {}
"""


def lines(*blocks: str) -> list[str]:
    return [line for block in blocks for line in block.strip().splitlines()]


def keeps_out(heading: str, line: str, person: dict[str, Any]) -> bool:
    eligibility = read(f"{heading}:\n- {line}\n- Able to travel\n")
    known = facts(patient({"id": "x", **person}))
    return any(verdict.verdict == "not_met" for verdict in judge(eligibility, known).criteria)


@pytest.mark.parametrize("added", lines(FREEING, WIDENING))
def test_a_demand_with_words_that_free_keeps_nobody_out(added: str) -> None:
    heading = "Inclusion Criteria"
    for demand, person in DEMANDS.items():
        assert keeps_out(heading, demand, person), demand
        assert not keeps_out(heading, added.format(demand), person), added.format(demand)


@pytest.mark.parametrize(
    ("demand", "person"),
    [
        ("Not more than 3 digital ulcers", {"active_digital_ulcers": 0, "digital_ulcer_history": False}),
        (
            "Not taking prednisone > 10 mg/day unless stable for 4 weeks",
            {"treatments": [{"name": "prednisone", "taking": True, "dose": "15 mg/day", "stable_weeks": 10}]},
        ),
        ("Women must not be pregnant unless they have been sterilised", {"sex": "female", "pregnant": True}),
        (
            "Disease duration < 5 years from first non-Raynaud symptom (or < 7 years if Scl-70 positive)",
            {"months_since_first_non_raynaud": 70, "anti_scl70": True},
        ),
        (
            "mRSS ≥ 15 (≥ 10 in patients with disease duration < 18 months)",
            {"mrss": 12, "months_since_first_non_raynaud": 12},
        ),
        ("FVC ≥ 50% (45% in Japan)", {"fvc_percent_predicted": 47}),
        ("not both diffuse and limited", {"ssc": True, "subset": "sine"}),
        ("Treatment with rituximab will be started", {"treatments": [], "complete": ["treatments"]}),
    ],
)
def test_another_bound_or_a_later_treatment_keeps_nobody_out(demand: str, person: dict[str, Any]) -> None:
    assert not keeps_out("Inclusion Criteria", demand, person)


@pytest.mark.parametrize("added", lines(FREEING, NARROWING))
def test_an_exclusion_with_words_that_free_keeps_nobody_out(added: str) -> None:
    heading = "Exclusion Criteria"
    for bar, person in BARS.items():
        assert keeps_out(heading, bar, person), bar
        assert not keeps_out(heading, added.format(bar), person), added.format(bar)
