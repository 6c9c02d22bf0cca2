"""The random-slope model against statsmodels, closed forms, the null, and bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from scleroscope.design.analyses.slope import random_slope, slope_batch
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
TIMES = np.array([0.0, 0.25, 0.5, 1.0])


def trial(seed: int, size: int, *, missing: float = 0.0, effect: float = 0.0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    arm = (np.arange(size) % 2).astype(float)
    own = rng.multivariate_normal([2500, -90], [[640_000, 20_000], [20_000, 40_000]], size)
    y = own[:, :1] + (own[:, 1] + effect * arm)[:, None] * TIMES + rng.normal(0, 100, (size, 4))
    y[rng.random(y.shape) < missing] = np.nan
    return y, arm


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_estimates_agree_with_statsmodels(missing: float) -> None:
    import statsmodels.api as sm

    y, arm = trial(4, 80, missing=missing, effect=60)
    patient, visit = np.nonzero(~np.isnan(y))
    t, a = TIMES[visit], arm[patient]
    x = np.column_stack([np.ones(t.size), a, t, a * t])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # In units near 1, as statsmodels' optimiser needs them.
        fit = sm.MixedLM(y[patient, visit] / 100, x, patient, exog_re=x[:, [0, 2]]).fit(reml=True)
    answer = random_slope(y, TIMES, arm)
    assert answer.difference.estimate == pytest.approx(fit.fe_params[3] * 100, rel=1e-3)
    assert answer.difference.se == pytest.approx(fit.bse_fe[3] * 100, rel=1e-3)
    assert answer.slope_variance == pytest.approx(fit.cov_re[1, 1] * 1e4, rel=5e-3)
    assert answer.error_variance == pytest.approx(fit.scale * 1e4, rel=5e-3)


def test_complete_data_compare_each_patients_own_slope() -> None:
    """Balanced and complete: the difference is that of least-squares slopes, df n − 2."""
    y, arm = trial(5, 30, effect=80)
    weights = (TIMES - TIMES.mean()) / ((TIMES - TIMES.mean()) ** 2).sum()
    slopes = y @ weights
    one, none = slopes[arm == 1], slopes[arm == 0]
    se = ((one.var(ddof=1) + none.var(ddof=1)) / 2 * 2 / 15) ** 0.5
    answer = random_slope(y, TIMES, arm)
    assert answer.difference.estimate == pytest.approx(one.mean() - none.mean(), rel=1e-6)
    assert answer.difference.se == pytest.approx(se, rel=1e-4)
    assert answer.difference.df == pytest.approx(28, rel=1e-3)


@pytest.mark.slow
def test_type_one_error_is_five_per_cent() -> None:
    trials = 4000
    drawn = [trial(seed, 40, missing=0.1) for seed in range(trials)]
    outcomes, arms = np.array([y for y, _ in drawn]), np.array([arm for _, arm in drawn])
    estimate, se, df = slope_batch(outcomes, TIMES, arms).T
    rejected = 2 * stats.t.sf(np.abs(estimate / se), df) < 0.05
    assert abs(np.mean(rejected) - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5  # 0.0138
    single = random_slope(outcomes[7], TIMES, arms[7]).difference
    assert (estimate[7], se[7], df[7]) == pytest.approx((single.estimate, single.se, single.df), rel=1e-6)


def test_two_visits_and_shapes_that_do_not_fit_are_refused() -> None:
    y, arm = trial(1, 20)
    with pytest.raises(RefusedError, match="times: needs three or more"):
        random_slope(y[:, :2], TIMES[:2], arm)
    with pytest.raises(RefusedError, match="outcome: "):
        random_slope(y, TIMES[:3], arm)
