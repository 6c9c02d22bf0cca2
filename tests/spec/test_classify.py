"""What classification says of invented studies: tables in, labels out."""

from __future__ import annotations

import pytest

from scleroscope.model.study import Arm, EligibilityText, Intervention, Organisation, Outcome, Study
from scleroscope.studies import classify, disease_of


def study(**fields):
    return Study(id="NCT09999999", registry="ctgov", **fields)


@pytest.mark.parametrize(
    ("conditions", "title", "group"),
    [
        (("Systemic Sclerosis",), "A trial", "systemic_sclerosis"),
        (("Scleroderma",), "A trial", "systemic_sclerosis"),
        (("Scleroderma, Diffuse",), "A trial", "systemic_sclerosis"),
        ((), "Lung fibrosis in SSc", "systemic_sclerosis"),
        ((), "Quality of life in SSC, the sepsis campaign", "other"),
        (("Localized Scleroderma",), "Light therapy of scleroderma", "localized_scleroderma"),
        (("Morphea",), "A trial", "localized_scleroderma"),
        (("Morphea", "Systemic Sclerosis"), "A trial", "systemic_sclerosis"),
        (("Raynaud Disease",), "Warm hands", "raynaud"),
        (("Raynaud Disease", "Scleroderma"), "Warm hands", "systemic_sclerosis"),
        (("Multiple Sclerosis",), "A trial", "look_alike"),
        (("Amyotrophic Lateral Sclerosis",), "A trial", "look_alike"),
        (("Tuberous Sclerosis",), "A trial", "look_alike"),
        (("Esophageal Varices",), "Endoscopic sclerotherapy", "look_alike"),
        (("Primary Sclerosing Cholangitis",), "A trial", "look_alike"),
        (("Rheumatoid Arthritis",), "A trial", "other"),
        (("Lupus", "Scleroderma", "Myositis"), "A basket trial", "systemic_sclerosis"),
    ],
)
def test_disease_group(conditions, title, group):
    found = disease_of(study(conditions=conditions, title=title))
    assert found.group == group
    assert bool(found.why) == (group != "other")


def test_eligibility_text_does_not_make_a_study_one_of_scleroderma():
    text = "Exclusion Criteria:\n- scleroderma or systemic sclerosis"
    found = disease_of(study(conditions=("Breast Cancer",), eligibility=EligibilityText(text=text)))
    assert found.group == "other"


def test_mesh_terms_decide_only_where_the_study_is_silent():
    localized = disease_of(
        study(conditions=("Linear scleroderma",), condition_mesh=("Scleroderma, Systemic",))
    )
    assert localized.group == "localized_scleroderma"
    silent = disease_of(
        study(title="A trial", condition_mesh=("Scleroderma, Systemic", "Scleroderma, Diffuse"))
    )
    assert (silent.group, silent.subsets) == ("systemic_sclerosis", ())


def test_the_deciding_words_are_told():
    found = disease_of(study(conditions=("SSc-ILD",), keywords=("scleroderma lung",)))
    assert found.why == ("condition: SSc-ILD", "keyword: scleroderma lung")
    assert found.manifestations == ("ild",)


def test_subsets_come_from_the_inclusion_half_of_the_eligibility_text():
    text = "Inclusion Criteria:\n- diffuse cutaneous systemic sclerosis\nExclusion Criteria:\n- limited SSc"
    found = disease_of(study(conditions=("Systemic Sclerosis",), eligibility=EligibilityText(text=text)))
    assert found.subsets == ("diffuse",)


def test_intervention_leads_to_drug_class_target_and_family():
    labels = classify(
        study(
            conditions=("Systemic Sclerosis",),
            interventions=(
                Intervention(name="RoActemra 162 mg", arms=("A",)),
                Intervention(name="Matching placebo", arms=("B",)),
                Intervention(name="XY-4711", arms=("A",)),
            ),
            arms=(Arm(label="A", kind="experimental"), Arm(label="B", kind="placebo comparator")),
        )
    )
    assert [(one.id, one.role) for one in labels.treatments] == [
        ("tocilizumab", "tested"),
        ("placebo", "comparator"),
    ]
    assert "il6_inhibitor" in labels.classes
    assert "biologic" in labels.classes
    assert labels.targets == ("IL6R",)
    assert "targeted_biologic" in labels.families
    assert labels.repurposed is True
    assert labels.unclassified == ("intervention: XY-4711",)


def test_an_active_comparator_is_not_under_test():
    labels = classify(
        study(
            interventions=(
                Intervention(name="Nintedanib", arms=("New",)),
                Intervention(name="Mycophenolate mofetil", arms=("New", "Old")),
                Intervention(name="Cyclophosphamide", arms=("Old",)),
            ),
            arms=(Arm(label="New", kind="experimental"), Arm(label="Old", kind="active comparator")),
        )
    )
    roles = {one.id: one.role for one in labels.treatments}
    assert roles == {"nintedanib": "tested", "mycophenolate": "background", "cyclophosphamide": "comparator"}
    assert labels.families == ("antifibrotic",)


def test_a_treatment_of_unknown_origin_is_not_called_repurposed():
    assert classify(study(interventions=(Intervention(name="Occupational therapy"),))).repurposed is None


@pytest.mark.parametrize(
    ("name", "registered", "expected"),
    [
        ("Hoffmann-La Roche", "INDUSTRY", ("Roche", "industry")),
        ("Genentech, Inc.", None, ("Roche", "industry")),
        ("University of Nowhere", "OTHER", ("University of Nowhere", "academic")),
        ("Some Startup", "INDUSTRY", ("Some Startup", "industry")),
        (
            "Scleroderma Research Foundation",
            "OTHER",
            ("Scleroderma Research Foundation", "patient_organisation"),
        ),
        ("NHLBI", "NIH", ("National Heart Lung and Blood Institute", "government")),
        ("Jane Doe", "OTHER", ("Jane Doe", "other")),
        ("Jane Doe", None, ("Jane Doe", None)),
    ],
)
def test_sponsor(name, registered, expected):
    labels = classify(study(sponsor=Organisation(name=name, registered_class=registered)))
    assert (labels.sponsor, labels.sponsor_class) == expected


@pytest.mark.parametrize(
    ("measure", "frame", "instrument", "weeks"),
    [
        ("Change in mRSS", "Baseline, Week 24 and 48", "mrss", 48.0),
        ("Change from baseline in modified Rodnan Skin Score at month 12", None, "mrss", 52.2),
        ("FVC (mL), annual rate of decline", "52 weeks", "fvc", 52.0),
        ("ACR CRISS", "52 weeks", "criss", 52.0),
        ("Revised CRISS-25 response", "Week 52", "revised_criss", 52.0),
        ("HAQ-DI", "24 weeks", "haq_di", 24.0),
        ("Scleroderma Health Assessment Questionnaire", "6 months", "shaq", 26.1),
        ("Raynaud's Condition Score", "Day 28", "raynaud_condition_score", 4.0),
        ("Number of new digital ulcers", "16 weeks", "digital_ulcers", 16.0),
        ("UCLA SCTC GIT 2.0 total score", "6 months", "ucla_git", 26.1),
        ("6MWD", "12 weeks", "six_minute_walk", 12.0),
        ("Event-free survival", "up to 5 years", "event_free_survival", 260.9),
        ("Number of participants with adverse events", "through study completion", "safety", None),
        ("Cmax of the study drug", "0, 1, 2, 4 and 8 hours after the first dose", "pharmacokinetics", None),
    ],
)
def test_outcome(measure, frame, instrument, weeks):
    outcome = Outcome(level="primary", measure=measure, time_frame=frame)
    (endpoint,) = classify(study(outcomes=(outcome,))).endpoints
    assert (endpoint.instrument, endpoint.weeks, endpoint.level) == (instrument, weeks, "primary")


def test_an_unrecognised_outcome_is_listed():
    labels = classify(study(outcomes=(Outcome(level="secondary", measure="Zebra count"),)))
    assert labels.endpoints == ()
    assert labels.unclassified == ("outcome: Zebra count",)


@pytest.mark.parametrize(
    ("phases", "title", "purposes"),
    [
        (("phase_1", "phase_2"), "A trial", ("safety_and_dose", "efficacy")),
        (("phase_3",), "An open-label extension of a trial", ("efficacy", "extension")),
        (("phase_4",), "Long-term safety", ("after_approval", "long_term")),
        ((), "A registry", ()),
    ],
)
def test_what_the_phase_is_for(phases, title, purposes):
    assert classify(study(phases=phases, title=title)).purposes == purposes
