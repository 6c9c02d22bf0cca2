"""Looks, re-estimation, enrichment, platform, delayed start: simulation against closed forms and the null."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from scleroscope.design import random
from scleroscope.design.designs.delayed import Benefit, difference
from scleroscope.design.designs.enrichment import intersection_z, simulate_enrichment
from scleroscope.design.designs.looks import (
    conditional_power,
    reestimate,
    simulate_looks,
    simulate_reestimation,
)
from scleroscope.design.designs.platform import schedule, simulate_platform
from scleroscope.design.designs.sequential import crossing, futility_bounds, spending_bounds
from scleroscope.design.designs.spending import hwang_shih_decani, obrien_fleming, pocock
from scleroscope.design.refuse import RefusedError

TRIALS = 40_000
CRITICAL = float(ndtri(0.975))
SE = (0.025 * 0.975 / TRIALS) ** 0.5  # 0.0008


@pytest.mark.parametrize("spending", [obrien_fleming, pocock, hwang_shih_decani(-4)])
@pytest.mark.parametrize("drift", [0.0, 3.0])
def test_drawn_trials_stop_as_often_as_computed(spending, drift: float) -> None:
    bounds = spending_bounds([0.4, 0.7, 1.0], spending)
    bounds, _ = futility_bounds(bounds, hwang_shih_decani(-2), power=0.9)
    trials = simulate_looks(7, 0, TRIALS, bounds.fraction, bounds.upper, bounds.lower, drift)
    exact = crossing(bounds.fraction, bounds.upper, bounds.lower, drift=drift)
    for look in range(3):
        for decision, chance in ((1, exact.upper[look]), (-1, exact.lower[look])):
            seen = ((trials[:, 0] == look) & (trials[:, 1] == decision)).mean()
            assert abs(seen - chance) < 4 * (chance * (1 - chance) / TRIALS) ** 0.5 + 1e-4


def test_conditional_power_is_the_share_of_drawn_ends_that_win() -> None:
    z, t, drift = 1.2, 0.5, 2.8
    rng = np.random.default_rng(2)
    ends = z * math.sqrt(t) + drift * (1 - t) + math.sqrt(1 - t) * rng.standard_normal(200_000)
    assert conditional_power(z, t, drift=drift) == pytest.approx((ends > CRITICAL).mean(), abs=0.005)


def test_reestimation_keeps_the_error_and_adds_power() -> None:
    wished, least = float(ndtri(0.9)), float(ndtri(0.3))
    null = simulate_reestimation(3, 0, TRIALS, 60, 60, 240, 0.0, CRITICAL, wished, least)
    assert abs((null[:, 0] >= CRITICAL).mean() - 0.025) < 4 * SE
    effect = 2.5 / 120**0.5
    fixed = simulate_reestimation(3, 0, TRIALS, 60, 60, 60, effect, CRITICAL, wished, least)
    grown = simulate_reestimation(3, 0, TRIALS, 60, 60, 240, effect, CRITICAL, wished, least)
    assert (fixed[:, 0] >= CRITICAL).mean() == pytest.approx(norm.sf(CRITICAL - 2.5), abs=0.01)
    assert (grown[:, 0] >= CRITICAL).mean() > (fixed[:, 0] >= CRITICAL).mean() + 0.03
    assert (fixed[:, 1] == 120).all()


def test_the_second_stage_reaches_the_power_wished() -> None:
    n1, n2 = 100, 100
    for z in (1.3, 1.6, 1.9):
        grown = reestimate(z, n1, n2, 10_000, promising=0.2)
        # Conditional power by hand: final weights as planned, drift of the second stage from the trend.
        power = norm.sf((CRITICAL - math.sqrt(0.5) * z) / math.sqrt(0.5) - z / 10 * math.sqrt(grown))
        assert power == pytest.approx(0.9, abs=0.003)
    assert reestimate(-0.5, n1, n2, 300) == n2
    assert reestimate(4.0, n1, n2, 300) == n2
    with pytest.raises(RefusedError, match="largest: stages of 100 and 100"):
        reestimate(1.5, 100, 100, 50)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_enrichment_makes_no_more_false_claims_than_alpha(share: float) -> None:
    null = simulate_enrichment(5, 0, TRIALS, 120, 120, share, 0.0, 0.0, -0.5, 0.3, CRITICAL)
    assert ((null[:, 1] + null[:, 2]) > 0).mean() < 0.025 + 4 * SE
    # No effect outside the subgroup: a claim inside is right; enrichment makes it more often.
    gain = simulate_enrichment(5, 0, TRIALS, 120, 120, share, 0.5, 0.0, -0.5, 0.3, CRITICAL)
    plain = simulate_enrichment(5, 0, TRIALS, 120, 120, share, 0.5, 0.0, -9.0, -9.0, CRITICAL)
    assert gain[:, 2].mean() > plain[:, 2].mean()
    assert set(gain[:, 0]) == {0.0, 1.0, 2.0}


def test_the_intersection_is_simes() -> None:
    p = sorted([norm.sf(1.9), norm.sf(2.3)])
    assert norm.sf(intersection_z(1.9, 2.3)) == pytest.approx(min(2 * p[0], p[1]))


def test_platform_arms_share_their_control() -> None:
    counts, start = schedule([0, 0], [50, 50], 10, control_weight=1)
    assert counts.tolist() == [pytest.approx([50, 50, 50])]
    assert start.tolist() == [0]
    z = simulate_platform(4, 0, TRIALS, counts, np.zeros(2), np.zeros(1), True)
    assert np.corrcoef(z.T)[0, 1] == pytest.approx(0.5, abs=4 / TRIALS**0.5)
    for arm in range(2):
        assert abs((z[:, arm] > CRITICAL).mean() - 0.025) < 4 * SE


def test_only_concurrent_controls_survive_a_trend() -> None:
    counts, start = schedule([0, 6], [40, 40], 10)
    trend = 0.15 * start
    strict = simulate_platform(4, 0, TRIALS, counts, np.zeros(2), trend, True)
    pooled = simulate_platform(4, 0, TRIALS, counts, np.zeros(2), trend, False)
    assert abs((strict[:, 1] > CRITICAL).mean() - 0.025) < 4 * SE
    assert (pooled[:, 1] > CRITICAL).mean() > 0.04


def test_an_arm_needs_patients_and_somebody_must_enter() -> None:
    with pytest.raises(RefusedError, match="monthly: must be above 0"):
        schedule([0], [20], 0)
    with pytest.raises(RefusedError, match="needed: has 2 entries for 1 arms"):
        schedule([0], [20, 20], 3)


def test_what_remains_after_the_switch_is_what_was_kept() -> None:
    relief, kept = Benefit(relief=-2, onset=3), Benefit(yearly=-4, most=6)
    visits = [6.0, 12.0, 18.0, 36.0]
    assert difference(visits, 12, relief).tolist() == [-2, -2, 0, 0]
    assert difference(visits, 12, kept).tolist() == [-2, -4, -4, 2 * 0 - 0]
    with pytest.raises(RefusedError, match="switch: "):
        difference(visits, 0, relief)


def test_looks_are_the_same_for_any_number_of_workers() -> None:
    bounds = spending_bounds([0.5, 1.0], obrien_fleming)
    plan = (bounds.fraction, bounds.upper, bounds.lower, 2.0)
    whole = simulate_looks(1, 0, 30, *plan)
    assert (np.concatenate([simulate_looks(1, *span, *plan) for span in random.spans(30, 4)]) == whole).all()
