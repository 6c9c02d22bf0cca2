"""The questions *who of a cohort could enter which trial?* and *what if its criteria were others?*"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scleroscope.api.export import aside
from scleroscope.api.match import trials as readings_of
from scleroscope.api.search import find
from scleroscope.criteria.notation import parse
from scleroscope.match.masks import count_sets, masks, rows_of
from scleroscope.match.match import prepare
from scleroscope.match.readings import Reading
from scleroscope.match.screen import Screened, Tally, screen
from scleroscope.match.whatif import Drop, best_drops, mask_of, relaxed, verdicts
from scleroscope.model.criterion import Compare
from scleroscope.model.problem import BadRequest
from scleroscope.patients.cohort import batches, open_cohort

if TYPE_CHECKING:
    from polars import LazyFrame

    from scleroscope.catalogue import Catalogue

__all__ = ["Drop", "Screened", "Screening", "WhatIf", "screen_cohort", "whatif"]

BATCH = 50_000  # patients at a time


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort against trials: one result a trial; `without_criteria` are trials of which none are known."""

    patients: int
    trials: tuple[Screened, ...]
    without_criteria: tuple[str, ...]


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """A trial as it is and with other criteria; `gained` are the patients whom nothing rules out any more."""

    trial: str
    patients: int
    dropped: tuple[str, ...]
    relaxed: tuple[str, ...]
    before: dict[str, int]
    after: dict[str, int]
    gained: int
    best: tuple[Drop, ...]


def screen_cohort(
    catalogue: Catalogue,
    cohort: Path,
    *,
    studies: Sequence[str] = (),
    out: Path | None = None,
    ignore: Sequence[str] = (),
    batch: int = BATCH,
    done: Callable[[int], None] | None = None,
) -> Screening:
    """Every patient of a `.csv` or `.parquet` table against all trials, or those named by id or acronym.

    `out` (`.parquet` or `.csv`) takes a row a patient and trial: id, trial, verdict, and two masks, in
    which bit i is the trial's criterion i. `done` is told how many patients are screened. BadRequest when
    the table breaks the contract; then, and when it is stopped, no file is left behind.
    """
    if out is not None and out.suffix.lower() not in (".parquet", ".csv"):
        raise BadRequest(f"{out}: end the name in .parquet or .csv")
    chosen, without = _chosen(catalogue, studies)
    ready = open_cohort(cohort, ignore)
    _needed(cohort, ready, chosen)
    trials = prepare(chosen)
    tallies = {reading.id: Tally(reading) for reading in chosen}
    total = 0
    with tempfile.TemporaryDirectory(dir=out.parent if out else None, prefix=".screening-") as folder:
        for number, patients in enumerate(batches(ready, batch)):
            found = list(screen(patients, trials))
            for reading, each in found:
                tallies[reading.id].add(each)
            if out is not None:
                rows_of(patients, found, chosen).write_parquet(Path(folder) / f"{number:06d}.parquet")
            total += patients.height
            if done:
                done(total)
        if out is not None:
            aside(out, lambda place: _gather(Path(folder), place, out.suffix.lower()))
    return Screening(
        patients=total,
        trials=tuple(tallies[reading.id].done() for reading in chosen),
        without_criteria=without,
    )


def whatif(
    catalogue: Catalogue,
    trial: str,
    cohort: Path,
    *,
    drop: Sequence[str] = (),
    relax: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> WhatIf:
    """One trial's verdicts over a cohort when criteria fall (`E4`) or bounds change (`mrss >= 10`)."""
    (reading,), _ = _chosen(catalogue, (trial,))
    if reading.how is None:
        raise BadRequest(f"{reading.id}: only bounds on age and sex are known here, no criteria")
    dropped = mask_of(reading, drop)
    other = reading
    for rule in relax:
        other = relaxed(other, _rule(rule))
    ready = open_cohort(cohort, ignore)
    _needed(cohort, ready, (reading,))
    sets: Counter[tuple[int, int]] = Counter()
    changed: Counter[tuple[int, int]] = Counter()
    for patients in batches(ready, BATCH):
        for one, counted in ((prepare((reading,)), sets), (prepare((other,)), changed)):
            for _, found in screen(patients, one):
                count_sets(masks(found, patients.height), counted)
    before, after = verdicts(sets), verdicts(changed, dropped)
    return WhatIf(
        trial=reading.id,
        patients=sum(sets.values()),
        dropped=tuple(drop),
        relaxed=tuple(relax),
        before=before,
        after=after,
        gained=before["ineligible"] - after["ineligible"],
        best=best_drops(reading, sets),
    )


def _chosen(catalogue: Catalogue, studies: Sequence[str]) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """The trials that were asked for, those with criteria apart from those without."""
    found = readings_of(catalogue).readings
    if studies:
        wanted = {find(catalogue, study) for study in studies}
        found = tuple(reading for reading in found if reading.id in wanted)
    known = tuple(reading for reading in found if reading.clauses)
    without = tuple(reading.id for reading in found if not reading.clauses)
    if not known:
        raise BadRequest(f"no criteria are known here of {', '.join(without[:5]) or 'any trial'}")
    return known, without


def _needed(cohort: Path, ready: LazyFrame, chosen: Iterable[Reading]) -> None:
    """BadRequest when the cohort has no column that some criterion looks at: all would be unknown."""
    from scleroscope.criteria.compile import takings, used
    from scleroscope.knowledge.implications import sources

    trees = [clause.tree for reading in chosen for clause in reading.clauses]
    asked = sources({field for tree in trees for field in used(tree)})
    if any(takings(tree) for tree in trees):
        asked |= {"treatments", "complete"}
    if not asked & set(ready.collect_schema().names()):
        raise BadRequest(
            f"{cohort}: no column that a criterion looks at, such as {', '.join(sorted(asked)[:5])}"
        )


def _rule(text: str) -> Compare:
    tree = parse(text)
    if not isinstance(tree, Compare):
        raise BadRequest(f'--relax {text}: write bounds of one number, such as "fvc_percent_predicted >= 45"')
    return tree


def _gather(folder: Path, place: Path, suffix: str) -> None:
    import polars as pl

    parts = pl.scan_parquet(sorted(folder.glob("*.parquet")))
    if suffix == ".csv":
        parts.sink_csv(place)
    else:
        parts.sink_parquet(place)
