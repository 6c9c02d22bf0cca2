"""Log-rank, Cox, Kaplan–Meier, RMST and hazards: naive second versions, the null, closed forms, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from scleroscope.design.analyses.cox import cox, cox_two_arms
from scleroscope.design.analyses.logrank import (
    logrank,
    logrank_batch,
    piecewise_time,
    schoenfeld_power,
    simulate_logrank,
)
from scleroscope.design.analyses.ranks import event_table
from scleroscope.design.analyses.survival import kaplan_meier, piecewise_hazards, rmst, rmst_difference
from scleroscope.design.random import spans
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


def trial(seed: int, size: int, *, ties: bool) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    arm = (rng.random(size) < 0.5).astype(float)
    time = rng.exponential(10 * np.exp(0.5 * arm))
    leaves = rng.uniform(2, 20, size)
    event = (time <= leaves).astype(float)
    time = np.minimum(time, leaves)
    return (np.ceil(time) if ties else time), event, arm


def naive_logrank(time: Array, event: Array, arm: Array) -> tuple[float, float]:
    gap = variance = 0.0
    for now in sorted(set(time[event == 1])):
        risk, dead = time >= now, (time == now) & (event == 1)
        n, d, n1, d1 = risk.sum(), dead.sum(), (risk & (arm == 1)).sum(), (dead & (arm == 1)).sum()
        gap += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    return float(gap), float(variance)


def naive_efron(beta: float, time: Array, event: Array, arm: Array) -> float:
    total = 0.0
    for now in sorted(set(time[event == 1])):
        dead = (time == now) & (event == 1)
        at_risk = np.exp(beta * arm[time >= now]).sum()
        falling = np.exp(beta * arm[dead]).sum()
        total += beta * arm[dead].sum()
        total -= sum(math.log(at_risk - tie / dead.sum() * falling) for tie in range(int(dead.sum())))
    return total


@pytest.mark.parametrize("size", [2, 5, 40, 500])
@pytest.mark.parametrize("ties", [False, True])
def test_log_rank_agrees_with_counting_by_hand(size: int, ties: bool) -> None:
    time, event, arm = trial(size, size, ties=ties)
    answer = logrank_batch(time[None], event[None], arm[None])[0]
    assert answer[:2] == pytest.approx(naive_logrank(time, event, arm), abs=1e-9)


def test_times_piled_in_one_place_are_still_sorted() -> None:
    rng = np.random.default_rng(2)
    time = np.concatenate([1 + rng.random(300) * 1e-6, [1e6]])
    event, arm = np.ones(301), (np.arange(301) % 2).astype(float)
    answer = logrank_batch(time[None], event[None], arm[None])[0]
    assert answer[:2] == pytest.approx(naive_logrank(time, event, arm), abs=1e-9)


@pytest.mark.parametrize("ties", [False, True])
def test_cox_finds_the_top_of_efrons_likelihood(ties: bool) -> None:
    time, event, arm = trial(9, 120, ties=ties)
    answer = cox(time, event, arm)
    table = event_table(time, event, arm)
    assert cox_two_arms(table, len(table)) == pytest.approx((answer.estimate, answer.se), abs=1e-8)
    top = naive_efron(answer.estimate, time, event, arm)
    h = 1e-4
    left, right = (naive_efron(answer.estimate + side, time, event, arm) for side in (-h, h))
    assert (right - left) / (2 * h) == pytest.approx(0, abs=1e-5)
    assert answer.se == pytest.approx((-(left - 2 * top + right) / h**2) ** -0.5, rel=1e-4)


def test_cox_with_several_covariates_agrees_with_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines")
    import pandas as pd

    time, event, arm = trial(3, 150, ties=True)
    age = np.random.default_rng(8).normal(50, 12, 150)
    fit = lifelines.CoxPHFitter().fit(
        pd.DataFrame({"time": time, "event": event, "arm": arm, "age": age}), "time", "event"
    )
    answer = cox(time, event, np.column_stack([arm, age]))
    np.testing.assert_allclose(answer.estimate, fit.params_.to_numpy(), atol=1e-6)
    np.testing.assert_allclose(answer.se, fit.standard_errors_.to_numpy(), rtol=1e-5)


def test_a_stratified_test_adds_the_strata() -> None:
    time, event, arm = trial(12, 90, ties=True)
    strata = np.arange(90) % 3
    parts = [naive_logrank(time[strata == s], event[strata == s], arm[strata == s]) for s in range(3)]
    answer = logrank(time, event, arm, strata=strata)
    assert answer.observed_minus_expected == pytest.approx(sum(part[0] for part in parts))
    assert answer.variance == pytest.approx(sum(part[1] for part in parts))


def test_weights_follow_the_pooled_curve() -> None:
    time, event, arm = trial(13, 80, ties=False)
    curve = kaplan_meier(time, event)
    before = np.concatenate([[1.0], curve.survival[:-1]])
    gap = 0.0
    for now, weight in zip(curve.time, np.sqrt(before) * (1 - before), strict=True):
        risk, dead = time >= now, (time == now) & (event == 1)
        gap += weight * (arm[dead].sum() - dead.sum() * arm[risk].mean())
    assert logrank(time, event, arm, rho=0.5, gamma=1).observed_minus_expected == pytest.approx(gap)


def test_log_rank_holds_its_error_under_the_null() -> None:
    trials = 20_000
    hazard = np.array([0.05, 0.02])
    gap, variance, _ = simulate_logrank(
        8, 0, trials, 60, 60, np.array([0.0, 6.0]), hazard, hazard, 0.01, 12, 36
    ).T
    rejected = np.abs(gap / np.sqrt(variance)) > 1.959964
    assert (
        abs(rejected.mean() - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5 + 0.001
    )  # 0.0072; the test is asymptotic


def test_log_rank_has_the_power_of_schoenfeld() -> None:
    trials, start = 10_000, np.array([0.0])
    gap, variance, events = simulate_logrank(
        9, 0, trials, 150, 150, start, np.array([0.03 * 0.65]), np.array([0.03]), 0.0, 12.0, 48.0
    ).T
    power = (gap / np.sqrt(variance) < -1.959964).mean()
    assert power == pytest.approx(schoenfeld_power(0.65, events.mean()), abs=0.02)


def test_drawn_times_have_the_survival_asked_for() -> None:
    start, hazard = np.array([0.0, 5.0, 9.0]), np.array([0.1, 0.0, 0.3])
    for time in (2.0, 4.9, 10.0, 15.0):
        cumulative = 0.1 * min(time, 5) + 0.3 * max(time - 9, 0)
        assert piecewise_time(math.exp(-cumulative), start, hazard) == pytest.approx(time)


def test_simulated_survival_is_the_same_for_any_number_of_workers() -> None:
    plan = (20, 20, np.array([0.0]), np.array([0.05]), np.array([0.08]), 0.01, 6.0, 24.0)
    whole = simulate_logrank(4, 0, 40, *plan)
    assert (np.concatenate([simulate_logrank(4, *span, *plan) for span in spans(40, 3)]) == whole).all()


def test_rmst_is_the_area_under_the_curve() -> None:
    time, event, _ = trial(15, 200, ties=False)
    curve = kaplan_meier(time, event)
    grid = np.linspace(0, 12, 400_001)
    place = np.searchsorted(curve.time, grid, side="right")
    area = np.concatenate([[1.0], curve.survival])[place][:-1].sum() * 12 / 400_000
    assert rmst(time, event, 12)[0] == pytest.approx(area, abs=1e-3)


def test_rmst_without_censoring_is_a_mean_with_its_error() -> None:
    rng = np.random.default_rng(6)
    time = rng.exponential(5, 300)
    mean, se = rmst(time, np.ones(300), 8)
    clipped = np.minimum(time, 8)
    assert mean == pytest.approx(clipped.mean())
    assert se == pytest.approx(clipped.std() / 300**0.5)


def test_rmst_interval_covers_no_difference_as_often_as_it_should() -> None:
    inside = 0
    for seed in range(400):
        time, event, arm = trial(seed, 100, ties=False)
        answer = rmst_difference(time, event, np.random.default_rng(seed).permutation(arm), 6)
        inside += answer.low < 0 < answer.high
    assert abs(inside / 400 - 0.95) < 4 * (0.95 * 0.05 / 400) ** 0.5  # 0.044


def test_piecewise_hazards_count_events_and_exposure() -> None:
    found = piecewise_hazards([1, 2, 4, 6], [1, 0, 1, 1], [2, 5])
    np.testing.assert_allclose(found.events, [1, 1, 1])
    np.testing.assert_allclose(found.exposure, [1 + 2 + 2 + 2, 2 + 3, 1])
    np.testing.assert_allclose(found.rate, [1 / 7, 1 / 5, 1])


@pytest.mark.parametrize(
    ("time", "event", "place"),
    [([1, -2], [1, 1], "time"), ([1, np.nan], [1, 1], "time"), ([1, 2], [1, 2], "event")],
)
def test_impossible_times_are_refused(time: list[float], event: list[float], place: str) -> None:
    with pytest.raises(RefusedError, match=f"^{place}: "):
        kaplan_meier(time, event)


def test_a_horizon_after_the_last_follow_up_is_refused() -> None:
    with pytest.raises(RefusedError, match="horizon: 9 lies after the last follow-up"):
        rmst([1, 2, 3], [1, 0, 0], 9)


def test_a_perfect_predictor_has_no_hazard_ratio() -> None:
    with pytest.raises(RefusedError, match="no finite hazard ratio"):
        cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0])
