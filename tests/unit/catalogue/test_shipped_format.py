"""The form of a curated file: what it may say, and how it is written."""

import msgspec
import pytest

from scleroscope.catalogue.tidy import canonical
from scleroscope.registries.curated import decode_curated
from scleroscope.registries.curated_study import read_curated, scheme

TRIAL = """
id = "NCT00000001"
title = "Tocilizumab against placebo in diffuse SSc"
conditions = ["systemic_sclerosis", "diffuse"]
type = "interventional"
dates = [{ event = "start", date = "2015-11", source = ["registry"], kind = "actual" }]
status = [
    { value = "recruiting", source = ["registry"], as_of = "2016-01-02" },
    { value = "completed", source = ["paper"] },
]
enrolment = [
    { count = 40, source = ["paper"], kind = "actual" },
    { count = 60, source = ["registry"], kind = "anticipated" },
]
interventions = [
    { name = "tocilizumab", source = ["registry"], id = "tocilizumab" },
    { name = "placebo", source = ["registry"], role = "comparator" },
]

[eligibility]
source = ["registry"]
extent = "excerpt"
reviewed = "2026-11-22"
inclusion = ["18 <= age <= 75", 'subset = diffuse', '"skin thick above the elbow"']

[sources]
registry = { registry = "ClinicalTrials.gov", record = "NCT00000001", date = "2016-01-02" }
paper = { url = "https://example.org/paper" }
"""


def test_a_file_becomes_a_study():
    study = read_curated(TRIAL.encode())
    assert (study.id, study.registry) == ("NCT00000001", "curated")
    assert study.conditions == ("systemic sclerosis", "diffuse cutaneous systemic sclerosis")
    assert study.url == "https://clinicaltrials.gov/study/NCT00000001"
    assert str(study.start.date) == "2015-11"


def test_of_two_statuses_the_later_one_holds_and_is_not_given_the_earlier_ones_date():
    study = read_curated(TRIAL.encode())
    assert study.status == "completed"
    assert study.status_date is None


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2024-06", "unknown"), ("2025-11", "recruiting"), ("2018-05-29", "unknown")]
)
def test_an_open_status_that_was_seen_long_ago_is_no_longer_believed(as_of, expected):
    text = TRIAL.replace("2016-01-02", as_of, 1).replace(
        '    { value = "completed", source = ["paper"] },\n', ""
    )
    study = read_curated(text.encode())
    assert (study.status, study.registered_status) == (expected, "recruiting")


def test_a_counted_enrolment_goes_before_a_planned_one():
    enrolment = read_curated(TRIAL.encode()).enrolment
    assert (enrolment.count, enrolment.kind) == (40, "actual")


def test_the_comparator_stands_in_its_own_arm():
    arms = {arm.label: arm for arm in read_curated(TRIAL.encode()).arms}
    assert arms["tested"].interventions == ("tocilizumab",)
    assert arms["comparator"].kind == "placebo_comparator"


def test_age_limits_are_read_from_their_line():
    eligibility = read_curated(TRIAL.encode()).eligibility
    assert (eligibility.minimum_age.age.value, eligibility.maximum_age.age.value) == (18, 75)


def test_the_subsets_that_may_enter_are_told_by_the_criteria():
    both = TRIAL.replace("subset = diffuse", "subset in (diffuse, limited)")
    assert read_curated(both.encode()).keywords == (
        "diffuse cutaneous systemic sclerosis",
        "limited cutaneous systemic sclerosis",
    )


def test_what_the_file_does_not_say_is_absent():
    study = read_curated(TRIAL.encode())
    assert study.sponsor is None
    assert study.phases == ()
    assert study.design is None


def test_a_misspelt_key_is_refused_with_its_place():
    with pytest.raises(msgspec.ValidationError, match="acronim"):
        decode_curated(TRIAL.replace('type = "inter', 'acronim = "X"\ntype = "inter').encode())


def test_a_fact_without_a_source_is_refused():
    with pytest.raises(msgspec.ValidationError, match=r"missing required field `source`.*dates"):
        decode_curated(TRIAL.replace(', source = ["registry"], kind = "actual" }]', " }]").encode())


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="day"):
        read_curated(TRIAL.replace("2015-11", "2015-02-30").encode())


def test_the_canonical_form_says_the_same_and_is_stable():
    trial = decode_curated(TRIAL.encode())
    text = canonical(trial)
    assert decode_curated(text.encode()) == trial
    assert canonical(decode_curated(text.encode())) == text


def test_a_line_that_quotes_text_is_written_without_escapes():
    assert """'"skin thick above the elbow"',""" in canonical(decode_curated(TRIAL.encode()))


@pytest.mark.parametrize(
    ("trial_id", "expected"),
    [
        ("NCT02453256", "nct"),
        ("2016-002651-25", "euctr"),
        ("CTRI/2018/01/011449", "ctri"),
        ("ACTRN12614000418673", "actrn"),
        ("catarsis", "other"),
        ("fast", "other"),
    ],
)
def test_an_id_tells_its_registry(trial_id, expected):
    assert scheme(trial_id) == expected
