"""The reader on texts that it was not built on: what it reaches now does not get worse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.criteria_accuracy import score

from scleroscope.criteria.read import read

FOLDER = Path(__file__).parent / "criteria_unseen"


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    probes = [json.loads(line) for line in (FOLDER / "probes.jsonl").read_text("utf-8").splitlines()]
    texts = {path.name: path.read_text("utf-8").split("\n", 1)[1] for path in FOLDER.glob("texts/*.txt")}
    return score(probes, texts, read)


def test_wrong_exclusions_on_unseen_texts_do_not_rise(figures: dict[str, float]) -> None:
    assert figures["wrong_exclusions"] == 0.0


def test_answers_on_unseen_texts_do_not_fall(figures: dict[str, float]) -> None:
    assert figures["exclusions_found"] >= 0.76
    assert figures["met_answered"] >= 0.76
    assert figures["unknown_kept"] >= 1.0
    assert figures["baselines_clean"] >= 1.0


def test_no_character_of_an_unseen_text_is_lost(figures: dict[str, float]) -> None:
    assert figures["characters_accounted_for"] == 1.0
