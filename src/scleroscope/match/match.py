"""One patient held against every trial: potentially eligible, possible, not known, ineligible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import Facts
from scleroscope.criteria.reasons import reason
from scleroscope.match.program import NO, UNKNOWN, YES, Answers, Program
from scleroscope.match.readings import How, Reading
from scleroscope.model.criterion import Clause, Kind

Verdict = Literal["eligible", "possible", "not_known", "ineligible"]
VERDICTS: tuple[Verdict, ...] = ("eligible", "possible", "not_known", "ineligible")
OPEN = ("recruiting", "not_yet_recruiting", "enrolling_by_invitation")


class Trials(NamedTuple):
    """The trials of a catalogue, ready for any number of patients."""

    readings: tuple[Reading, ...]
    program: Program
    trees: tuple[tuple[int, ...], ...]  # of each trial: the program's tree of each clause


def prepare(readings: Sequence[Reading]) -> Trials:
    """The readings with their criteria as one program."""
    program = Program(clause.tree for each in readings for clause in each.clauses)
    trees = tuple(tuple(program.places[clause.tree] for clause in each.clauses) for each in readings)
    return Trials(tuple(readings), program, trees)


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One criterion that stands in the way."""

    id: str
    kind: Kind
    plain: str  # the criterion in our words
    why: str  # the patient's facts that decide it
    words: str | None = None  # the registry's words, where the catalogue has them


class Nearest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trial's nearest site, a recruiting one where there is one."""

    distance_km: float
    site: str | None = None
    status: str | None = None


class TrialMatch(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one trial for one patient.

    `met`, `not_met` and `unknown` count criteria; `missing` are the facts that would settle the unknown
    ones, `not_understood` the criteria that no fact of the patient file could settle.
    """

    id: str
    title: str | None
    acronym: str | None
    verdict: Verdict
    status: str | None
    status_date: str | None
    open: bool  # takes patients now, will soon, or does by invitation
    url: str | None
    criteria_from: How | None
    reviewed: str | None
    stale: bool
    met: int
    not_met: int
    unknown: int
    missing: tuple[str, ...]
    not_understood: int
    reasons: tuple[Reason, ...]
    nearest: Nearest | None = None


def match(trials: Trials, known: Facts, near: Mapping[str, Nearest] | None = None) -> list[TrialMatch]:
    """Every trial's answer: those that are open first; then by verdict, fewest missing facts, distance.

    The distance is that of the nearest recruiting site. A status that is not known is not open.
    `near` tells the nearest site of the trials that have one.
    """
    answers = trials.program.answers(known)
    places = near or {}
    found = [
        _match(trials, number, known, answers, places.get(reading.id))
        for number, reading in enumerate(trials.readings)
    ]
    return sorted(found, key=_rank)


def counts(found: Sequence[TrialMatch]) -> dict[str, int]:
    """How many trials have each verdict."""
    by_verdict = Counter(each.verdict for each in found)
    return {verdict: by_verdict[verdict] for verdict in VERDICTS}


def verdict_of(reading: Reading, verdicts: Sequence[int]) -> Verdict:
    """A trial's verdict from its clauses': 0 not met, 1 unknown, 2 met."""
    if NO in verdicts:
        return "ineligible"
    if reading.how is None:
        return "not_known"
    return "possible" if UNKNOWN in verdicts else "eligible"


def seen(clause: Clause, answer: int) -> int:
    """A clause's verdict from its tree's answer: an exclusion that does not hold is met."""
    return answer if clause.kind == "inclusion" else YES - answer


def _rank(one: TrialMatch) -> tuple[bool, int, int, float, int, str]:
    recruiting = one.nearest is not None and one.nearest.status == "recruiting"
    distance = one.nearest.distance_km if one.nearest and recruiting else float("inf")
    return (
        not one.open, VERDICTS.index(one.verdict), len(one.missing), distance, one.not_understood, one.id,
    )  # fmt: skip


def _match(
    trials: Trials, number: int, known: Facts, answers: Answers, nearest: Nearest | None
) -> TrialMatch:
    reading, trees = trials.readings[number], trials.trees[number]
    verdicts = [
        seen(clause, answers.trees[tree]) for clause, tree in zip(reading.clauses, trees, strict=True)
    ]
    missing: dict[str, None] = {}
    not_understood = 0
    for verdict, tree in zip(verdicts, trees, strict=True):
        if verdict == UNKNOWN:
            fields = trials.program.missing(tree, answers)
            missing.update(dict.fromkeys(fields))
            not_understood += not fields
    return TrialMatch(
        id=reading.id,
        title=reading.title,
        acronym=reading.acronym,
        verdict=verdict_of(reading, verdicts),
        status=reading.status,
        status_date=reading.status_date,
        open=reading.status in OPEN,
        url=reading.url,
        criteria_from=reading.how,
        reviewed=reading.reviewed,
        stale=reading.stale,
        met=verdicts.count(YES),
        not_met=verdicts.count(NO),
        unknown=verdicts.count(UNKNOWN),
        missing=tuple(missing),
        not_understood=not_understood,
        reasons=tuple(
            reason_of(reading, place, known) for place, verdict in enumerate(verdicts) if verdict == NO
        ),
        nearest=nearest,
    )


def reason_of(reading: Reading, place: int, known: Facts) -> Reason:
    """Why the clause at a place stands in the way: our words, the patient's facts, the registry's words."""
    clause = reading.clauses[place]
    return Reason(
        id=clause.id,
        kind=clause.kind,
        plain=reading.plain[place],
        why=reason(clause.tree, known, evaluate(clause.tree, known)),
        words=words_of(reading, clause),
    )


def words_of(reading: Reading, clause: Clause) -> str | None:
    """The registry's words of a clause; None where the catalogue has only a reading or a field of its own."""
    return clause.text if reading.how == "parsed" and clause.end > clause.start else None
