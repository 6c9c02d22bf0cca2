"""Laws of splitting: nothing is lost, whatever the text."""

from __future__ import annotations

import gzip
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scleroscope.criteria.normal import normal
from scleroscope.criteria.split import split

_SNIPPETS = st.sampled_from(
    ["Inclusion Criteria:", "exclusion criteria", "* ", "- ", "1. ", "2. ", "a) ", "(i) ",
     "\n", "\r\n", "  ", ": ",
     "≥ 18", "&gt;= 5", "</= 60", "\u200f", "\u00a0", "\x00", "FVC", "ﬁbrosis", "İ", "۱۸",
     "mRSS 10–35", "[cut]", ". ",
     "(", ")", "e.g. ", "; or", "Patients with", "\\<", "½", "\ufeff", "𝐇𝐈𝐕", "硬皮病",
     "--Disease Characteristics--", "Sex: All", "Minimum Age: 18"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_SNIPPETS, max_size=40).map("".join))


def _assert_accounted(text: str) -> None:
    pieces = split(text)
    plain = normal(text)
    position = 0
    for number, piece in enumerate(pieces):
        assert not plain[position : piece.start].strip(), "characters between pieces"
        assert piece.start <= piece.body <= piece.end
        assert piece.start < piece.end
        assert piece.parent is None or piece.parent < number
        position = piece.end
    assert not plain[position:].strip(), "characters behind the last piece"


@settings(deadline=None)  # the first text compiles the vocabulary
@given(_TEXTS)
def test_every_character_belongs_to_exactly_one_piece(text: str) -> None:
    _assert_accounted(text)


@settings(deadline=None)  # the first text compiles the vocabulary
@given(_TEXTS)
def test_the_normal_form_is_as_long_as_the_text(text: str) -> None:
    assert len(normal(text)) == len(text)


@pytest.mark.parametrize(
    "unit", ["1. ", "* ", "(", "[]", "a ", "Inclusion criteria: ", "- a\n", ">= ", "9", "\n", "i) ", "A. B "]
)
def test_a_text_of_200_000_characters_takes_linear_time(unit: str) -> None:
    small, large = unit * (20_000 // len(unit)), unit * (200_000 // len(unit))
    begin = time.process_time()
    _assert_accounted(small)
    middle = time.process_time()
    _assert_accounted(large)
    end = time.process_time()
    assert end - middle < max(1.0, 30 * (middle - begin))


def texts(shared: Path) -> list[str]:
    """Every eligibility text among the real records."""
    found: list[str] = []
    with gzip.open(shared / "data/bulk/eligibility.jsonl.gz", "rt", encoding="utf-8") as lines:
        found += [json.loads(line)["eligibilityCriteria"] or "" for line in lines]
    for line in (shared / "data/ssc/pages_eligibility.jsonl").read_text().splitlines():
        found.append(json.loads(line)["eligibilityModule"].get("eligibilityCriteria") or "")
    for folder in ("xml", "xml_transcribed"):
        for path in sorted((shared / "data/ssc" / folder).glob("*.xml")):
            found += re.findall(r"<criteria>(.*?)</criteria>", path.read_text(errors="replace"), re.DOTALL)
    found += [path.read_text() for path in sorted((shared / "criteria/texts").glob("*.txt"))]
    return found


@pytest.mark.shared
def test_every_character_of_every_real_text_is_accounted_for(shared: Path) -> None:
    found = texts(shared)
    assert len(found) > 11_000
    for text in found:
        _assert_accounted(text)
