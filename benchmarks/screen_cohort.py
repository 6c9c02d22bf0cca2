"""Criterion verdicts a second when a cohort is screened, beside what people use today, and beside the floor.

    python benchmarks/screen_cohort.py [--patients 100000] [--batch 50000] [--one-by-one 200]

Virtual patients of whom a third of all cells are unknown, against all trials that ship; criterion verdicts
are patients × criteria, and all are counted (attrition, what each criterion alone excludes). In the same run,
on the same patients: the floor (every column of the file read once); `evaluate`, one by one; and one trial's
criteria by hand in Polars, as a pandas row function, and as exported CQL in cql-execution (`make cql`), whose
counts must be equal. A peer that is not there is skipped with a word. Wall and processor time; where others
share the machine only processor time and ratios tell anything.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scleroscope.api.batches import in_order
from scleroscope.catalogue.shipped import shipped_studies
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import facts
from scleroscope.design.population import draw_population
from scleroscope.knowledge.fields import fields
from scleroscope.match.match import match, prepare
from scleroscope.match.readings import Reading, readings
from scleroscope.match.screen import Counts, Tally, counted, screen
from scleroscope.patients.cohort import BATCH, read_batches
from scleroscope.patients.cohort import cohort as cohort_of
from scleroscope.patients.profile import patient
from screen_peers import TRIAL, by_cql, by_hand, by_rows, cql_folder, without_treatments


def cohort(count: int, seed: int) -> pl.DataFrame:
    whole = draw_population(count, seed=seed).drop("true_mrss")
    rng = np.random.default_rng(seed)
    # One in a million is drawn beyond what the patient file takes.
    beyond = [
        pl.when(pl.col(one.id).is_between(one.low, one.high)).then(pl.col(one.id)).alias(one.id)
        for one in fields().values()
        if one.id in whole.columns and one.low is not None and one.high is not None
    ]
    return whole.with_columns(beyond).with_columns(
        pl.when(pl.Series(rng.random(count) > 1 / 3)).then(pl.col(name)).alias(name)
        for name in whole.columns
        if name != "id"
    )


def timed(what: str, verdicts: int, run: Callable[[], object]) -> float:
    """Print wall and processor seconds; gives the latter."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = (
        f"{verdicts / wall:12.3g} verdicts/s  {verdicts / cpu:12.3g} per processor second" if verdicts else ""
    )
    print(f"{what:42} {wall:8.2f} s  {cpu:8.2f} s processor  {rate}")
    return cpu


def one_trial(frame: pl.DataFrame, trial: Reading, few: int) -> None:
    """One trial's criteria in every way, on the same patients; counts must be equal."""
    ready, program = cohort_of(frame), prepare((trial,))
    each = len(trial.clauses)

    def ours(people: pl.DataFrame) -> tuple[list[int], list[int], int]:
        ((_, found),) = screen(people, program)
        counts = counted(found)
        bits = [np.bitwise_count(plane).sum(axis=1).tolist() for plane in (found.not_met, found.unknown)]
        return bits[0], bits[1], counts.patients - counts.out

    def best(run: Callable[[], object]) -> float:
        spent = []
        for _ in range(5):
            start = time.process_time()
            run()
            spent.append(time.process_time() - start)
        return min(spent)

    assert ours(ready) == by_hand(ready.lazy()), "by hand in Polars"
    parts = [ready.slice(start, BATCH) for start in range(0, ready.height, BATCH)]  # as files are read
    mine, hand = best(lambda: [ours(part) for part in parts]), best(lambda: by_hand(ready.lazy()))
    rate = frame.height * each / mine
    print(f"\n{trial.id}, {each} criteria without treatments; processor seconds, the best of five")
    print(f"scleroscope       {rate:10.3g} verdicts per processor second")
    told = f"scleroscope takes {mine / hand:.2f} × its time"
    print(f"Polars by hand    {frame.height * each / hand:10.3g}   {told}")
    people = ready.head(few)
    try:
        pandas = people.drop("treatments", "complete").to_pandas().astype(object)
    except ModuleNotFoundError:
        print("pandas            not installed: skipped")
    else:
        start = time.process_time()
        assert by_rows(pandas) == ours(people), "pandas"
        rows = few * each / (time.process_time() - start)
        print(
            f"pandas by row     {rows:10.3g}   scleroscope: {rate / rows:,.0f} × as many ({few:,} patients)"
        )
    if (folder := cql_folder()) is None:
        print("cql-execution     not installed (`make cql`): skipped")
    else:
        some = frame.head(min(few, 300))
        answers, seconds = by_cql(folder, trial, [stated(row) for row in some.to_dicts()])
        assert answers == ours(cohort_of(some)), "cql-execution"
        rows = some.height * each / seconds
        told = f"scleroscope: {rate / rows:,.0f} × as many ({some.height} patients)"
        print(f"cql-execution     {rows:10.3g}   {told}")
    print("PhenEx            not measured here")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--patients", type=int, default=100_000)
    options.add_argument("--batch", type=int, default=50_000)
    options.add_argument("--one-by-one", type=int, default=200)
    asked = options.parse_args()
    trials = tuple(one for one in readings(shipped_studies()) if one.clauses)
    criteria = sum(len(one.clauses) for one in trials)
    program = prepare(trials)
    frame = cohort(asked.patients, 1)
    print(f"{asked.patients:,} patients, {len(trials)} trials, {criteria:,} criteria")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.parquet"
        frame.write_parquet(path)

        def whole() -> None:
            tallies = [Tally(reading) for reading in trials]
            for found in in_order(work, read_batches(path, size=asked.batch)):
                for tally, counts in zip(tallies, found, strict=True):
                    tally.add(counts)

        floor = timed(
            "floor: every column read once", 0, lambda: pl.read_parquet(path).select(pl.all().null_count())
        )
        verdicts = asked.patients * criteria
        kept = list(read_batches(path, size=asked.batch))

        def work(rows: pl.DataFrame) -> list[Counts]:
            return [counted(found) for _, found in screen(rows, program)]

        timed("screen: from memory", verdicts, lambda: list(in_order(work, kept)))
        cpu = timed("screen: file to attrition", verdicts, whole)
        print(f"file to attrition takes {cpu / floor:.1f} × the floor's processor time")
        one_trial(frame, without_treatments(next(one for one in trials if one.id == TRIAL)), 3000)
    few = [patient(stated(row)) for row in frame.head(asked.one_by_one).to_dicts()]

    def one_by_one() -> None:
        for one in few:
            known = facts(one)
            for reading in trials:
                for clause in reading.clauses:
                    evaluate(clause.tree, known)

    timed(f"evaluate, one by one ({len(few)} patients)", len(few) * criteria, one_by_one)
    ready = prepare(tuple(readings(shipped_studies())))
    match(ready, facts(few[0]))
    seconds = []
    for one in few:
        start = time.process_time()
        match(ready, facts(one))
        seconds.append(time.process_time() - start)
    middle, most = sorted(seconds)[len(seconds) // 2], sorted(seconds)[int(len(seconds) * 0.95)]
    print(f"one patient against {len(ready.readings)} trials, with reasons: "
          f"median {middle * 1e3:.1f} ms, 95 % within {most * 1e3:.1f} ms of processor time")  # fmt: skip
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def stated(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if value is not None}
    if "treatments" in told:
        told["treatments"] = [
            {key: value for key, value in one.items() if value is not None} for one in told["treatments"]
        ]
    return told


if __name__ == "__main__":
    main()
