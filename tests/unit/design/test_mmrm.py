"""The mixed model against whole matrices, closed forms, the null, and bad input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from scleroscope.design.analyses.ancova import ancova
from scleroscope.design.analyses.mmrm import design_columns, mmrm, mmrm_batch, simulate_mmrm
from scleroscope.design.random import spans
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


def trial(seed: int, size: int, visits: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(visits, visits)) + 2 * np.eye(visits)
    z = np.column_stack([np.ones(size), np.arange(size) % 2, rng.normal(3, 2, size)])
    y = z @ rng.normal(size=(3, visits)) + rng.normal(size=(size, visits)) @ root
    y[rng.random(y.shape) < 0.2] = np.nan  # gaps, not only dropout
    return y, z


def whole_matrices(y: Array, z: Array, own: list[bool]) -> Callable[[Array], tuple[float, Array, Array]]:
    """The second implementation: one dense X and V; σ (lower triangle) → deviance, β, cov β."""
    size, visits = y.shape
    x = []
    for i in range(size):
        for j in range(visits):
            row = []
            for covariate, separate in enumerate(own):
                row += [z[i, covariate] * (j == k) for k in range(visits)] if separate else [z[i, covariate]]
            x.append(row)
    seen = ~np.isnan(y.ravel())
    dense, outcome = np.array(x)[seen], y.ravel()[seen]

    def at(entries: Array) -> tuple[float, Array, Array]:
        sigma = np.zeros((visits, visits))
        sigma[np.tril_indices(visits)] = entries
        sigma = np.tril(sigma) + np.tril(sigma, -1).T
        v = np.kron(np.eye(size), sigma)[np.ix_(seen, seen)]
        inverse = np.linalg.inv(v)
        information = dense.T @ inverse @ dense
        cov = np.linalg.inv(information)
        beta = cov @ dense.T @ inverse @ outcome
        rest = outcome - dense @ beta
        deviance = (
            np.linalg.slogdet(v)[1]
            + np.linalg.slogdet(information)[1]
            + rest @ inverse @ rest
            + (outcome.size - beta.size) * np.log(2 * np.pi)
        )
        return float(deviance), beta, cov

    return at


@pytest.mark.parametrize("own", [[True, True, True], [True, True, False]])
def test_fit_error_and_degrees_of_freedom_agree_with_whole_matrices(own: list[bool]) -> None:
    y, z = trial(3, 24, 3)
    fitted = mmrm(y, z, own)
    at = whole_matrices(y, z, own)
    top = fitted.sigma[np.tril_indices(3)]
    deviance, beta, cov = at(top)
    assert fitted.deviance == pytest.approx(deviance, abs=1e-8)
    np.testing.assert_allclose(fitted.coefficients, beta, atol=1e-9)
    np.testing.assert_allclose(fitted.covariance, cov, atol=1e-9)
    steps = np.eye(6) * 1e-3
    slope = [(at(top + h / 100)[0] - at(top - h / 100)[0]) / 2e-5 for h in steps]
    np.testing.assert_allclose(slope, 0, atol=1e-5)

    def bend(h: Array, k: Array) -> float:
        corners = (at(top + h + k), at(top + h - k), at(top - h + k), at(top - h - k))
        return (corners[0][0] - corners[1][0] - corners[2][0] + corners[3][0]) / 4e-6

    second = np.array([[bend(h, k) for k in steps] for h in steps])
    c = np.zeros(beta.size)
    c[5] = 1
    gradient = np.array([(at(top + h)[2][5, 5] - at(top - h)[2][5, 5]) / 2e-3 for h in steps])
    df = 2 * cov[5, 5] ** 2 / (gradient @ (2 * np.linalg.inv(second)) @ gradient)
    assert fitted.test(c).df == pytest.approx(df, rel=2e-3)


@pytest.mark.slow  # compiles the batch form
def test_the_batch_gives_the_same_answers() -> None:
    trials = [trial(seed, 40, 3) for seed in range(5)]
    covariate, at, names = design_columns(np.array([True, True, True]), 3)
    weights = np.eye(9)[names.index((1, 2))]
    answers = mmrm_batch(
        np.array([y for y, _ in trials]), np.array([z for _, z in trials]), covariate, at, weights
    )
    for (y, z), answer in zip(trials, answers, strict=True):
        single = mmrm(y, z, [True, True, True]).test(weights)
        assert answer == pytest.approx((single.estimate, single.se, single.df), rel=1e-6)


def test_with_one_visit_it_is_ancova() -> None:
    y, z = trial(8, 30, 1)
    fitted = mmrm(y, z, [True, True, True])
    ours, theirs = fitted.test([0, 1, 0]), ancova(y[:, 0], z[:, 1], z[:, 2])
    assert (ours.estimate, ours.se, ours.df) == pytest.approx(
        (theirs.estimate, theirs.se, theirs.df), rel=1e-6
    )


def test_kenward_roger_is_exact_in_a_complete_balanced_trial() -> None:
    """Everybody is seen at every visit: the covariance of β is that of least squares, without correction."""
    rng = np.random.default_rng(2)
    y = rng.normal(size=(20, 3))
    z = np.column_stack([np.ones(20), np.repeat([0.0, 1.0], 10)])
    fitted = mmrm(y, z, [True, True])
    weights = [0, 0, 0, 0, 0, 1]
    t = stats.ttest_ind(y[10:, 2], y[:10, 2])
    answer = fitted.test(weights)
    assert (answer.statistic, answer.df) == pytest.approx((t.statistic, 18), rel=1e-6)
    assert fitted.test(weights, method="kenward-roger-linear").se == pytest.approx(answer.se, rel=1e-6)


PLAN = (np.zeros(3), np.linalg.cholesky(30 * (0.5 + 0.5 * np.eye(4))), np.array([0.0, 0.1, 0.1]))


@pytest.mark.slow  # compiles the batch form
def test_type_one_error_is_five_per_cent_with_dropout() -> None:
    trials = 4000
    estimate, se, df = simulate_mmrm(6, 0, trials, 20, 20, *PLAN).T
    assert not np.isnan(df).any()
    rejected = 2 * stats.t.sf(np.abs(estimate / se), df) < 0.05
    assert abs(rejected.mean() - 0.05) < 4 * (0.05 * 0.95 / trials) ** 0.5  # 0.0138


@pytest.mark.slow  # compiles the batch form
def test_trials_are_the_same_for_any_number_of_workers() -> None:
    whole = simulate_mmrm(4, 0, 20, 15, 15, *PLAN)
    assert (np.concatenate([simulate_mmrm(4, *span, 15, 15, *PLAN) for span in spans(20, 3)]) == whole).all()


def test_too_few_patients_and_repeated_covariates_are_refused() -> None:
    y, z = trial(5, 4, 3)
    with pytest.raises(RefusedError, match="patients: 4 are too few"):
        mmrm(y, z, [True, True, True])
    y, z = trial(5, 40, 3)
    with pytest.raises(RefusedError, match="covariates: no fit"):
        mmrm(y, np.column_stack([z, z[:, 1]]), [True, True, True, True])
