"""The questions *who of a cohort could enter which trial?* and *what if its criteria were others?*"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import numpy as np

from scleroscope.api.batches import in_order, parts_beside
from scleroscope.api.cohorts import Cohort, Source, needed, source
from scleroscope.api.export import aside
from scleroscope.api.match import trials as readings_of
from scleroscope.api.search import find
from scleroscope.criteria.notation import parse
from scleroscope.match.elsewhere import counted_elsewhere, masks_elsewhere
from scleroscope.match.masks import Masks, count_sets, masks, rows_of
from scleroscope.match.match import prepare
from scleroscope.match.readings import Reading
from scleroscope.match.screen import Counts, Drop, Screened, Tally, Together, counted, screen
from scleroscope.match.whatif import best_drops, mask_of, most_together, relaxed, verdicts
from scleroscope.model.criterion import Compare
from scleroscope.model.problem import BadRequest
from scleroscope.patients.cohort import BATCH
from scleroscope.patients.elsewhere import ready

if TYPE_CHECKING:
    from polars import DataFrame

    from scleroscope.catalogue import Catalogue

__all__ = ["Drop", "Screened", "Screening", "Together", "WhatIf", "screen_cohort", "whatif"]


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
    table: str | None = None,
    sets: bool = False,
    batch: int = BATCH,
    done: Callable[[int], None] | None = None,
) -> Screening:
    """Every patient of a cohort against all trials, or those named by id or acronym.

    `cohort` is a `.csv` or `.parquet` file, FHIR or OMOP, a table of a DuckDB file (`table` names it where
    there are several), a Polars, pandas or Arrow table, or a DuckDB relation: read once, in batches, on all
    processors. What Narwhals knows lazily (a Spark DataFrame) is screened where it lives. `out` (`.parquet`
    or `.csv`) takes a row a patient and trial: id, trial, verdict, and two masks, in which bit i is the
    trial's criterion i. `sets` also counts which criteria rule out together.
    `done` is told how many patients are screened.
    BadRequest when the table breaks the contract; then, and when it is stopped, no file is left behind.
    """
    if out is not None and out.suffix.lower() not in (".parquet", ".csv"):
        raise BadRequest(f"{out}: end the name in .parquet or .csv")
    chosen, without = _chosen(catalogue, studies)
    tallies = {reading.id: Tally(reading) for reading in chosen}
    together: dict[str, Counter[tuple[int, int]]] = {reading.id: Counter() for reading in chosen if sets}
    with parts_beside(out) as folder:
        place = source(cohort, ignore, table)
        for patients, found in _counted(place, chosen, out and folder, batch, sets=sets):
            for reading, counts, held in found:
                tallies[reading.id].add(counts)
                if sets and held:
                    count_sets(held, together[reading.id])
            if done:
                done(patients)
        if out is not None:
            aside(out, lambda place: _gather(folder, place, out.suffix.lower()))
    told = tuple(_with_sets(tally, together.get(name)) for name, tally in tallies.items())
    return Screening(patients=told[0].patients, trials=told, without_criteria=without)


Counted = Iterable[tuple[Reading, Counts, Masks | None]]


def _with_sets(tally: Tally, sets: Counter[tuple[int, int]] | None) -> Screened:
    done = tally.done()
    if not sets:
        return done
    best, together = best_drops(tally.reading, sets, 3), most_together(tally.reading, sets)
    return msgspec.structs.replace(done, best=best, together=together)


def _counted(
    cohort: Source, chosen: Sequence[Reading], parts: Path | None, size: int, *, sets: bool
) -> Iterator[tuple[int, Counted]]:
    """The counts of each trial, and of how many patients; rows go into `parts` if there is one."""
    needed(cohort, chosen)
    if isinstance(cohort.found, nw.LazyFrame):
        frame = ready(cohort.found)
        yield 0, ((reading, counts, None) for reading, counts in counted_elsewhere(frame, chosen))
        if parts or sets:
            for number, (ids, reading, held) in enumerate(masks_elsewhere(frame, chosen)):
                if parts:
                    rows_of(ids, [(reading, held)], chosen).write_parquet(parts / f"{number:06d}.parquet")
                if sets:
                    nobody = Counts(0, 0, 0, np.zeros((len(reading.clauses), 4), dtype=np.int64))
                    yield ids.height, [(reading, nobody, held)]
        return
    trials = prepare(chosen)

    def work(numbered: tuple[int, DataFrame]) -> tuple[int, Counted]:
        number, patients = numbered
        counts: list[tuple[Reading, Counts, Masks | None]] = []
        for reading, found in screen(patients, trials):
            held = masks(found, patients.height) if parts or sets else None
            counts.append((reading, counted(found), held))
        if parts:
            rows = rows_of(patients, ((one, held) for one, _, held in counts if held), chosen)
            rows.write_parquet(parts / f"{number:06d}.parquet")
        return patients.height, counts

    total = 0
    for patients, found in in_order(work, enumerate(cohort.batches(size))):
        total += patients
        yield total, found


def whatif(
    catalogue: Catalogue,
    trial: str,
    cohort: Cohort,
    *,
    drop: Sequence[str] = (),
    relax: Sequence[str] = (),
    ignore: Sequence[str] = (),
    table: str | None = None,
) -> WhatIf:
    """One trial's verdicts over a cohort when criteria fall (`E4`) or bounds change (`mrss >= 10`)."""
    (reading,), _ = _chosen(catalogue, (trial,))
    if reading.how is None:
        raise BadRequest(f"{reading.id}: only bounds on age and sex are known here, no criteria")
    dropped = mask_of(reading, drop)
    other = reading
    for rule in relax:
        other = relaxed(other, _rule(rule))
    found = source(cohort, ignore, table)
    needed(found, (reading,))
    sets: Counter[tuple[int, int]] = Counter()
    changed: Counter[tuple[int, int]] = Counter()
    for held, kept in _masks_of_both(found, reading, other):
        count_sets(held, changed if kept else sets)
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


def _masks_of_both(cohort: Source, one: Reading, other: Reading) -> Iterator[tuple[Masks, bool]]:
    """The masks of a trial as it is (False), and with other bounds (True)."""
    if isinstance(cohort.found, nw.LazyFrame):
        frame = ready(cohort.found)
        for is_other, reading in enumerate((one, other)):
            for _, _, held in masks_elsewhere(frame, (reading,)):
                yield held, bool(is_other)
        return
    both = [prepare((reading,)) for reading in (one, other)]
    for patients in cohort.batches(BATCH):
        for is_other, trials in enumerate(both):
            for _, found in screen(patients, trials):
                yield masks(found, patients.height), bool(is_other)


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
