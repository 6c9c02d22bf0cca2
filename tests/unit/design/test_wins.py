"""Wins: a naive second version, the null, symmetry, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from scleroscope.design.analyses.wins import simulate_wins, wins, wins_batch
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
KINDS = np.array([2, 0, 1])
THRESHOLDS = np.array([1.0, 0.5, 0.0])


def trial(seed: int, treated: int = 18, control: int = 21) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    size = treated + control
    time, leaves = rng.exponential(10, size), rng.uniform(3, 20, size)
    values = np.array([np.minimum(time, leaves).round(1), rng.normal(size=size), rng.integers(0, 4, size)])
    values[1, 3] = np.nan
    events = np.array([(time <= leaves).astype(float), np.zeros(size), np.zeros(size)])
    return values, events, (rng.permutation(size) < treated).astype(float)


def beats(values: Array, events: Array, i: int, j: int) -> int:
    """In words: later by a day and seen; then half a unit more; then anything less."""
    if events[0, j] and values[0, i] - values[0, j] >= 1:
        return 1
    if events[0, i] and values[0, j] - values[0, i] >= 1:
        return -1
    if abs(values[1, i] - values[1, j]) >= 0.5:
        return 1 if values[1, i] > values[1, j] else -1
    return int(np.sign(values[2, j] - values[2, i]))


@pytest.mark.parametrize("seed", range(4))
def test_pairs_and_errors_agree_with_counting_by_hand(seed: int) -> None:
    values, events, arm = trial(seed)
    one, none = np.flatnonzero(arm == 1), np.flatnonzero(arm == 0)
    table = np.array([[beats(values, events, i, j) for j in none] for i in one])
    answer = wins(values, events, arm, kinds=KINDS, thresholds=THRESHOLDS)
    assert (answer.wins, answer.losses) == ((table > 0).sum(), (table < 0).sum())
    assert sum(won for won, _ in answer.by_endpoint) == answer.wins
    by_rows, by_columns = table.mean(axis=1), table.mean(axis=0)
    se = math.sqrt(by_rows.var() / one.size + by_columns.var() / none.size)
    assert (answer.net_benefit, answer.net_benefit_se) == pytest.approx((table.mean(), se))
    everyone = range(arm.size)
    scores = np.array([sum(beats(values, events, i, j) for j in everyone if j != i) for i in everyone])
    size = arm.size
    variance = one.size * none.size / (size * (size - 1)) * (scores**2).sum()
    assert answer.z == pytest.approx(scores[one].sum() / math.sqrt(variance))
    batch = wins_batch(values[None], events[None], arm[None], KINDS, THRESHOLDS)[0]
    assert batch[[0, 1, 4]] == pytest.approx([(table > 0).mean(), (table < 0).mean(), answer.z])
    assert batch[2] == pytest.approx(se)


def test_one_uncensored_endpoint_is_the_rank_test() -> None:
    rng = np.random.default_rng(3)
    x, arm = rng.normal(size=50), (np.arange(50) < 20).astype(float)
    answer = wins([x], [np.ones(50)], arm, kinds=[0])
    rank = stats.mannwhitneyu(x[:20], x[20:], use_continuity=False, method="asymptotic")
    assert answer.p_finkelstein_schoenfeld == pytest.approx(rank.pvalue, rel=1e-9)
    assert answer.win_probability == pytest.approx(rank.statistic / 600)


def test_exchanged_arms_exchange_wins_and_losses() -> None:
    values, events, arm = trial(9)
    a = wins(values, events, arm, kinds=KINDS, thresholds=THRESHOLDS)
    b = wins(values, events, 1 - arm, kinds=KINDS, thresholds=THRESHOLDS)
    assert (a.wins, a.losses) == (b.losses, b.wins)
    assert a.win_ratio == pytest.approx(1 / b.win_ratio)
    assert a.z == pytest.approx(-b.z)


def test_type_one_error_is_five_per_cent() -> None:
    trials = 4000
    drawn = [trial(seed) for seed in range(trials)]
    answers = wins_batch(*(np.array(part) for part in zip(*drawn, strict=True)), KINDS, THRESHOLDS)
    assert abs((np.abs(answers[:, 4]) > 1.959964).mean() - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5  # 0.0138


def test_drawn_composites_hold_their_error_and_find_an_effect() -> None:
    hazards, none, trials = np.array([0.01, 0.01]), np.zeros(3), 4000
    null = simulate_wins(2, 0, trials, 36, 39, hazards, np.ones(2), none, np.zeros(5), 54.0)
    assert abs((np.abs(null[:, 4]) > 1.959964).mean() - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5
    gain = simulate_wins(2, 0, 500, 36, 39, hazards, np.array([0.4, 0.4]), none + 0.6, np.zeros(5), 54.0)
    assert (gain[:, 4] > 1.959964).mean() > 0.8
    again = simulate_wins(2, 250, 250, 36, 39, hazards, np.array([0.4, 0.4]), none + 0.6, np.zeros(5), 54.0)
    assert (gain[250:] == again).all()


def test_a_missing_time_or_an_unknown_kind_is_refused() -> None:
    values, events, arm = trial(1)
    values[0, 0] = np.nan
    with pytest.raises(RefusedError, match="values: a time to an event is missing"):
        wins(values, events, arm, kinds=KINDS)
    with pytest.raises(RefusedError, match="kinds: each is 0"):
        wins(values, events, arm, kinds=[3, 0, 0])
