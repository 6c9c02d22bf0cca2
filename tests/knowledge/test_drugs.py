from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scleroscope.knowledge import drugs


def found(text):
    return [(one.id, one.matched) for one in drugs.find(text)]


def test_brand_names_codes_and_spellings_are_one_drug():
    for text in ("Actemra", "ROACTEMRA®", "tocilizumab (RO4877533)"):
        assert {identity for identity, _ in found(text)} == {"tocilizumab"}


def test_hyphens_case_and_line_breaks_do_not_hide_a_drug():
    assert found("MYCOPHENOLATE\n      mofetil") == [("mycophenolate", "MYCOPHENOLATE\n      mofetil")]
    assert found("PDE-5 inhibitors")[0][0] == found("pde5 Inhibitor")[0][0] == "pde5_inhibitor"


def test_the_longest_wording_wins():
    assert [one for one, _ in found("endothelin receptor antagonists, biologic DMARDs")] == [
        "endothelin_receptor_antagonist",
        "biologic_dmard",
    ]


def test_words_are_whole():
    assert found("goldfish statement biologically") == []


def test_positions_are_those_of_the_text():
    text = "Prior use of  Rituximab  or bosentan."
    assert [text[one.start : one.end] for one in drugs.find(text)] == ["Rituximab", "bosentan"]


def test_a_class_expands_to_its_members_through_subclasses():
    biologics = drugs.expand("biologic")
    assert {"tocilizumab", "rituximab", "abatacept"} <= biologics
    assert drugs.expand("il6_inhibitor") < biologics
    assert "bosentan" not in biologics


def test_a_drug_expands_to_itself_and_an_unknown_id_to_nothing():
    assert drugs.expand("bosentan") == {"bosentan"}
    assert drugs.expand("no_such_drug") == frozenset()


def test_a_test_is_no_treatment_though_it_bears_a_drugs_name():
    assert found("positive interferon-gamma release assay") == []
    assert found("insulin-dependent diabetes, lupus anticoagulant, estrogen receptor") == []
    assert [one for one, _ in found("interferon gamma, insulin and anticoagulants")] == [
        "interferon_gamma",
        "insulin",
        "anticoagulant",
    ]


def test_exercise_in_running_text_is_not_a_treatment():
    assert found("dyspnoea on exercise") == []
    assert [one.id for one in drugs.find_drugs("Aerobic exercise")] == ["exercise"]


@given(st.text(max_size=200))
def test_any_text_is_searched_and_positions_agree(text):
    for one in drugs.find(text):
        assert text[one.start : one.end] == one.matched


@given(st.text(max_size=40), st.sampled_from(["tocilizumab", "bosentan", "MMF"]), st.text(max_size=40))
def test_a_known_name_among_other_words_is_found(before, drug, after):
    matched = {one.matched for one in drugs.find(f"{before} ; {drug} ; {after}")}
    assert any(drug in one for one in matched)
