"""Words and reading side by side: every word of the text is shown once, every part leads to its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi")

TEXT = """Inclusion Criteria:

* Age 18 to 70 years
* Diffuse cutaneous systemic sclerosis with mRSS >= 10 and wears purple hats

Exclusion Criteria:

* Pregnancy, breastfeeding or dialysis
"""


def test_each_part_leads_to_the_words_that_it_was_read_from() -> None:
    from scleroscope.api.criteria import text_criteria
    from scleroscope.web.criteria import rows

    found = {row.criterion.id: row for row in rows(text_criteria(TEXT), TEXT) if row.criterion}
    exclusion = found["E1"]
    assert exclusion.reading is not None
    assert [each.says for each in exclusion.reading.parts] == [
        "you are pregnant", "you are breastfeeding", "you are on dialysis",
    ]  # fmt: skip
    words = {number: piece.text for piece in exclusion.words for number in piece.marks}
    assert [words[(each.part or 0) + 1] for each in exclusion.reading.parts] == [
        "Pregnancy", "breastfeeding", "dialysis",
    ]  # fmt: skip


def test_only_words_that_were_not_read_are_marked_so() -> None:
    from scleroscope.api.criteria import text_criteria
    from scleroscope.web.criteria import rows

    unread = [p.text for row in rows(text_criteria(TEXT), TEXT) for p in row.words if p.unread]
    assert unread == ["wears purple hats"]


def test_a_denial_is_carried_down_to_what_it_denies() -> None:
    from scleroscope.api.spans import outline
    from scleroscope.criteria.notation import parse

    found = outline(parse("not (pregnant and mrss >= 10)"))
    assert found.how == "any"
    assert [each.says for each in found.parts] == [
        "you are not pregnant", "your skin score (mRSS, 0 to 51) is less than 10",
    ]  # fmt: skip


LINES = st.lists(
    st.text(st.sampled_from("Age 18 mRSS>=10% or, and no pregnancy*-(;.\n"), max_size=60), max_size=8
)


@given(LINES)
def test_no_word_of_a_text_is_lost_or_told_twice(lines: list[str]) -> None:
    from scleroscope.api.criteria import text_criteria
    from scleroscope.web.criteria import rows

    text = "Inclusion Criteria:\n" + "\n* ".join(lines)
    view = text_criteria(text)
    shown = "".join(piece.text for row in rows(view, text) for piece in row.words)
    inside = all(a.end <= b.start for a, b in zip(view.criteria, view.criteria[1:], strict=False))
    if inside and all(each.end > each.start for each in view.criteria):
        assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]
