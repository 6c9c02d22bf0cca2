"""Screening a cohort says of every patient and criterion what `judge` says; masks count as they should."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from scleroscope.catalogue.shipped import shipped_studies
from scleroscope.criteria.facts import facts
from scleroscope.criteria.judge import judge_clause
from scleroscope.criteria.notation import parse
from scleroscope.design.population import draw_population
from scleroscope.match.masks import count_sets, masks, rows_of
from scleroscope.match.masks import verdicts as verdicts_of
from scleroscope.match.match import VERDICTS, match, prepare
from scleroscope.match.readings import Reading, readings
from scleroscope.match.screen import Tally, counted, screen
from scleroscope.match.whatif import best_drops, mask_of, relaxed, verdicts
from scleroscope.model.criterion import Clause, Compare, Criterion
from scleroscope.patients.cohort import batches, cohort, read_batches
from scleroscope.patients.profile import patient


def holed(rows: int, seed: int) -> pl.DataFrame:
    """A virtual cohort of which a third of all cells are not known."""
    whole = draw_population(max(rows, 200), seed=seed).drop("true_mrss").head(rows)
    chance = Random(seed)
    return whole.with_columns(
        pl.Series(name, [None if chance.random() < 0.33 else value for value in whole[name]], dtype=kind)
        for name, kind in whole.schema.items()
        if name != "id"
    )


def record(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if value is not None}
    if "treatments" in told:
        told["treatments"] = [
            {key: value for key, value in one.items() if value is not None} for one in told["treatments"]
        ]
    return told


def agree(frame: pl.DataFrame, trials: tuple[Reading, ...]) -> Counter[str]:
    ready = cohort(frame)
    people = [facts(patient(record(row))) for row in frame.to_dicts()]
    by_trial = prepare(trials)
    verdict_of = [{one.id: one.verdict for one in match(by_trial, known)} for known in people]
    seen: Counter[str] = Counter()
    for reading, planes in screen(ready, by_trial):
        held = masks(planes, ready.height)
        found = verdicts_of(reading, held)
        for number, known in enumerate(people):
            assert VERDICTS[found[number]] == verdict_of[number][reading.id]
            for place, clause in enumerate(reading.clauses):
                word, bit = divmod(place, 64)
                not_met = int(held.not_met[number, word]) >> bit & 1
                unknown = int(held.unknown[number, word]) >> bit & 1
                said = "not_met" if not_met else "unknown" if unknown else "met"
                assert said == judge_clause(clause, known).verdict, (reading.id, clause.id, number)
                seen[said] += 1
    return seen


def test_every_cell_of_some_trials_is_as_judged() -> None:
    seen = agree(holed(40, 3), tuple(readings(shipped_studies()[::9])))
    assert min(seen["met"], seen["not_met"], seen["unknown"]) > 100


@pytest.mark.slow
def test_every_cell_of_every_trial_is_as_judged() -> None:
    trials = tuple(readings(shipped_studies()))
    seen = agree(holed(250, int(os.environ.get("SCLEROSCOPE_SEED", "4"))), trials)
    assert sum(seen.values()) == 250 * sum(len(reading.clauses) for reading in trials)


def trial(lines: dict[str, str]) -> Reading:
    clauses = tuple(
        Clause(id=name, kind="inclusion" if name[0] == "I" else "exclusion", text=line, start=0, end=0,
               tree=parse(line), reading="computable")
        for name, line in lines.items()
    )  # fmt: skip
    return Reading(id="T", clauses=clauses, plain=tuple(lines.values()), how="curated")


LINES = {"I1": "mrss >= 15", "I2": "fvc_percent_predicted >= 50", "E1": "pregnant", "E2": "age > 60"}


def held(frame: pl.DataFrame, reading: Reading) -> tuple[Tally, Counter[tuple[int, int]]]:
    tally, sets = Tally(reading), Counter[tuple[int, int]]()
    for batch in batches(frame.lazy(), 17):
        for _, found in screen(batch, prepare((reading,))):
            tally.add(counted(found))
            count_sets(masks(found, batch.height), sets)
    return tally, sets


def test_attrition_is_what_filtering_row_by_row_gives() -> None:
    frame, reading = holed(150, 5), trial(LINES)
    done = held(frame, reading)[0].done()
    left = [facts(patient(record(row))) for row in frame.to_dicts()]
    everybody = left
    for clause, step in zip(reading.clauses, done.attrition, strict=True):
        said = [judge_clause(clause, known).verdict for known in left]
        assert (step.entering, step.met, step.not_met, step.unknown) == (
            len(left), said.count("met"), said.count("not_met"), said.count("unknown")
        )  # fmt: skip
        left = [known for known, verdict in zip(left, said, strict=True) if verdict != "not_met"]
        others = [one for one in reading.clauses if one is not clause]
        assert step.alone == sum(
            judge_clause(clause, known).verdict == "not_met"
            and all(judge_clause(other, known).verdict != "not_met" for other in others)
            for known in everybody
        )
    assert done.counts["ineligible"] == 150 - len(left)
    assert sum(done.counts.values()) == 150


@pytest.mark.parametrize("drop", [(), ("I1",), ("I1", "E2"), ("I1", "I2", "E1", "E2")])
def test_dropping_criteria_is_screening_without_them(drop: tuple[str, ...]) -> None:
    frame, reading = holed(150, 6), trial(LINES)
    without = trial({name: line for name, line in LINES.items() if name not in drop} or {"I9": "all of ()"}) \
        if len(drop) < len(LINES) else None  # fmt: skip
    before = verdicts(held(frame, reading)[1], mask_of(reading, drop))
    if without is None:
        assert before == {"eligible": 150, "possible": 0, "ineligible": 0}
        return
    assert before == verdicts(held(frame, without)[1])


def test_the_best_drops_are_the_best_of_all_drops() -> None:
    frame, reading = holed(180, 7), trial(LINES)
    sets = held(frame, reading)[1]
    ruled_out = verdicts(sets)["ineligible"]
    best = best_drops(reading, sets, several=10)
    assert {len(one.criteria) for one in best} == {1, 2, 3}
    for one in best:
        assert one.gained == ruled_out - verdicts(sets, mask_of(reading, one.criteria))["ineligible"]


@pytest.mark.parametrize(
    ("line", "kind", "answer"),
    [
        ("fvc_percent_predicted >= 50", "inclusion", "fvc_percent_predicted >= 45"),
        ("fvc_percent_predicted < 50", "exclusion", "not fvc_percent_predicted >= 45"),
        ("not fvc_percent_predicted < 50", "inclusion", "not not fvc_percent_predicted >= 45"),
        ("ild and fvc_percent_predicted < 50", "exclusion", "ild and not fvc_percent_predicted >= 45"),
    ],
)
def test_a_relaxed_bound_stands_on_the_side_of_the_patient(line: str, kind: str, answer: str) -> None:
    rule = parse("fvc_percent_predicted >= 45")
    assert isinstance(rule, Compare)
    name = "I1" if kind == "inclusion" else "E1"
    changed: Criterion = relaxed(trial({name: line}), rule).clauses[0].tree
    expected = parse(answer)
    frame = holed(120, 8)
    one, other = (verdicts(held(frame, trial_of(tree, kind))[1]) for tree in (changed, expected))
    assert one == other


def trial_of(tree: Criterion, kind: str) -> Reading:
    clause = Clause(id="X", kind=kind, text="", start=0, end=0, tree=tree, reading="computable")  # type: ignore[arg-type]
    return Reading(id="T", clauses=(clause,), plain=("",), how="curated")


def test_masks_of_more_than_64_criteria_take_more_words() -> None:
    many = trial({f"I{number}": f"age > {number}" for number in range(1, 101)})
    frame = pl.DataFrame({"id": ["a", "b"], "age": [70.5, None]})
    ((_, planes),) = screen(frame, prepare((many,)))
    held = masks(planes, 2)
    assert held.not_met.shape == (2, 2)
    assert held.not_met[0].tolist() == [0, (1 << 36) - (1 << 6)]  # 71 to 100 are bits 70 to 99
    assert held.unknown[1].tolist() == [(1 << 64) - 1, (1 << 36) - 1]
    assert [VERDICTS[each] for each in verdicts_of(many, held)] == ["ineligible", "possible"]
    assert "not_met_1" in rows_of(frame, [(many, held)], (many,)).columns


def test_csv_and_parquet_are_one_cohort(tmp_path: Path) -> None:
    frame = holed(60, 9).drop("treatments", "complete")
    frame.write_parquet(tmp_path / "c.parquet")
    frame.write_csv(tmp_path / "c.csv")
    one, other = (pl.concat(read_batches(tmp_path / name)) for name in ("c.csv", "c.parquet"))
    assert one.equals(other)
