"""Whatever a text is made of, a wording is found where its words stand."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from scleroscope.knowledge.phrases import Phrases, plain

PHRASES = Phrases([("ab 1", "one"), ("b", "two"), ("ä c", "three")])
# U+FDFA and U+037A decompose into forms with spaces in them.
LETTERS = st.sampled_from(
    ["ab", "1", "b", "Ä", "a\u0308", "c", "x", " ", "-", "\n", "\ufdfa", "\u037a", "ﬁ", "²"]
)


@given(st.lists(LETTERS | st.characters(), max_size=30).map("".join))
@example("\ufdfa \u037a ab1, Ä-C and b")
def test_what_is_found_is_written_there(text: str) -> None:
    for found in PHRASES.find(text):
        assert found.matched == text[found.start : found.end]
        assert PHRASES.exact(found.matched) == found.id
    assert [found.id for found in PHRASES.find(text)] == PHRASES.ids(text)


def test_letters_that_decompose_into_words_do_not_shift_what_follows() -> None:
    assert [found.matched for found in PHRASES.find("\ufdfa \u037a ab-1")] == ["ab-1"]
    assert plain("\ufdfa") == plain("\ufdfa").replace(" ", "")
