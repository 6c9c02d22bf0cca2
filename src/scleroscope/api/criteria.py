"""Eligibility text as criteria, and patients held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from scleroscope.criteria.check import Finding, check
from scleroscope.criteria.curated import CuratedReading, curated
from scleroscope.criteria.explain import explain
from scleroscope.criteria.gaps import Gap, Gaps, gaps
from scleroscope.criteria.judge import Judgement, judge
from scleroscope.criteria.notation import format_tree
from scleroscope.criteria.read import read
from scleroscope.model.criterion import Clause, Criterion, Eligibility, Kind, Reading
from scleroscope.model.problem import BadRequest, NotFound
from scleroscope.patients.profile import read_patients

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue

__all__ = [
    "READINGS",
    "CriteriaView",
    "CriterionView",
    "Gap",
    "Gaps",
    "Origin",
    "curated_reading",
    "export",
    "match_text",
    "text_criteria",
    "trial_criteria",
    "unread",
    "view",
]

READINGS: tuple[Reading, ...] = ("computable", "partly", "opaque", "procedural")


class CriterionView(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion: the text's words and place, our reading of it in three forms."""

    id: str
    kind: Kind
    text: str
    start: int
    end: int
    reading: Reading
    plain: str
    notation: str
    tree: Criterion


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a program or a person read the text; of a person's reading when, from what, still current?"""

    how: Literal["parsed", "curated"]
    reviewed: str | None = None
    sources: tuple[str, ...] = ()
    whole: bool = True
    stale: bool | None = None


class CriteriaView(msgspec.Struct, frozen=True, kw_only=True):
    """All criteria of one text or trial, and how much of them is understood."""

    criteria: tuple[CriterionView, ...]
    coverage: dict[str, int]
    origin: Origin
    findings: tuple[Finding, ...] = ()  # what is wrong with the criteria themselves

    def eligibility(self) -> Eligibility:
        """The criteria without words and counts."""
        return Eligibility(
            clauses=tuple(
                Clause(
                    id=one.id,
                    kind=one.kind,
                    text=one.text,
                    start=one.start,
                    end=one.end,
                    tree=one.tree,
                    reading=one.reading,
                )
                for one in self.criteria
            )
        )


def export(found: CriteriaView, form: str, name: str) -> str:
    """The criteria for another system: json, schema, cql, fhir-r4, fhir-r5 or ti (SDTM, CSV)."""
    from scleroscope.criteria.exchange import cql, fhir, own, sdtm

    eligibility = found.eligibility()
    match form:
        case "json":
            return own.to_json(eligibility).decode()
        case "schema":
            return msgspec.json.format(msgspec.json.encode(own.schema())).decode()
        case "cql":
            return cql.to_cql(eligibility, name)
        case "fhir-r4" | "fhir-r5":
            group = fhir.to_group(eligibility, name, "R4" if form == "fhir-r4" else "R5")
            return msgspec.json.format(msgspec.json.encode(group)).decode()
        case "ti":
            return sdtm.to_ti(eligibility, name)
        case _:
            raise BadRequest(f"no such form: {form}; one of json, schema, cql, fhir-r4, fhir-r5, ti")


def text_criteria(text: str) -> CriteriaView:
    """The criteria of an eligibility text; start and end count characters of the text.

    >>> text_criteria("").coverage["criteria"]
    0
    """
    return view(read(text), Origin(how="parsed"))


def trial_criteria(trial: str, text: str | None) -> CriteriaView:
    """The criteria of a trial: the reviewed reading where there is one, else what the parser makes of `text`.

    A reviewed reading of part of the list gives way to a text. NotFound when there is neither.
    """
    reading = curated_reading(trial, text)
    if reading is not None and (reading.whole or not text):
        origin = Origin(
            how="curated",
            reviewed=reading.reviewed,
            sources=reading.sources,
            whole=reading.whole,
            stale=reading.stale,
        )
        return view(reading.eligibility, origin)
    if not text:
        raise NotFound(f"{trial}: no eligibility text and no reviewed reading of it")
    return text_criteria(text)


def curated_reading(trial: str, text: str | None = None) -> CuratedReading | None:
    """The reviewed reading of a trial's criteria; None when there is none."""
    from scleroscope.catalogue.shipped import shipped_trials

    entry = shipped_trials().get(trial)
    return None if entry is None or entry.eligibility is None else curated(entry.eligibility, text)


def view(eligibility: Eligibility, origin: Origin) -> CriteriaView:
    """An eligibility with plain words, notation and counts."""
    counts = Counter(clause.reading for clause in eligibility.clauses)
    return CriteriaView(
        criteria=tuple(_view(clause) for clause in eligibility.clauses),
        coverage={
            "criteria": len(eligibility.clauses),
            **{reading: counts[reading] for reading in READINGS},
        },
        origin=origin,
        findings=tuple(check(eligibility)),
    )


def _view(clause: Clause) -> CriterionView:
    return CriterionView(
        id=clause.id,
        kind=clause.kind,
        text=clause.text,
        start=clause.start,
        end=clause.end,
        reading=clause.reading,
        plain=explain(clause.tree, clause.kind),
        notation=format_tree(clause.tree),
        tree=clause.tree,
    )


def unread(catalogue: Catalogue, trials: Collection[str] | None = None) -> Gaps:
    """The wordings of a catalogue's criteria that are not understood yet, those of most trials first.

    Numbers are written as #, so that thresholds of one wording count together; procedural text
    (consent, willingness) is no gap. `trials`: only of these.
    """
    from scleroscope.match.store import kept_readings

    kept = kept_readings(catalogue.path, catalogue.studies)
    return gaps(
        (each.id, Eligibility(clauses=each.clauses)) for each in kept if trials is None or each.id in trials
    )


def match_text(patients: Path, text: str) -> Iterator[Judgement]:
    """Each patient of the file held against one eligibility text, in the file's order.

    BadRequest when the patient file breaks its contract.
    """
    known = read_patients(patients)
    eligibility = read(text)
    return (judge(eligibility, patient) for patient in known)
