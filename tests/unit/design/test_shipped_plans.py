"""The plans of published trials: the population answers every criterion; recruitment takes the known time."""

from __future__ import annotations

import polars as pl
import pytest

from scleroscope.design.entry import judge_population
from scleroscope.design.examples import example, example_texts
from scleroscope.design.population import draw_population
from scleroscope.design.recruitment import forecast


@pytest.fixture(scope="module")
def population() -> pl.DataFrame:
    return draw_population(20_000, seed=3)


@pytest.mark.parametrize("name", sorted(example_texts()))
def test_the_population_can_answer_every_criterion_of_a_shipped_plan(
    name: str, population: pl.DataFrame
) -> None:
    entry = judge_population(population, example(name).criteria)
    silent = [text for text, unknown in zip(entry.texts, entry.unknown, strict=True) if unknown.mean() > 0.1]
    assert silent == []
    assert 0.02 < entry.suitable().mean() < 0.4


def test_steroids_above_ten_milligrams_bar_whichever_drug_the_plan_names(population: pl.DataFrame) -> None:
    for name in ("desires", "senscis", "sls_1", "sls_2"):
        entry = judge_population(population, example(name).criteria)
        rows = [row for row, text in enumerate(entry.texts) if "systemic_corticosteroid" in text]
        assert len(rows) == 1
        assert entry.bars[rows[0]].mean() > 0.02


@pytest.mark.parametrize(
    ("name", "months"),
    # PMC8713509: 22 September 2014 to 15 March 2017; scholars.duke.edu/individual/pub1461592; RESOLVE-1's
    # design paper: 1.5 years.
    [("asset", 29.8), ("focussced", 14.8), ("resolve_1", 18.0)],
)
def test_recruitment_takes_the_published_months(name: str, months: float, population: pl.DataFrame) -> None:
    plan = example(name)
    assert plan.sites is not None
    share = float(judge_population(population, plan.criteria).suitable().mean())
    assert forecast(plan.sites, plan.arms.n, share).mean == pytest.approx(months, rel=0.1)
