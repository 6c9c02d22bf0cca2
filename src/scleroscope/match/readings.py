"""What is known of each trial's criteria: a person's reading, else the parser's, and the registry's bounds.

The parser and all that it needs are loaded only when something is read: readings are kept (`store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from scleroscope.model.criterion import Clause, Compare, Is
from scleroscope.model.study import AgeBound, EligibilityText, Study

if TYPE_CHECKING:
    from scleroscope.criteria.curated import CuratedReading

How = Literal["curated", "parsed"]


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One trial as matching sees it.

    `how` is None where neither a reviewed reading nor a text is there: its clauses are then at most the
    registry's own bounds on age and sex, which can rule a patient out but never in.
    """

    id: str
    title: str | None = None
    acronym: str | None = None
    status: str | None = None
    status_date: str | None = None  # when the status was last confirmed, as precise as registered
    url: str | None = None
    clauses: tuple[Clause, ...] = ()
    plain: tuple[str, ...] = ()  # each clause in our words
    how: How | None = None
    reviewed: str | None = None  # when a person read the criteria
    stale: bool = False  # the registry's text has changed since then


def readings(studies: Iterable[Study]) -> Iterator[Reading]:
    """Each study with its criteria, in the studies' order."""
    return map(reading, studies)


def reading(study: Study) -> Reading:
    """The study with its criteria; those of the registry's own fields are named R1, R2, R3."""
    from scleroscope.criteria.explain import explain
    from scleroscope.criteria.read import read

    registered = study.eligibility or EligibilityText()
    reviewed = _reviewed(study.id, registered.text)
    clauses: tuple[Clause, ...] = ()
    how: How | None = None
    if reviewed is not None and (reviewed.whole or not registered.text):
        how, clauses = "curated", reviewed.eligibility.clauses
    elif registered.text:
        reviewed, how, clauses = None, "parsed", read(registered.text).clauses
        # A text in which no criterion was found tells nothing.
        how = how if clauses else None
    else:
        reviewed = None
    # A curated file's bounds are lines of its own criteria.
    clauses = clauses if study.registry == "curated" else (*clauses, *bounds(registered))
    return Reading(
        id=study.id,
        title=study.title,
        acronym=study.acronym,
        status=study.status,
        status_date=None if study.status_date is None else str(study.status_date),
        url=study.url,
        clauses=clauses,
        plain=tuple(explain(clause.tree, clause.kind) for clause in clauses),
        how=how,
        reviewed=None if reviewed is None else reviewed.reviewed,
        stale=reviewed is not None and reviewed.stale is True,
    )


def _reviewed(trial: str, text: str | None) -> CuratedReading | None:
    from scleroscope.catalogue.shipped import shipped_trials
    from scleroscope.criteria.curated import curated

    entry = shipped_trials().get(trial)
    return None if entry is None or entry.eligibility is None else curated(entry.eligibility, text)


def bounds(registered: EligibilityText) -> tuple[Clause, ...]:
    """The registry's fields for age and sex as criteria.

    A highest age counts completed years, so one of 75 years takes in everybody who is not yet 76.
    """
    from scleroscope.criteria.explain import explain

    trees: list[Compare | Is] = []
    lowest, highest = _years(registered.minimum_age), _years(registered.maximum_age)
    if lowest is not None:
        trees.append(Compare(field="age", low=lowest))
    if highest is not None:
        trees.append(Compare(field="age", high=highest + 1, high_open=True))
    if registered.sex in ("female", "male"):
        trees.append(Is(field="sex", values=(registered.sex,)))
    return tuple(
        Clause(
            id=f"R{number}", kind="inclusion", text=explain(tree, "inclusion", "clinician"),
            start=0, end=0, tree=tree, reading="computable",
        )
        for number, tree in enumerate(trees, 1)
    )  # fmt: skip


def _years(bound: AgeBound | None) -> float | None:
    if bound is None or bound.age is None:
        return None
    from scleroscope.knowledge.units import convert

    try:
        return convert(bound.age.value, bound.age.unit, "years")
    except ValueError:
        return None  # a unit that is not of time binds nobody
