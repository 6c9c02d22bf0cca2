"""The question *which trials for this patient, and why not the others?*

Everything stays on this machine: a patient's values are in the answer and nowhere else.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scleroscope.criteria.explain import question
from scleroscope.criteria.facts import facts
from scleroscope.criteria.judge import ClauseJudgement, judge_clause
from scleroscope.match.ask import Question, ask_next
from scleroscope.match.match import Nearest, TrialMatch, Trials, Verdict, counts, match, prepare, words_of
from scleroscope.match.store import kept_readings, kept_sample
from scleroscope.model.patient import Patient
from scleroscope.model.problem import BadRequest
from scleroscope.patients.answers import answered
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import may_be_record, read_patients
from scleroscope.patients.profile import patient as read_patient

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue
    from scleroscope.landscape.filters import Wanted
    from scleroscope.patients.books import Books

__all__ = [
    "DISCLAIMER",
    "Matches",
    "Nearest",
    "PatientError",
    "Question",
    "TrialMatch",
    "Verdict",
    "Why",
    "WhyCriterion",
    "answered",
    "match_patient",
    "one_patient",
    "sample",
    "trials",
    "understood",
    "why",
]

DISCLAIMER = (
    "This is no medical advice. Registry texts leave things out, and our reading of them can be wrong: "
    "only the team of a trial can say who may take part."
)


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """Every trial's answer for one patient, the most promising first; `counts` by verdict.

    Trials that are open come first. `as_of` is the newest day on which a status of the catalogue was
    confirmed, as precise as registered.
    """

    counts: dict[str, int]
    as_of: str | None
    trials: tuple[TrialMatch, ...]
    ask_next: tuple[Question, ...]
    notes: tuple[str, ...]
    disclaimer: str = DISCLAIMER


class WhyCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of a trial held against the patient; `ask` are the questions that would settle it."""

    id: str
    kind: str
    verdict: str
    plain: str
    why: str
    missing: tuple[str, ...]
    ask: tuple[str, ...]
    words: str | None


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """One trial criterion by criterion."""

    trial: TrialMatch
    criteria: tuple[WhyCriterion, ...]
    disclaimer: str = DISCLAIMER


def one_patient(path: Path) -> Patient:
    """The patient of a file; BadRequest when the file holds another number of them."""
    found = read_patients(path)
    if len(found) != 1:
        raise BadRequest(f"{path}: {len(found)} patients; this takes one (`scleroscope screen` takes many)")
    return found[0]


def books(path: Path) -> Books | None:
    """What was found in medical records, mapped and kept aside; nothing for files of our own formats."""
    if not may_be_record(path):
        return None
    from scleroscope.api import patients

    return patients.books(path)


def understood(path: Path) -> tuple[str, ...]:
    """What was understood of medical records, in a few lines; nothing for files of our own formats."""
    if not may_be_record(path):
        return ()
    from scleroscope.api.patients import notes

    return notes(path)


def trials(catalogue: Catalogue) -> Trials:
    """The criteria of all trials of a catalogue: kept in memory, and on disk between runs."""
    return _trials(catalogue.path, _state(catalogue.path), _Opened(catalogue))


def _state(path: Path) -> tuple[int, ...]:
    """Size and time of change of a catalogue's file and of its write-ahead log, where that holds anything."""
    log = path.with_name(path.name + "-wal")
    files = [file.stat() for file in (path, log) if file.exists()]
    return tuple(number for told in files if told.st_size for number in (told.st_size, told.st_mtime_ns))


class _Opened:
    """The catalogue of a call; equal to every other, so that it does not tell two calls apart."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Opened)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=2)
def _trials(path: Path, _now: tuple[int, ...], opened: _Opened) -> Trials:
    return prepare(kept_readings(path, opened.catalogue.studies))


@lru_cache(maxsize=8)
def _wanted(
    path: Path, now: tuple[int, ...], filters: tuple[tuple[str, str | tuple[str, ...]], ...], opened: _Opened
) -> tuple[Trials, tuple[str, ...]]:
    """The criteria of the trials that filters keep, and the filters' notes.

    Criteria of the others are not asked: of a few open trials among all, they would be most of the work.
    """
    from scleroscope.landscape.filters import select

    selection = select(opened.catalogue.trials(), dict(filters))
    kept = set(selection.trials["id"].to_list())
    readings = [each for each in _trials(path, now, opened).readings if each.id in kept]
    return prepare(readings), tuple(selection.notes)


def match_patient(
    catalogue: Catalogue,
    patient: Patient,
    *,
    near: str | None = None,
    within: str | None = None,
    recruiting: bool = False,
    wanted: Wanted | None = None,
) -> Matches:
    """Every trial of the catalogue for one patient.

    `near` is a town or `latitude,longitude` (without it the patient's own `place`), `within` a length
    (`200km`): then trials without a site so near are left out. `recruiting` keeps the trials whose status
    is recruiting, `wanted` are filters as of the overview. BadRequest on what cannot be meant.
    """
    filters = {
        name: value if isinstance(value, str) else tuple(value)
        for name, value in (wanted or {}).items()
        if value is not None
    }
    if recruiting:
        if filters.get("status"):
            raise BadRequest("--recruiting and --status ask for the same field: give one of them")
        filters["status"] = "recruiting"
    places, notes = _places(catalogue, patient, near, within)
    found = everything = trials(catalogue)
    if filters:
        asked = tuple(sorted(filters.items()))
        found, more = _wanted(catalogue.path, _state(catalogue.path), asked, _Opened(catalogue))
        notes += more
    answers = match(found, facts(patient), places)
    if within:
        from scleroscope.landscape.near import read_km

        most = read_km(within)
        here = [each for each in answers if each.nearest and each.nearest.distance_km <= most]
        nowhere = sum(each.nearest is None for each in answers)
        if nowhere:
            notes.append(f"{nowhere} trials left out because no site of theirs could be placed on the map")
        answers = here
    return Matches(
        counts=counts(answers),
        as_of=max((each.status_date for each in everything.readings if each.status_date), default=None),
        trials=tuple(answers),
        ask_next=tuple(ask_next(found, facts(patient), sample(), {each.id for each in answers})),
        notes=tuple(notes),
    )


@cache
def sample() -> tuple[Patient, ...]:
    """Virtual people with systemic sclerosis, whose frequencies say how likely each answer is."""
    return kept_sample(_drawn)


SAMPLED, SEED = 400, 2013


def _drawn() -> tuple[Patient, ...]:
    from scleroscope.design.population import draw_population
    from scleroscope.knowledge.fields import fields

    known = {*fields(), "id", "treatments", "complete"}
    rows = draw_population(SAMPLED, SEED).to_dicts()
    return tuple(read_patient(_stated({key: row[key] for key in row if key in known})) for row in rows)


def _stated(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is not stated, in its treatments too."""
    row["treatments"] = [
        {key: value for key, value in one.items() if value is not None} for one in row["treatments"] or ()
    ]
    return {key: value for key, value in row.items() if value is not None}


def _places(
    catalogue: Catalogue, patient: Patient, near: str | None, within: str | None
) -> tuple[dict[str, Nearest], list[str]]:
    """The nearest site of each trial that has one, and what could not be told."""
    if near is None and "place" not in patient.values:
        if within:
            raise BadRequest(
                "--within needs --near (or a place in the patient file): within that distance of what?"
            )
        return {}, []
    from scleroscope.landscape.near import find_place, nearest

    if near is not None:
        place = find_place(near)
    else:
        try:
            place = find_place(str(patient.values["place"]))
        except BadRequest:
            # What went wrong quotes the place, which is the patient's.
            advice = (
                "place: no one town of that name is known; say --near TOWN, COUNTRY or LATITUDE,LONGITUDE"
            )
            if within:
                raise BadRequest(advice) from None
            return {}, [advice]
    sites = catalogue.sites()
    if not sites.height:
        return {}, ["no distances: this catalogue lists no sites"]
    placed = nearest(catalogue.trials(), sites, place).nearest
    return {
        row["id"]: Nearest(distance_km=row["distance_km"], site=row["site"], status=row["site_status"])
        for row in placed.to_dicts()
    }, []


def why(catalogue: Catalogue, trial: str, patient: Patient) -> Why:
    """One trial, by id or acronym, criterion by criterion; what stands in the way first."""
    from scleroscope.api.search import find

    identity = find(catalogue, trial)
    found = trials(catalogue)
    place = next(number for number, each in enumerate(found.readings) if each.id == identity)
    reading, known = found.readings[place], facts(patient)
    answer = next(each for each in match(found, known) if each.id == identity)
    criteria = [
        _why(judge_clause(clause, known), plain, words_of(reading, clause))
        for clause, plain in zip(reading.clauses, reading.plain, strict=True)
    ]
    order = ("not_met", "unknown", "met")
    return Why(trial=answer, criteria=tuple(sorted(criteria, key=lambda one: order.index(one.verdict))))


def _why(judged: ClauseJudgement, plain: str, words: str | None) -> WhyCriterion:
    return WhyCriterion(
        id=judged.id,
        kind=judged.kind,
        verdict=judged.verdict,
        plain=plain,
        why=judged.why,
        missing=judged.missing,
        ask=tuple(question(field) for field in judged.missing),
        words=words,
    )
