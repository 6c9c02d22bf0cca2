"""Laws of reading: no text crashes it, every character is accounted for, and it stays linear."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scleroscope.criteria.normal import normal
from scleroscope.criteria.read import read
from scleroscope.criteria.split import split
from scleroscope.model.criterion import Clause, Criterion

_WORDS = st.sampled_from(
    [
     "Inclusion Criteria:", "Exclusion Criteria:", "* ", "\n- ", "1. ", "age", "≥", "18", "years",
     "or older", "mRSS", "of", "15", "to", "40", "between", "and", "or", ",", "no", "without",
     "history of", "rituximab", "within", "6 months", "prior to screening", "5 half-lives", "for",
     "at least", "prednisone", "10 mg/day", "(", ")", "stable", "HIV", "hepatitis B", "except",
     "unless", "if", "such as", "defined as", "i.e.", "FVC", "<", "50%", "of predicted", "x ULN", "ALT",
     "160/100 mmHg", "NYHA class", "III", "one of the following:", "at least two of", "women",
     "of childbearing potential", "must", "allowed", "first symptom", "other than", "Raynaud",
     "disease duration", "since", "diffuse", "limited", "2013", "ACR/EULAR", "LeRoy", "criteria", ":",
     ";", ".", "whose", "glorp", "+", "/", "-", "≤", "=", "&lt;", "\u200f", "½"
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=150), st.lists(_WORDS, max_size=40).map(" ".join))


@settings(deadline=None)  # the first text compiles the vocabulary
@given(_TEXTS)
def test_no_text_crashes_the_reader_and_every_leaf_lies_in_its_criterion(text: str) -> None:
    for clause in read(text).clauses:
        assert text[clause.start : clause.end] == clause.text
        assert all(clause.start <= start <= end <= clause.end for start, end in _spans(clause.tree))


@settings(deadline=None)  # the first text compiles the vocabulary
@given(_TEXTS)
def test_every_character_is_in_one_criterion_or_heading(text: str) -> None:
    plain = normal(text)
    places = [(clause.start, clause.end) for clause in read(text).clauses]
    places += [(piece.start, piece.end) for piece in split(text) if piece.role == "heading"]
    position = 0
    for start, end in sorted(places):
        assert not plain[position:start].strip(), "characters in no criterion"
        assert start >= position, "characters in two criteria"
        position = end
    assert not plain[position:].strip()


def _spans(tree: Criterion) -> list[tuple[int, int]]:
    parts = getattr(tree, "parts", None) or ([tree.part] if hasattr(tree, "part") else [])
    own = [(tree.span.start, tree.span.end)] if tree.span else []
    return own + [span for part in parts for span in _spans(part)]


@pytest.mark.parametrize(
    "unit",
    ["age > 18 or ", "(", "no ", "rituximab, ", "1. FVC < 5 ", "- HIV\n", "if ", "at least one of ",
     "first symptom ", "except ", "ACR or ", "160/100 ", "2013 ", "i.e. ", "≥ 5 and "],
)  # fmt: skip
def test_a_text_of_200_000_characters_is_read_in_linear_time(unit: str) -> None:
    small, large = unit * (20_000 // len(unit)), unit * (200_000 // len(unit))
    read("warm up: age > 18")
    begin = time.process_time()
    read(small)
    middle = time.process_time()
    read(large)
    end = time.process_time()
    assert end - middle < max(2.0, 30 * (middle - begin))


def test_a_line_of_200_000_characters_is_kept_whole() -> None:
    text = "Exclusion Criteria: " + "glorp " * 33_330
    (clause,) = read(text).clauses
    assert clause.reading == "opaque"
    assert clause.end == len(text.rstrip())


@pytest.mark.shared
@pytest.mark.slow
def test_every_real_text_is_read(shared: Path) -> None:
    counted = 0
    with gzip.open(shared / "data/bulk/eligibility.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["eligibilityCriteria"] or ""
            clauses = read(text).clauses
            _assert_in_order(text, clauses)
            counted += len(clauses)
    assert counted > 100_000


def _assert_in_order(text: str, clauses: tuple[Clause, ...]) -> None:
    position = 0
    for clause in clauses:
        assert position <= clause.start < clause.end <= len(text)
        position = clause.end
