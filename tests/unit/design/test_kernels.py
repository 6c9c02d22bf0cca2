"""Each kernel of whole trials against the same trial made step by step with the single-trial analyses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.design.test_trials import _pairs

from scleroscope.design.analyses.ancova import ancova
from scleroscope.design.analyses.cox import cox
from scleroscope.design.analyses.imputation import impute
from scleroscope.design.analyses.logrank import logrank
from scleroscope.design.analyses.mmrm import mmrm
from scleroscope.design.analyses.proportions import cmh
from scleroscope.design.analyses.slope import random_slope
from scleroscope.design.analyses.survival import rmst_difference
from scleroscope.design.analyses.wins import wins
from scleroscope.design.random import uniforms
from scleroscope.design.trials import change, events, imputed, pairs, platform, repeated, response
from scleroscope.design.trials.enrol import ARM, DOOR, Door

PEOPLE, N, SEED, TRIAL = 3000, 90, 9, 4
RATIO = (1, 1)
RNG = np.random.default_rng(8)
SUITABLE = RNG.random(PEOPLE) < 0.4
STRATUM = RNG.integers(0, 3, PEOPLE)
BASELINE = RNG.normal(20, 6, PEOPLE)
NONE = np.zeros(PEOPLE, np.int64)
SIZES = np.array([N])


def _trial(stratum: np.ndarray, trial: int = TRIAL) -> tuple[np.ndarray, np.ndarray]:
    """Entrants and arms: blocks of four within each stratum."""
    who: list[int] = []
    for one, two in _pairs(SEED, trial, DOOR, 20 * N):
        who += [int(u * PEOPLE) for u in (one, two) if SUITABLE[int(u * PEOPLE)]]
    who = who[:N]
    draws = [one for one, _ in _pairs(SEED, trial, ARM, N)]
    blocks: dict[int, list[int]] = {}
    arms = []
    for person, u in zip(who, draws, strict=True):
        left = blocks.setdefault(int(stratum[person]), [])
        if not left:
            left += [2, 4]  # treated still to come, patients still to come
        arm = int(u * left[1] < left[0])
        left[0] -= arm
        left[1] -= 1
        if left[1] == 0:
            left.clear()
        arms.append(arm)
    return np.array(who), np.array(arms)


def _pick(both: np.ndarray, who: np.ndarray, arms: np.ndarray) -> np.ndarray:
    """The outcome in the arm that was drawn; `both` (2, people, …)."""
    return both[arms, who]


def _run(kernel: Any, stratum: np.ndarray, strata: int, *more: Any) -> np.ndarray:
    row: np.ndarray = kernel(Door(SEED, RATIO, SUITABLE, stratum, strata), TRIAL, SIZES, *more)[0]
    return row


def test_strata_are_covariates_of_ancova() -> None:
    both = RNG.normal(0, 7, (2, PEOPLE)) - 2 * STRATUM
    table = np.column_stack([BASELINE, both[0], both[1], np.ones(PEOPLE), np.ones(PEOPLE)])
    row = _run(change.change_trials, STRATUM, 3, table)
    who, arms = _trial(STRATUM)
    covariates = np.column_stack([BASELINE[who], STRATUM[who] == 1, STRATUM[who] == 2]).astype(float)
    naive = ancova(_pick(both, who, arms), arms, covariates)
    assert row[:3] == pytest.approx([naive.estimate, naive.se, naive.df])


def test_arms_are_balanced_within_every_stratum() -> None:
    who, arms = _trial(STRATUM)
    for level in range(3):
        here = arms[STRATUM[who] == level]
        assert abs(here.sum() - (here.size - here.sum())) <= 2


def test_cmh_and_fisher_are_those_of_one_trial() -> None:
    from scipy.stats import fisher_exact

    both = (RNG.random((2, PEOPLE)) < np.array([0.3, 0.5])[:, None]).astype(float)
    who, arms = _trial(STRATUM)
    y = _pick(both, who, arms)
    row = _run(response.responder_trials, STRATUM, 3, both.T.copy(), response.CMH)
    assert (row[0] / row[1]) ** 2 == pytest.approx(cmh(y, arms, STRATUM[who]).chi2)
    row = _run(response.responder_trials, STRATUM, 3, both.T.copy(), response.FISHER)
    table = [[np.sum(y[arms == a] == v) for v in (1, 0)] for a in (1, 0)]
    from scipy.stats import norm

    assert 2 * norm.sf(abs(row[0] / row[1])) == pytest.approx(fisher_exact(table)[1])


@pytest.fixture(scope="module")
def follow_up() -> tuple[np.ndarray, np.ndarray]:
    times = RNG.exponential(80, (2, PEOPLE))
    end = np.minimum(RNG.exponential(200, PEOPLE), 104)
    return np.minimum(times, end), (times <= end).astype(float)


@pytest.mark.parametrize("strata", [1, 3])
def test_log_rank_cox_and_rmst_are_those_of_one_trial(
    strata: int, follow_up: tuple[np.ndarray, np.ndarray]
) -> None:
    times, happened = follow_up
    stratum = STRATUM if strata == 3 else NONE
    who, arms = _trial(stratum)
    time, event = _pick(times, who, arms), _pick(happened, who, arms)
    both = times.T.copy(), happened.T.copy()
    row = _run(events.event_trials, stratum, strata, *both, events.LOG_RANK, 104.0)
    naive = logrank(time, event, arms, strata=stratum[who] if strata == 3 else None)
    assert row[:2] == pytest.approx(
        [naive.observed_minus_expected / naive.variance, naive.variance**-0.5], rel=1e-9
    )
    if strata == 1:
        row = _run(events.event_trials, stratum, strata, *both, events.COX, 104.0)
        ratio = cox(time, event, arms.astype(float))
        assert row[:2] == pytest.approx([ratio.estimate, ratio.se], rel=1e-6)
        row = _run(events.event_trials, stratum, strata, *both, events.RMST, 100.0)
        gap = rmst_difference(time, event, arms, 100.0)
        assert row[:2] == pytest.approx([gap.estimate, gap.se])


def _visits(gone: float) -> np.ndarray:
    """(2, people, 4) changes whose visits go together; everybody may leave for good."""
    level = RNG.normal(0, 4, (1, PEOPLE, 1))
    y = level + RNG.normal(-1, 4, (2, PEOPLE, 4)).cumsum(axis=2) / 2
    leaves = np.where(RNG.random((2, PEOPLE)) < gone, RNG.integers(1, 4, (2, PEOPLE)), 4)
    y[np.arange(4)[None, None, :] >= leaves[:, :, None]] = np.nan
    return y


def test_the_mixed_model_is_that_of_one_trial() -> None:
    both = _visits(0.2)
    model = repeated.visit_model(4, 3)
    row = _run(repeated.repeated_trials, STRATUM, 3, BASELINE, both[0], both[1], True, *model)
    who, arms = _trial(STRATUM)
    z = np.column_stack([np.ones(N), arms, BASELINE[who], STRATUM[who] == 1, STRATUM[who] == 2])
    fitted = mmrm(_pick(both, who, arms), z.astype(float), [True, True, True, False, False])
    naive = fitted.test(np.eye(len(fitted.regressors))[fitted.regressors.index((1, 3))])
    assert row[:3] == pytest.approx([naive.estimate, naive.se, naive.df], rel=1e-6)


def test_the_random_slope_is_that_of_one_trial() -> None:
    both = np.concatenate([np.zeros((2, PEOPLE, 1)), _visits(0.2)], axis=2) + RNG.normal(0, 2, (2, PEOPLE, 5))
    weeks = np.array([0.0, 13, 26, 39, 52]) / 52
    model = repeated.slope_model(weeks, 1)
    row = _run(repeated.repeated_trials, NONE, 1, BASELINE, both[0], both[1], False, *model)
    who, arms = _trial(NONE)
    naive = random_slope(_pick(both, who, arms), weeks, arms).difference
    assert row[:3] == pytest.approx([naive.estimate, naive.se, naive.df], rel=1e-5)


@pytest.mark.parametrize(
    ("code", "assumption"),
    [
        (imputed.AT_RANDOM, "missing_at_random"),
        (imputed.JUMP_TO_REFERENCE, "jump_to_reference"),
        (imputed.COPY_REFERENCE, "copy_reference"),
        (imputed.COPY_INCREMENTS, "copy_increments"),
    ],
)
def test_imputation_agrees_with_that_of_one_trial(code: int, assumption: Any) -> None:
    """Other random numbers, so the same answer up to what 300 imputations leave of chance."""
    both = _visits(0.35)
    both[1] -= 4.0
    row = _run(imputed.imputed_trials, NONE, 1, BASELINE, both[0], both[1], code, 300)
    who, arms = _trial(NONE)
    naive = impute(
        _pick(both, who, arms), arms, BASELINE[who], assumption=assumption, imputations=300,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert row[0] == pytest.approx(naive.estimate, abs=0.17)
    assert row[1] == pytest.approx(naive.se, rel=0.07)
    assert row[2] == pytest.approx(naive.df, rel=0.15)


def test_pairs_are_compared_as_in_one_trial(follow_up: tuple[np.ndarray, np.ndarray]) -> None:
    times, happened = follow_up
    values = np.stack([times, RNG.normal(0, 5, (2, PEOPLE))], axis=1)
    both = np.stack([happened, np.zeros((2, PEOPLE))], axis=1)
    kinds, thresholds = np.array([2, 1]), np.array([0.0, 3.0])
    who, arms = _trial(NONE)
    value = np.array([_pick(values[:, k], who, arms) for k in range(2)])
    event = np.array([_pick(both[:, k], who, arms) for k in range(2)])
    naive = wins(value, event, arms, kinds=kinds, thresholds=thresholds)
    row = _run(pairs.pair_trials, NONE, 1, values, both, kinds, thresholds, pairs.FINKELSTEIN_SCHOENFELD)
    assert row[0] == pytest.approx(naive.net_benefit)
    assert row[0] / row[1] == pytest.approx(naive.z)
    row = _run(pairs.pair_trials, NONE, 1, values, both, kinds, thresholds, pairs.WIN_RATIO)
    assert np.exp(row[0]) == pytest.approx(naive.win_ratio)
    assert np.exp(row[0] + 1.959964 * row[1]) == pytest.approx(naive.win_ratio_interval[1], rel=1e-5)


def test_a_platform_arm_is_compared_with_those_who_came_while_it_was_open() -> None:
    counts = np.array([[12, 0, 12], [10, 10, 14], [0, 14, 14]])
    people = np.stack(
        [
            np.column_stack(
                [BASELINE, RNG.normal(0, 7, PEOPLE), RNG.normal(-k, 7, PEOPLE), np.ones((PEOPLE, 2))]
            )
            for k in range(2)
        ]
    )
    people[1, :, 1] = people[0, :, 1]  # one control
    row = platform.platform_trials(SEED, TRIAL, 1, SUITABLE, people, counts, True, False)[0]
    total = int(counts.sum())
    who: list[int] = []
    for one, two in _pairs(SEED, TRIAL, DOOR, 20 * total):
        who += [int(u * PEOPLE) for u in (one, two) if SUITABLE[int(u * PEOPLE)]]
    arms: list[int] = []
    draws = uniforms(SEED, TRIAL, 104, 2 * total)[::2]
    for period in counts:
        begin = len(arms)
        arms += [arm for arm, number in zip((0, 1, -1), period, strict=True) for _ in range(number)]
        for i in range(len(arms) - 1, begin, -1):
            j = begin + int(draws[i] * (i - begin + 1))
            arms[i], arms[j] = arms[j], arms[i]
    period_of = np.repeat([0, 1, 2], counts.sum(axis=1))
    for k in range(2):
        open_ = counts[:, k] > 0
        here = [i for i in range(total) if arms[i] == k or (arms[i] == -1 and open_[period_of[i]])]
        treated = np.array([arms[i] == k for i in here], float)
        y = np.array([people[k, who[i], 2 if arms[i] == k else 1] for i in here])
        first = np.array([period_of[i] == np.flatnonzero(open_)[0] for i in here], float)
        naive = ancova(y, treated, np.column_stack([BASELINE[[who[i] for i in here]], first]))
        assert row[3 * k : 3 * k + 3] == pytest.approx([naive.estimate, naive.se, naive.df])


def test_simon_stops_by_its_rule() -> None:
    answers = (RNG.random(PEOPLE) < 0.3).astype(float)
    found = response.simon_trials(SEED, 0, 40, SUITABLE, answers, 1, 10, 5, 29)
    for trial in range(40):
        who: list[int] = []
        for one, two in _pairs(SEED, trial, DOOR, 20 * N):
            who += [int(u * PEOPLE) for u in (one, two) if SUITABLE[int(u * PEOPLE)]]
        first = answers[who[:10]].sum()
        total = answers[who[:29]].sum()
        stopped = first <= 1
        assert found[trial, 1] == (10 if stopped else 29)
        assert found[trial, 0] == float(not stopped and total > 5)
