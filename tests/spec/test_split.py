"""How eligibility texts fall into pieces, layout by layout."""

from __future__ import annotations

import pytest

from scleroscope.criteria.split import split


def _pieces(text: str) -> list[tuple[str, str]]:
    return [(p.kind[:2], text[p.body : p.end]) for p in split(text) if p.role == "criterion"]


LAYOUTS = {
    "bullets on lines": (
        "Inclusion Criteria:\n\n - Age 18 or over\n\n - SSc\n\nExclusion Criteria:\n\n - HIV\n",
        [("in", "Age 18 or over"), ("in", "SSc"), ("ex", "HIV")],
    ),
    "bullets in one line": (
        "Inclusion Criteria: * Age 18 or over * SSc Exclusion Criteria: * HIV",
        [("in", "Age 18 or over"), ("in", "SSc"), ("ex", "HIV")],
    ),
    "numbers in one line": (
        "Key inclusion criteria: 1. Age of 18 or over 2. A score of 3. or 4 points 3. SSc",
        [("in", "Age of 18 or over"), ("in", "A score of 3. or 4 points"), ("in", "SSc")],
    ),
    "wrapped lines": (
        "Inclusion Criteria:\n\n   -  FVC in the last months\n      before screening\n\n   -  SSc\n",
        [("in", "FVC in the last months\n      before screening"), ("in", "SSc")],
    ),
    "no heading": (
        "1. Written consent.\n2. Adult.\nExclusion:\n1. HIV",
        [("in", "Written consent."), ("in", "Adult."), ("ex", "HIV")],
    ),
    "no bullets": (
        "Inclusion Criteria:\nDiffuse disease\nAge over 18\nExclusion Criteria\nPregnancy\n",
        [("in", "Diffuse disease"), ("in", "Age over 18"), ("ex", "Pregnancy")],
    ),
    "old headings": (
        "PROTOCOL ENTRY CRITERIA:\n\n - Morphea\n\nPatients with the following are excluded:\n\n - Stroke",
        [("in", "Morphea"), ("ex", "Stroke")],
    ),
    "prose": (
        "Inclusion Criteria:\nRaynaud's of both hands. Adults who can travel, e.g. by train. SSc.",
        [("in", "Raynaud's of both hands."), ("in", "Adults who can travel, e.g. by train."), ("in", "SSc.")],
    ),
    "odd bullets": (
        "Exclusion Criteria\n• HIV\n◦ Stroke\n– Cancer",
        [("ex", "HIV"), ("ex", "Stroke"), ("ex", "Cancer")],
    ),
    "escaped": (
        "Inclusion Criteria: 1. \\- Adults 2. \\- SSc of the skin",
        [("in", "Adults"), ("in", "SSc of the skin")],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_entry_is_found_under_its_heading(layout: str) -> None:
    text, expected = LAYOUTS[layout]
    assert _pieces(text) == expected


def test_a_nested_entry_knows_what_it_stands_under() -> None:
    text = "Exclusion Criteria:\n  1. Any of these:\n    a. HIV\n    b. Stroke\n  2. Cancer"
    pieces = split(text)
    assert [piece.parent for piece in pieces] == [None, None, 1, 1, None]


def test_a_numbered_list_within_a_numbered_entry_is_nested() -> None:
    text = "1. Adults with SSc. 2. One of the following: 1. Rubs, or 2. New skin 3. Consent was given."
    pieces = split(text)
    assert [piece.parent for piece in pieces[:4]] == [None, None, 1, 1]


def test_a_remark_behind_the_text_is_no_part_of_the_last_entry() -> None:
    text = "Exclusion Criteria: * HIV infec [cut here]"
    assert _pieces(text) == [("ex", "HIV infec")]
    assert text[split(text)[-1].start : split(text)[-1].end] == "[cut here]"


def test_empty_text_has_no_pieces() -> None:
    assert split("") == []
    assert split(" \n\t ") == []


@pytest.mark.parametrize(
    "entry",
    [
        "- Sneezing within the three\n  months before inclusion",
        "- Hiccups at inclusion",
        "- Whatever makes a person\n  unsuitable for inclusion in the study",
        "- Guests\n  who may require a nap",
        "- Previous inclusion in the study",
        "- Anything else found at the\n  inclusion visit",
        "- Yawning, lifetime exclusion from the choir",
    ],
)
def test_a_line_that_ends_a_sentence_never_turns_the_list_round(entry: str) -> None:
    text = f"Exclusion Criteria:\n{entry}\n- Cold feet\n- Warm hands"
    found = [
        (piece.kind, text[piece.start : piece.end]) for piece in split(text) if piece.role == "criterion"
    ]
    assert found == [("exclusion", entry), ("exclusion", "- Cold feet"), ("exclusion", "- Warm hands")]


@pytest.mark.parametrize(
    "title",
    ["Reasons for exclusion", "Who should not take part?", "Exclusions related to habits", "C. Exclusion"],
)
def test_titles_in_other_words_still_begin_the_other_list(title: str) -> None:
    text = f"Inclusion Criteria:\n- Cold feet\n{title}\n- Warm hands"
    assert [piece.kind for piece in split(text) if piece.role == "criterion"] == ["inclusion", "exclusion"]
