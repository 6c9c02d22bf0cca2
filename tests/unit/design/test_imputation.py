"""Reference-based imputation: what each assumption means, Rubin's rules, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scleroscope.design.analyses.ancova import ancova
from scleroscope.design.analyses.imputation import Assumption, impute, rubin
from scleroscope.design.analyses.mmrm import mmrm
from scleroscope.design.random import generator
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
EFFECT = np.array([-2.0, -4.0, -6.0])


def trial(seed: int, size: int, leave: float) -> tuple[Array, Array, Array]:
    """Both arms lose patients at random before the second visit and stay lost."""
    rng = np.random.default_rng(seed)
    arm = (np.arange(size) % 2).astype(float)
    root = np.linalg.cholesky(25 * (0.6 + 0.4 * np.eye(4)))
    drawn = rng.normal(size=(size, 4)) @ root.T
    y = drawn[:, 1:] + arm[:, None] * EFFECT
    gone = rng.random(size) < leave
    y[gone, 1:] = np.nan
    return y, arm, drawn[:, 0]


def average(assumption: Assumption, leave: float, trials: int = 60) -> float:
    estimates = [
        impute(
            *trial(seed, 200, leave), assumption=assumption, imputations=5, rng=generator(1, seed)
        ).estimate
        for seed in range(trials)
    ]
    return float(np.mean(estimates))


@pytest.mark.parametrize(
    ("assumption", "expected"),
    [
        # 60 % stay and have −6 at the end; 40 % leave after the first visit, where they had −2.
        ("missing_at_random", -6.0),
        ("jump_to_reference", 0.6 * -6.0),
        ("copy_increments", 0.6 * -6.0 + 0.4 * -2.0),
    ],
)
def test_each_assumption_says_what_follows_leaving(assumption: Assumption, expected: float) -> None:
    # The standard error of one estimate is about 0.75, of the mean of 60 about 0.1.
    assert average(assumption, 0.4) == pytest.approx(expected, abs=0.4)


def test_copy_reference_keeps_part_of_the_residual_of_being_treated() -> None:
    # As if always in the reference arm: her −2 at the first visit is then luck, of which the part 0.375 =
    # coefficient of visit 1 on visit 3 given baseline (0.6·(1 − 0.6) / (1 − 0.36)) is carried on.
    assert average("copy_reference", 0.4) == pytest.approx(0.6 * -6.0 + 0.4 * 0.375 * -2.0, abs=0.4)


def test_missing_at_random_agrees_with_the_mixed_model() -> None:
    y, arm, start = trial(3, 300, 0.3)
    model = mmrm(y, np.column_stack([np.ones(300), arm, start]), [True, True, True]).test(np.eye(9)[5])
    answer = impute(y, arm, start, assumption="missing_at_random", imputations=100, rng=generator(2, 0))
    assert answer.estimate == pytest.approx(model.estimate, abs=0.15)
    assert answer.se == pytest.approx(model.se, rel=0.1)


def test_complete_data_need_no_imputation() -> None:
    y, arm, start = trial(4, 40, 0.0)
    answer = impute(y, arm, start, assumption="jump_to_reference", rng=generator(1, 0))
    assert answer == ancova(y[:, -1], arm, start)


def test_rubins_rules_by_hand() -> None:
    joined = rubin([1.0, 2.0, 3.0], [1.0, 1.0, 2.0], 50.0)
    total = 2.0 + (1 + 1 / 3) * 1.0
    lost = (4 / 3) / total
    seen = 51 / 53 * 50 * (1 - lost)
    assert joined.estimate == 2.0
    assert joined.se == pytest.approx(total**0.5)
    assert joined.df == pytest.approx(1 / (lost**2 / 2 + 1 / seen))


def test_the_same_trial_gives_the_same_answer() -> None:
    drawn = trial(5, 60, 0.3)
    answers = {
        impute(*drawn, assumption="jump_to_reference", imputations=3, rng=generator(9, 4)).estimate
        for _ in range(2)
    }
    assert len(answers) == 1


def test_gaps_and_empty_visits_are_refused() -> None:
    y, arm, start = trial(6, 40, 0.3)
    gap = y.copy()
    gap[0] = [1.0, np.nan, 2.0]
    with pytest.raises(RefusedError, match="outcome: a visit is missing between two"):
        impute(gap, arm, start, assumption="jump_to_reference", rng=generator(1, 0))
    y[arm == 0, 2] = np.nan
    with pytest.raises(RefusedError, match="control: only 0 patients reached visit 3"):
        impute(y, arm, start, assumption="jump_to_reference", rng=generator(1, 0))
