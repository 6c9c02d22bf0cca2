"""One patient held against one study's criteria: met, not met or unknown, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

import msgspec

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import TREATMENTS, Facts, facts
from scleroscope.criteria.reasons import reason
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Clause,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Is,
    Kind,
    Not,
    Opaque,
    Taking,
)
from scleroscope.model.patient import Patient
from scleroscope.model.truth import Truth

Verdict = Literal["met", "not_met", "unknown"]
StudyVerdict = Literal["eligible", "possible", "ineligible"]


class ClauseJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one criterion, seen from the patient.

    `missing` are the fields that would have to be known; when it is empty and the verdict is
    unknown, the text itself was not understood.
    """

    id: str
    kind: Kind
    text: str
    start: int
    end: int
    verdict: Verdict
    why: str
    missing: tuple[str, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a study: ineligible if a criterion is not met, eligible if all are met."""

    verdict: StudyVerdict
    criteria: tuple[ClauseJudgement, ...]


def judge(eligibility: Eligibility, patient: Patient | Facts) -> Judgement:
    """All criteria of a study, held against one patient."""
    known = patient if isinstance(patient, Facts) else facts(patient)
    answers = tuple(judge_clause(clause, known) for clause in eligibility.clauses)
    verdicts = {answer.verdict for answer in answers}
    if "not_met" in verdicts:
        verdict: StudyVerdict = "ineligible"
    elif verdicts == {"met"}:
        verdict = "eligible"
    else:
        verdict = "possible"
    return Judgement(verdict=verdict, criteria=answers)


def judge_clause(clause: Clause, patient: Patient | Facts) -> ClauseJudgement:
    """One criterion: an exclusion that does not hold is met, an inclusion that does not is not met."""
    known = patient if isinstance(patient, Facts) else facts(patient)
    answer = evaluate(clause.tree, known)
    return ClauseJudgement(
        id=clause.id,
        kind=clause.kind,
        text=clause.text,
        start=clause.start,
        end=clause.end,
        verdict=verdict_of(answer, clause.kind),
        why=reason(clause.tree, known, answer),
        missing=missing(clause.tree, known) if answer is Truth.UNKNOWN else (),
    )


def verdict_of(answer: Truth, kind: Kind) -> Verdict:
    """What an answer means for the patient, by the kind of criterion."""
    if answer is Truth.UNKNOWN:
        return "unknown"
    return "met" if (answer is Truth.YES) == (kind == "inclusion") else "not_met"


def missing(tree: Criterion, patient: Patient | Facts) -> tuple[str, ...]:
    """The fields whose absence leaves the tree unknown, in the order of the tree."""
    known = patient if isinstance(patient, Facts) else facts(patient)
    return tuple(dict.fromkeys(_missing(tree, known)))


def _missing(tree: Criterion, known: Facts) -> Iterator[str]:
    if evaluate(tree, known) is not Truth.UNKNOWN:
        return
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from _missing(part, known)
        case Not(part=part):
            yield from _missing(part, known)
        case Has(field=field) | Is(field=field) | Compare(field=field):
            yield field
        case Taking():
            yield TREATMENTS
        case Opaque():
            return
        case _:
            assert_never(tree)
