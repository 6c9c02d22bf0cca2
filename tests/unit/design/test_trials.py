"""Whole trials on a population: against a naive second implementation, the null and a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scleroscope.design.random import spans, uniforms
from scleroscope.design.trials.change import change_trials
from scleroscope.design.trials.enrol import ARM, DOOR, Door
from scleroscope.design.trials.response import SCORE, responder_trials

N = 20_000


@pytest.fixture(scope="module")
def people() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    baseline = rng.normal(20, 7, N)
    untreated = -0.25 * (baseline - 20) + rng.normal(-3, 7, N)
    untreated[rng.random(N) < 0.1] = np.nan
    return {"suitable": rng.random(N) < 0.3, "baseline": baseline, "untreated": untreated}


def _table(baseline: np.ndarray, untreated: np.ndarray, treated: np.ndarray) -> np.ndarray:
    ones = np.ones(baseline.size)
    return np.column_stack([baseline, untreated, treated, ones, ones])


def _change(
    seed: int, first: int, count: int, suitable: np.ndarray, table: np.ndarray, n: int, ratio: tuple[int, int]
) -> np.ndarray:
    none = np.zeros(N, np.int64)
    return change_trials(Door(seed, ratio, suitable, none, 1), first, np.full(count, n), table)


def _pairs(seed: int, trial: int, purpose: int, count: int) -> list[tuple[float, float]]:
    draws = uniforms(seed, trial, purpose, 2 * count)
    return [(draws[2 * i], draws[2 * i + 1]) for i in range(count)]


def _naive(
    seed: int, trial: int, suitable: np.ndarray, n: int, ratio: tuple[int, int]
) -> tuple[list[int], list[int]]:
    """Entrants and arms, step by step."""
    entrants: list[int] = []
    for one, two in _pairs(seed, trial, DOOR, 50 * n):
        entrants += [int(u * suitable.size) for u in (one, two) if suitable[int(u * suitable.size)]]
    arms: list[int] = []
    treated, size = 2 * ratio[0], 2 * sum(ratio)
    draws = [one for one, _ in _pairs(seed, trial, ARM, n)]
    while len(arms) < n:
        left = treated
        for waiting in range(size, 0, -1):
            arm = int(draws[len(arms)] * waiting < left) if len(arms) < n else 0
            left -= arm
            arms.append(arm)
            if len(arms) == n:
                break
    return entrants[:n], arms[:n]


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1)])
def test_the_kernel_is_the_naive_trial(people: dict[str, np.ndarray], ratio: tuple[int, int]) -> None:
    treated = people["untreated"] - 3.0
    answers = _change(
        9, 4, 3, people["suitable"], _table(people["baseline"], people["untreated"], treated), 60, ratio
    )
    for row, trial in enumerate(range(4, 7)):
        entrants, arms = _naive(9, trial, people["suitable"], 60, ratio)
        y = np.where(np.array(arms) == 1, treated[entrants], people["untreated"][entrants])
        seen = np.isfinite(y)
        design = np.column_stack([np.ones(60), arms, people["baseline"][entrants]])[seen]
        beta, rest, *_ = np.linalg.lstsq(design, y[seen], rcond=None)
        df = seen.sum() - 3
        se = np.sqrt(rest[0] / df * np.linalg.inv(design.T @ design)[1, 1])
        assert answers[row, :3] == pytest.approx([beta[1], se, df], rel=1e-9)


def test_weights_are_those_of_weighted_least_squares(people: dict[str, np.ndarray]) -> None:
    weight = np.random.default_rng(1).uniform(0.2, 1, N)
    table = _table(people["baseline"], people["untreated"], people["untreated"] - 3.0)
    table[:, 3] = table[:, 4] = weight
    answer = _change(9, 4, 1, people["suitable"], table, 60, (1, 1))[0]
    entrants, arms = _naive(9, 4, people["suitable"], 60, (1, 1))
    y = np.where(np.array(arms) == 1, table[entrants, 2], table[entrants, 1])
    seen = np.isfinite(y)
    design = np.column_stack([np.ones(60), arms, people["baseline"][entrants]])[seen]
    w = weight[entrants][seen]
    inverse = np.linalg.inv(design.T @ (design * w[:, None]))
    beta = inverse @ (design.T @ (w * y[seen]))
    rest = np.sum(w * (y[seen] - design @ beta) ** 2) / (seen.sum() - 3)
    assert answer[:2] == pytest.approx([beta[1], np.sqrt(rest * inverse[1, 1])], rel=1e-9)


def test_under_the_null_one_trial_in_twenty_rejects(people: dict[str, np.ndarray]) -> None:
    trials = 8000
    answers = _change(
        1,
        0,
        trials,
        people["suitable"],
        _table(people["baseline"], people["untreated"], people["untreated"]),
        80,
        (1, 1),
    )
    p = 2 * stats.t.sf(np.abs(answers[:, 0] / answers[:, 1]), answers[:, 2])
    error = np.sqrt(0.05 * 0.95 / trials)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=3.5 * error)


def test_power_agrees_with_the_noncentral_t(people: dict[str, np.ndarray]) -> None:
    trials, n, effect = 8000, 100, -4.0
    complete = np.nan_to_num(people["untreated"], nan=-3.0)
    answers = _change(
        2, 0, trials, people["suitable"], _table(people["baseline"], complete, complete + effect), n, (1, 1)
    )
    z = np.abs(answers[:, 0] / answers[:, 1])
    simulated = np.mean(z > stats.t.ppf(0.975, answers[:, 2]))
    residual = complete[people["suitable"]] + 0.25 * people["baseline"][people["suitable"]]
    ncp = effect / (residual.std() * np.sqrt(4 / n))
    limit = stats.t.ppf(0.975, n - 3)
    closed = stats.nct.sf(limit, n - 3, abs(ncp))
    assert simulated == pytest.approx(closed, abs=4 * np.sqrt(closed * (1 - closed) / trials) + 0.01)


def test_responders_are_compared_by_the_score_test(people: dict[str, np.ndarray]) -> None:
    untreated = (np.arange(N) % 4 == 0).astype(float)
    treated = (np.arange(N) % 2 == 0).astype(float)
    answers = responder_trials(
        Door(3, (1, 1), people["suitable"], np.zeros(N, np.int64), 1), 0, np.full(4000, 120),
        np.column_stack([untreated, treated]), SCORE,
    )  # fmt: skip
    assert answers[:, 0].mean() == pytest.approx(0.25, abs=0.01)
    assert np.mean(answers[:, 0] / answers[:, 1] > 1.96) == pytest.approx(0.82, abs=0.04)


def test_the_first_patients_of_a_longer_trial_are_the_same(people: dict[str, np.ndarray]) -> None:
    """So that an interim look is a look at the same trial, and a larger trial the same one continued."""
    short, _ = _naive(1, 0, people["suitable"], 20, (1, 1))
    longer, _ = _naive(1, 0, people["suitable"], 60, (1, 1))
    assert longer[:20] == short


def test_any_cut_into_blocks_gives_the_same_trials(people: dict[str, np.ndarray]) -> None:
    table = _table(people["baseline"], people["untreated"], people["untreated"])

    def run(first: int, count: int) -> np.ndarray:
        return _change(7, first, count, people["suitable"], table, 40, (1, 1))

    assert np.array_equal(run(0, 300), np.concatenate([run(first, count) for first, count in spans(300, 7)]))
