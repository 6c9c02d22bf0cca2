"""ANCOVA: against statsmodels and closed forms, under the null, and in the face of bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scleroscope.design.analyses.ancova import ancova, ancova_batch, ancova_patients, simulate_ancova
from scleroscope.design.random import spans
from scleroscope.design.refuse import RefusedError


@pytest.mark.parametrize("missing", [0, 7])
def test_estimate_and_error_are_those_of_ordinary_least_squares(missing: int) -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    arm = np.repeat([0.0, 1.0], [31, 23])
    baseline = rng.normal(1000, 3, 54)
    outcome = 500 + 0.7 * arm + 0.4 * baseline + rng.normal(size=54)
    outcome[rng.choice(54, missing, replace=False)] = np.nan
    seen = ~np.isnan(outcome)
    fit = sm.OLS(outcome[seen], np.column_stack([np.ones(54), arm, baseline])[seen]).fit()
    answer = ancova(outcome, arm, baseline)
    expected = (fit.params[1], fit.bse[1], fit.df_resid)
    assert (answer.estimate, answer.se, answer.df) == pytest.approx(expected, rel=1e-8)
    assert answer.p == pytest.approx(fit.pvalues[1], rel=1e-6)
    assert ancova_batch(outcome[None], arm[None], baseline[None])[0] == pytest.approx(expected, rel=1e-8)


def test_without_covariates_it_is_the_t_test() -> None:
    rng = np.random.default_rng(5)
    treated, control = rng.normal(1, 2, 20), rng.normal(0, 2, 25)
    answer = ancova(np.r_[treated, control], np.r_[np.ones(20), np.zeros(25)])
    assert answer.p == pytest.approx(stats.ttest_ind(treated, control).pvalue, rel=1e-9)


def test_type_one_error_is_five_per_cent() -> None:
    trials = 40_000
    estimate, se, df = simulate_ancova(20, 0, trials, 30, 20, 0.0, 7.5, 6.0, -0.3).T
    rejected = 2 * stats.t.sf(np.abs(estimate / se), df) < 0.05
    assert abs(rejected.mean() - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5  # 0.0044


def test_power_is_that_of_the_closed_form() -> None:
    trials, arm = 20_000, round(ancova_patients(3, 7.6, power=0.8))
    assert arm == 101
    estimate, se, df = simulate_ancova(21, 0, trials, arm, arm, 3.0, 7.6, 5.0, 0.4).T
    power = (2 * stats.t.sf(np.abs(estimate / se), df) < 0.05).mean()
    exact = stats.nct.sf(stats.t.ppf(0.975, 2 * arm - 3), 2 * arm - 3, 3 / 7.6 * (arm / 2) ** 0.5)
    assert abs(power - exact) < 4 * (0.8 * 0.2 / trials) ** 0.5 + 0.003  # the covariate costs a little


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_trials_are_the_same_for_any_number_of_workers(workers: int) -> None:
    plan = (12, 11, 1.0, 2.0, 1.0, 0.5)
    whole = simulate_ancova(3, 0, 50, *plan)
    parts = [simulate_ancova(3, first, count, *plan) for first, count in spans(50, workers)]
    assert (np.concatenate(parts) == whole).all()


def test_three_patients_are_refused() -> None:
    with pytest.raises(RefusedError, match="treated: has 1 patients"):
        ancova([1.0, 2.0, 3.0], [0, 0, 1], [1.0, 2.0, 4.0])


def test_a_baseline_that_does_not_vary_is_refused() -> None:
    with pytest.raises(RefusedError, match="covariates: one does not vary"):
        ancova([1.0, 2.0, 3.0, 4.0, 5.0], [0, 0, 1, 1, 1], [2.0] * 5)


@pytest.mark.parametrize(("effect", "sd", "place"), [(0.0, 7.0, "effect"), (2.0, -1.0, "sd")])
def test_no_effect_or_a_negative_sd_is_refused(effect: float, sd: float, place: str) -> None:
    with pytest.raises(RefusedError, match=f"^{place}: "):
        ancova_patients(effect, sd)
