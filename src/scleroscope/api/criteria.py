"""Eligibility text as criteria, and patients held against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scleroscope.criteria.judge import Judgement, judge
from scleroscope.criteria.read import read
from scleroscope.model.criterion import Eligibility
from scleroscope.patients.profile import read_patients


def read_criteria(text: str) -> Eligibility:
    """The criteria of an eligibility text, in order; start and end count characters of the text."""
    return read(text)


def match_text(patients: Path, text: str) -> Iterator[Judgement]:
    """Each patient of the file held against one eligibility text, in the file's order.

    BadRequest when the patient file breaks its contract.
    """
    known = read_patients(patients)
    eligibility = read(text)
    return (judge(eligibility, patient) for patient in known)
