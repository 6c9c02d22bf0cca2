"""Hazards by period, deaths of the treatment, and the curves that follow from them."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl
import pytest

from scleroscope.design.curves import Curves, curves
from scleroscope.design.examples import example
from scleroscope.design.hazards import Hazard, risk_of, survival, treated_hazards, untreated_hazards
from scleroscope.design.plan import Effect, Event
from scleroscope.design.population.course import WEEKS_A_YEAR
from scleroscope.design.stage import Stage, set_up

PEOPLE = 60_000


def _hazard(**more: object) -> Hazard:
    values = {
        "name": "x",
        "fatal": True,
        "start": np.array([0.0, 52.0, 260.0]),
        "rate": np.array([0.004, 0.0, 0.002]),
        "risk": np.ones(PEOPLE),
    }
    return Hazard(**(values | more))  # type: ignore[arg-type]


def _naive_cumulative(start: list[float], rate: list[float], week: float) -> float:
    """Week by week in small steps."""
    total, step = 0.0, 0.01
    for place in range(int(week / step)):
        now = (place + 0.5) * step
        total += step * rate[max(i for i, begin in enumerate(start) if begin <= now)]
    return total


@pytest.mark.parametrize("week", [10.0, 52.0, 100.0, 300.0])
def test_the_cumulative_hazard_is_the_area_under_the_steps(week: float) -> None:
    hazard = _hazard()
    naive = _naive_cumulative(hazard.start.tolist(), hazard.rate.tolist(), week)
    assert hazard.cumulative(np.array([week]))[0] == pytest.approx(naive, abs=1e-4)


@pytest.mark.parametrize("risk", [0.5, 2.0])
def test_drawn_times_have_the_survival_of_the_curve(risk: float) -> None:
    hazard = _hazard(risk=np.full(PEOPLE, risk))
    times = hazard.times(np.random.default_rng(1).random(PEOPLE))
    weeks = np.array([20.0, 52.0, 200.0, 400.0])
    curve = survival([hazard], weeks, np.ones(PEOPLE, bool))
    for week, left in zip(weeks, curve, strict=True):
        assert np.mean(times > week) == pytest.approx(left, abs=4 * 0.5 / PEOPLE**0.5)


def test_nobody_has_an_event_whose_hazard_has_ended() -> None:
    times = _hazard(start=np.array([0.0, 10.0]), rate=np.array([0.01, 0.0])).times(np.full(PEOPLE, 0.5))
    assert np.isinf(times).all()


def test_risk_multiplies_and_averages_to_one_among_those_who_may_enter() -> None:
    people = pl.DataFrame({"age": [40.0, 50.0, 60.0, None], "ild": [True, False, True, True]})
    entrants = np.array([True, True, True, False])
    risk = risk_of(people, {"age": 1.05, "ild": 2.0}, entrants)
    assert risk[:3].mean() == pytest.approx(1.0)
    assert risk[2] / risk[0] == pytest.approx(1.05**20)
    assert risk[1] / risk[0] == pytest.approx(1.05**10 / 2)
    assert risk[3] / risk[1] == pytest.approx(2.0)  # age unknown: that of the mean, 50


def test_treatment_multiplies_the_disease_and_adds_its_own_deaths() -> None:
    events = (Event(name="death", fatal=True, per_year=(0.1,)),)
    untreated = untreated_hazards(events, np.ones(2))
    effect = Effect(hazard_ratio=0.5, delay_months=6, treatment_death=0.1, treatment_death_months=3)
    disease, treatment = treated_hazards(untreated, effect, np.ones(2))
    year = WEEKS_A_YEAR
    assert disease.cumulative(np.array([0.5 * year, 1.5 * year])) == pytest.approx([0.05, 0.1])
    assert np.exp(-treatment.cumulative(np.array([year]))) == pytest.approx([0.9])
    assert treatment.fatal


@pytest.fixture(scope="module")
def stage() -> Stage:
    plan = example("astis")
    small = msgspec.structs.replace(plan.population, size=20_000)
    return set_up(msgspec.structs.replace(plan, population=small))


@pytest.fixture(scope="module")
def found(stage: Stage) -> Curves:
    return curves(stage, stage.entry.suitable())


def test_curves_agree_with_the_times_drawn_for_the_trials(stage: Stage, found: Curves) -> None:
    who = stage.entry.suitable()
    times, events = stage.data.times[who], stage.data.events[who]  # type: ignore[union-attr]
    error = 0.5 / who.sum() ** 0.5
    for year in (0.5, 2.0, 8.0):
        for arm, curve in ((0, found.event_free.control), (1, found.event_free.treated)):
            free = np.mean(~((times[:, arm] <= year * WEEKS_A_YEAR) & (events[:, arm] > 0)))
            assert np.interp(year, found.event_free.years, curve) == pytest.approx(free, abs=4 * error)


def test_curves_cross_where_they_meet_and_gains_are_areas(found: Curves) -> None:
    curve = found.survival
    assert curve.crossing is not None
    assert curve.even is not None
    gap = [np.interp(curve.crossing, curve.years, side) for side in (curve.treated, curve.control)]
    assert gap[0] == pytest.approx(gap[1], abs=1e-6)
    assert curve.even > curve.crossing
    years = np.array(curve.years)
    area = np.trapezoid(np.array(curve.treated) - np.array(curve.control), years) * 12
    last = [gain for gain in found.gains if gain.group == "all"][-1]
    assert last.survival == pytest.approx(area, abs=1e-6)


def test_early_harm_is_repaid_first_to_those_at_the_highest_risk(found: Curves) -> None:
    first, last = 1.0, max(gain.years for gain in found.gains)
    gain = {(each.group, each.years): each.survival for each in found.gains}
    groups = [f"{name} third of risk" for name in ("lowest", "middle", "highest")]
    assert all(gain[group, first] < 0 for group in groups)
    at_last = [gain[group, last] for group in groups]
    assert at_last == sorted(at_last)
    assert at_last[0] < 0 < at_last[2]


def test_astis_is_met_where_its_plan_was_not_set_from_it(found: Curves) -> None:
    """jamanetwork.com 1883019: the curves cross at 2 years; HR 2.01 (0.74–5.49) at 3 months."""
    assert found.event_free.crossing == pytest.approx(2.0, abs=0.5)
    early = next(ratio for ratio in found.ratios if ratio.years == 0.25)
    assert 0.74 < early.event_free < 5.49
    deaths = 79 * (1 - np.interp(1.0, found.survival.years, found.survival.treated))
    assert deaths == pytest.approx(11, abs=3)  # 11 of 79 in the first year


def test_without_an_effect_nobody_gains(stage: Stage) -> None:
    import dataclasses

    nothing = dataclasses.replace(stage, plan=msgspec.structs.replace(stage.plan, effect=Effect()))
    same = curves(nothing, stage.entry.suitable())
    assert same.survival.crossing is None
    assert all(gain.survival == pytest.approx(0, abs=1e-9) for gain in same.gains)
