"""The questions *who of a cohort could enter which trial?* and *what if its criteria were others?*"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scleroscope.api.batches import in_order, parts_beside
from scleroscope.api.export import aside
from scleroscope.api.match import trials as readings_of
from scleroscope.api.search import find
from scleroscope.criteria.notation import parse
from scleroscope.match.masks import count_sets, masks, rows_of
from scleroscope.match.match import prepare
from scleroscope.match.readings import Reading
from scleroscope.match.screen import Counts, Found, Screened, Tally, counted, screen
from scleroscope.match.whatif import Drop, best_drops, mask_of, relaxed, verdicts
from scleroscope.model.criterion import Compare
from scleroscope.model.problem import BadRequest
from scleroscope.patients.cohort import BATCH, batches, check_names, read_batches, scan_table

if TYPE_CHECKING:
    from polars import DataFrame, LazyFrame

    from scleroscope.catalogue import Catalogue

    Cohort = Path | DataFrame | LazyFrame

__all__ = ["Drop", "Screened", "Screening", "WhatIf", "screen_cohort", "whatif"]


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
    cohort: Cohort,
    *,
    studies: Sequence[str] = (),
    out: Path | None = None,
    ignore: Sequence[str] = (),
    batch: int = BATCH,
    done: Callable[[int], None] | None = None,
) -> Screening:
    """Every patient of a cohort against all trials, or those named by id or acronym.

    `cohort` is a `.csv` or `.parquet` file or a Polars frame, a row a patient; it is read once, in batches,
    on all processors. `out` (`.parquet` or `.csv`) takes a row a patient and trial: id, trial, verdict, and
    two masks, in which bit i is the trial's criterion i. `done` is told how many patients are screened.
    BadRequest when the table breaks the contract; then, and when it is stopped, no file is left behind.
    """
    if out is not None and out.suffix.lower() not in (".parquet", ".csv"):
        raise BadRequest(f"{out}: end the name in .parquet or .csv")
    chosen, without = _chosen(catalogue, studies)
    trials = prepare(chosen)
    rows = _rows(cohort, ignore, chosen, batch)
    tallies = [Tally(reading) for reading in chosen]

    with parts_beside(out) as folder:

        def work(numbered: tuple[int, DataFrame]) -> tuple[int, list[Counts]]:
            number, patients = numbered
            screened: Iterable[tuple[Reading, Found]] = screen(patients, trials)
            if out is not None:
                screened = list(screened)
                rows_of(patients, screened, chosen).write_parquet(folder / f"{number:06d}.parquet")
            return patients.height, [counted(each) for _, each in screened]

        total = 0
        for patients, found in in_order(work, enumerate(rows)):
            for tally, counts in zip(tallies, found, strict=True):
                tally.add(counts)
            total += patients
            if done:
                done(total)
        if out is not None:
            aside(out, lambda place: _gather(folder, place, out.suffix.lower()))
    return Screening(
        patients=total, trials=tuple(tally.done() for tally in tallies), without_criteria=without
    )


def whatif(
    catalogue: Catalogue,
    trial: str,
    cohort: Cohort,
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
    as_it_is, changed = prepare((reading,)), prepare((other,))
    sets: Counter[tuple[int, int]] = Counter()
    changed_sets: Counter[tuple[int, int]] = Counter()
    for patients in _rows(cohort, ignore, (reading,), BATCH):
        for trials, kept in ((as_it_is, sets), (changed, changed_sets)):
            for _, found in screen(patients, trials):
                count_sets(masks(found, patients.height), kept)
    before, after = verdicts(sets), verdicts(changed_sets, dropped)
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


def _rows(
    cohort: Cohort, ignore: Sequence[str], chosen: Iterable[Reading], batch: int
) -> Iterator[DataFrame]:
    """The checked patients of a cohort; BadRequest where no column of it is one that a criterion looks at."""
    import polars as pl

    if isinstance(cohort, Path):
        _needed(scan_table(cohort, ignore), chosen, f"{cohort}: ")
        return read_batches(cohort, ignore, batch)
    frame = pl.DataFrame.lazy(cohort) if isinstance(cohort, pl.DataFrame) else cohort
    frame = frame.drop(ignore, strict=False)
    check_names(frame.collect_schema().names())
    _needed(frame, chosen, "")
    return batches(frame, batch)


def _needed(frame: LazyFrame, chosen: Iterable[Reading], where: str) -> None:
    """BadRequest when the cohort has no column that some criterion looks at: all would be unknown."""
    from scleroscope.criteria.compile import takings, used
    from scleroscope.knowledge.implications import sources

    trees = [clause.tree for reading in chosen for clause in reading.clauses]
    asked = sources({field for tree in trees for field in used(tree)})
    if any(takings(tree) for tree in trees):
        asked |= {"treatments", "complete"}
    if not asked & set(frame.collect_schema().names()):
        told = ", ".join(sorted(asked)[:5])
        raise BadRequest(f"{where}no column that a criterion looks at, such as {told}")


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
