from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scleroscope.knowledge.synonyms import expand_query


def terms(text):
    return [set(group.phrases) for group in expand_query(text)]


def test_a_target_brings_its_drugs():
    (il6,) = terms("IL6")
    assert {"tocilizumab", "sarilumab"} <= il6


def test_a_class_brings_its_members_and_an_organ_its_measures():
    il6, skin = terms("anti-IL6 skin")
    assert "tocilizumab" in il6
    assert {"mRSS", "skin thickening", "cutaneous"} <= skin


def test_a_drug_brings_its_brand_names():
    assert terms("Actemra") == [{"Actemra", "tocilizumab", "RoActemra"}]


def test_an_unknown_word_stands_for_itself():
    assert terms("zebra in Lyon") == [{"zebra"}, {"Lyon"}]


def test_the_own_words_come_first():
    assert all(group.phrases[0] == group.typed for group in expand_query("stem cell transplant, JAK or mRSS"))


@given(st.text(max_size=60))
def test_any_query_is_expanded(text):
    for group in expand_query(text):
        assert group.typed in text
        assert len({term.lower() for term in group.phrases}) == len(group.phrases)
