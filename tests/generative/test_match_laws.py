"""Matching against all trials at once is what `judge` says of each, and settled verdicts stay settled."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scleroscope.catalogue.shipped import shipped_studies
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.facts import facts
from scleroscope.criteria.judge import judge, missing
from scleroscope.design.population import draw_population
from scleroscope.match.match import OPEN, VERDICTS, Trials, match, prepare
from scleroscope.match.program import TRUTHS, Program
from scleroscope.match.readings import readings
from scleroscope.model.criterion import Eligibility
from scleroscope.patients.profile import patient

laws = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def shipped() -> Trials:
    """Every sixth of the shipped trials."""
    return prepare(tuple(readings(shipped_studies()[::6])))


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    """Virtual patients of whom all that the population model draws is known."""
    rows = draw_population(120, seed=11).drop("true_mrss").to_dicts()
    return [_record(row) for row in rows]


def _record(row: dict[str, Any]) -> dict[str, Any]:
    record = {key: value for key, value in row.items() if value is not None}
    record["treatments"] = [
        {key: value for key, value in one.items() if value is not None} for one in row["treatments"] or ()
    ]
    return record


def _some_of(record: dict[str, Any], chance: Random, share: float) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key == "id" or chance.random() < share}


@laws
@given(data=st.data())
def test_the_program_answers_as_evaluate(some: SimpleNamespace, data: st.DataObject) -> None:
    trees = data.draw(st.lists(some.trees, min_size=1, max_size=4))
    known = facts(patient(data.draw(some.patients())))
    program = Program(trees)
    answers = program.answers(known)
    for tree in trees:
        place = program.places[tree]
        assert TRUTHS[answers.trees[place]] is evaluate(tree, known)
        assert program.missing(place, answers) == missing(tree, known)


def test_every_trial_answers_as_judge(shipped: Trials, people: list[dict[str, Any]]) -> None:
    chance, seen = Random(5), set()
    for record in people[::5]:
        known = facts(patient(_some_of(record, chance, chance.choice((0.1, 0.5, 1.0)))))
        answers = {one.id: one for one in match(shipped, known)}
        for reading in shipped.readings:
            judged = judge(Eligibility(clauses=reading.clauses), known)
            one = answers[reading.id]
            if reading.how is not None:
                assert one.verdict == judged.verdict
            standing = [each.id for each in judged.criteria if each.verdict == "not_met"]
            assert [each.id for each in one.reasons] == standing
            assert one.unknown == sum(each.verdict == "unknown" for each in judged.criteria)
            assert set(one.missing) == {field for each in judged.criteria for field in each.missing}
            seen.add(one.verdict)
    assert {"possible", "ineligible", "not_known"} <= seen


def test_more_facts_never_reverse_a_settled_trial(shipped: Trials, people: list[dict[str, Any]]) -> None:
    chance, settled = Random(7), 0
    for record in people:
        less = _some_of(record, chance, 0.6)
        before = {one.id: one.verdict for one in match(shipped, facts(patient(less)))}
        after = {one.id: one.verdict for one in match(shipped, facts(patient(record)))}
        for trial, verdict in before.items():
            if verdict in ("eligible", "ineligible"):
                settled += 1
                assert after[trial] == verdict
    assert settled > 500


def test_trials_that_are_open_come_first_then_the_verdict_then_the_missing_facts(
    shipped: Trials, people: list[dict[str, Any]]
) -> None:
    for record in people[:5]:
        found = match(shipped, facts(patient(record)))
        order = [(not one.open, VERDICTS.index(one.verdict), len(one.missing)) for one in found]
        assert order == sorted(order)
        assert {one.status for one in found if one.open} <= set(OPEN)
        assert found[0].open
        assert not found[-1].open


def test_nothing_known_rules_nobody_out(shipped: Trials) -> None:
    found = match(shipped, facts(patient({"id": "x"})))
    assert {one.verdict for one in found} == {"possible", "not_known"}
