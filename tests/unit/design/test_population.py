"""The virtual population: contract columns, published figures, laws of the draws."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scleroscope.design.endpoints.slope import yearly_slope
from scleroscope.design.population import compare_with_published, draw_population
from scleroscope.design.population.course import draw_course
from scleroscope.design.population.parameters import Values, parameters
from scleroscope.knowledge.fields import fields


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return draw_population(60_000, seed=1, treatments=False)


def test_every_column_is_a_field_of_the_contract_within_its_plausible_range(people: pl.DataFrame) -> None:
    for name in people.columns:
        if name in ("id", "true_mrss"):
            continue
        known = fields()[name]
        if known.type == "number":
            assert people[name].min() >= known.low, name  # type: ignore[operator]
            assert people[name].max() <= known.high, name  # type: ignore[operator]
        elif known.values:
            assert set(people[name].unique()) <= set(known.values), name


def test_the_same_seed_draws_the_same_people_and_another_seed_others() -> None:
    assert draw_population(500, seed=3).equals(draw_population(500, seed=3))
    assert not draw_population(500, seed=3).equals(draw_population(500, seed=4))


def test_background_treatment_is_a_whole_list_of_known_keys() -> None:
    people = draw_population(2000, seed=2)
    assert people["complete"].to_list() == [["treatments"]] * 2000
    taken = people["treatments"].explode().drop_nulls().struct.unnest()
    assert set(taken.columns) == {"name", "taking", "dose", "stable_weeks", "total_weeks"}
    assert taken.filter(pl.col("name") == "prednisone")["dose"].str.ends_with(" mg/day").all()


def test_every_parameter_is_sourced_or_says_that_it_is_an_assumption() -> None:
    for parameter in parameters().values():
        assert (parameter.source == "assumption") <= (parameter.kind == "assumed"), parameter.id
        assert parameter.source, parameter.id


def test_shares_and_spreads_of_the_registry_are_met(people: pl.DataFrame) -> None:
    table = compare_with_published(people)
    assert table["ours"].null_count() == 0
    close = {row["id"]: row for row in table.iter_rows(named=True)}
    for name, tolerance in (
        ("all.diffuse", 0.01), ("all.women", 0.01), ("all.scl70", 0.02), ("all.centromere", 0.02),
        ("diffuse.age", 1.5), ("diffuse.fvc", 1.5), ("diffuse.dlco", 2.5), ("diffuse.lvef", 0.3),
        ("diffuse7.ild", 0.04), ("limited.mrss", 0.6), ("all170.duration", 4), ("senscis.fvc_ml", 120),
    ):  # fmt: skip
        assert abs(close[name]["difference"]) <= tolerance, close[name]


def test_antibodies_drive_the_lung_more_than_the_subset_does(people: pl.DataFrame) -> None:
    def ild(*where: pl.Expr) -> float:
        return float(people.filter(*where)["ild"].mean())  # type: ignore[arg-type]

    limited = pl.col("subset") == "limited"
    assert ild(pl.col("anti_scl70"), limited) - ild(pl.col("anticentromere"), limited) > 0.4
    assert abs(ild(pl.col("anti_scl70"), limited) - ild(pl.col("anti_scl70"), ~limited)) < 0.05


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mrss\.limited\.mode"):
        Values({"mrss.limited.mode": 1})


def test_an_override_changes_what_it_names() -> None:
    many = draw_population(4000, seed=1, overrides={"subset.diffuse.share": 0.9}, treatments=False)
    assert (many["subset"] == "diffuse").mean() == pytest.approx(0.9, abs=0.02)


def test_the_other_registry_has_its_own_antibodies() -> None:
    people = draw_population(40_000, seed=1, mix="royal_free", treatments=False)
    assert people["anti_rna_polymerase_iii"].mean() == pytest.approx(147 / 1325, abs=0.01)
    assert people["anticentromere"].mean() == pytest.approx(374 / 1325, abs=0.01)


def test_the_skin_of_the_registry_improves_and_worsens_as_published(people: pl.DataFrame) -> None:
    # EUSTAR, n=919 with 7 points or more: 24 % improved and 10 % progressed in a year (PMC5036205).
    thick = people.filter(pl.col("subset") == "diffuse", pl.col("mrss") >= 7)
    course = draw_course(thick, [0, 52], seed=5)
    start, change = course.mrss[:, 0], course.mrss[:, 1] - course.mrss[:, 0]
    counted = start >= 7
    assert np.mean(((change < -5) & (-change >= 0.25 * start))[counted]) == pytest.approx(0.24, abs=0.05)
    assert np.mean(((change > 5) & (change >= 0.25 * start))[counted]) == pytest.approx(0.10, abs=0.03)


def test_the_yearly_lung_slope_has_the_published_mean_and_spread(people: pl.DataFrame) -> None:
    # SENSCIS placebo: -93.3 mL a year, SD between patients 233 (doi.org/10.1136/rmdopen-2022-002859).
    lung = people.filter(
        "ild", pl.col("hrct_extent_percent") >= 10, pl.col("fvc_percent_predicted") >= 40,
        pl.col("months_since_first_non_raynaud") <= 84,
    )  # fmt: skip
    course = draw_course(lung, [0, 2, 4, 6, 12, 24, 36, 52], seed=6)
    slopes, _ = yearly_slope(course.fvc_ml, course.weeks)
    assert slopes.mean() == pytest.approx(-93.3, abs=12)
    assert slopes.std() == pytest.approx(233, abs=8)


def test_one_year_of_lung_decline_says_little_of_the_next(people: pl.DataFrame) -> None:
    course = draw_course(people.filter("ild"), [0, 52, 104], seed=7)
    first, second = course.fvc_ml[:, 1] - course.fvc_ml[:, 0], course.fvc_ml[:, 2] - course.fvc_ml[:, 1]
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.2


@pytest.mark.parametrize("weeks", [[], [4, 52], [0, 52, 24]])
def test_visits_must_start_at_zero_and_increase(people: pl.DataFrame, weeks: list[float]) -> None:
    with pytest.raises(ValueError, match="weeks"):
        draw_course(people.head(5), weeks)


def test_a_slope_uses_the_visits_that_were_made() -> None:
    weeks = np.array([0, 26.0892857, 52.1785714])
    values = np.array([[0, -50, -100], [0, -50, np.nan], [0, np.nan, np.nan]])
    slopes, spread = yearly_slope(values, weeks)
    assert slopes[:2] == pytest.approx([-100, -100], rel=1e-6)
    assert np.isnan(slopes[2])
    assert spread == pytest.approx([0.5, 0.125, 0], rel=1e-6)


@pytest.mark.parametrize("n", [1, 3])
def test_a_tiny_population_in_which_some_drug_is_taken_by_nobody_is_drawn(n: int) -> None:
    assert draw_population(n, seed=1).height == n
