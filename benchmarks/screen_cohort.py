"""Patients × criteria a second when a cohort is screened, and one patient against every trial.

    python benchmarks/screen_cohort.py [--patients 100000] [--batch 50000] [--one-by-one 200]

Virtual patients of whom a third of all cells are unknown, against all trials that ship. Beside it, in
the same run: `evaluate` called patient by patient and criterion by criterion (on fewer patients), and the
floor, reading every column of the table once. Wall and processor time; criterion verdicts are
patients × criteria.
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

from scleroscope.catalogue.shipped import shipped_studies
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import facts
from scleroscope.design.population import draw_population
from scleroscope.match.match import match, prepare
from scleroscope.match.readings import readings
from scleroscope.match.screen import Tally, counted, screen
from scleroscope.patients.cohort import read_batches
from scleroscope.patients.profile import patient


def cohort(count: int, seed: int) -> pl.DataFrame:
    whole = draw_population(count, seed=seed).drop("true_mrss")
    rng = np.random.default_rng(seed)
    return whole.with_columns(
        pl.when(pl.Series(rng.random(count) > 1 / 3)).then(pl.col(name)).alias(name)
        for name in whole.columns
        if name != "id"
    )


def timed(what: str, verdicts: int, run: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = (
        f"{verdicts / wall:12.3g} verdicts/s  {verdicts / cpu:12.3g} per processor second" if verdicts else ""
    )
    print(f"{what:42} {wall:8.2f} s  {cpu:8.2f} s processor  {rate}")


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
            for rows in read_batches(path, size=asked.batch):
                for tally, (_, found) in zip(tallies, screen(rows, program), strict=True):
                    tally.add(counted(found))

        timed("floor: every column read once", 0, lambda: pl.read_parquet(path).select(pl.all().null_count()))
        timed("screen: file to attrition", asked.patients * criteria, whole)
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
