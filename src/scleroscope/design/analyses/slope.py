"""The random-slope model: each patient has her own level and her own rate of change; do the rates differ
by arm?

Outcome = intercept + treated + time + treated × time + covariates + (own level + own slope · time) +
error. The fit is that of the marginal covariance, a combination of four fixed matrices (level,
level–slope, slope, error) kept positive definite as a whole; a variance may therefore come out slightly
negative where patients differ less than the error alone would make them. REML, Satterthwaite's degrees of
freedom. Source: Laird, Ware 1982, https://doi.org/10.2307/2529876.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses import mmrm_fit
from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.analyses.matrix import solve
from scleroscope.design.compiled import compiled
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """The difference in slope (treated − control, a unit of time), the control's slope, the variances."""

    difference: Contrast
    control: Contrast
    level_variance: float
    covariance: float
    slope_variance: float
    error_variance: float
    deviance: float


@compiled
def _matrix(basis: Any, theta: Any, visits: int) -> Any:
    """Σ from its parameters: entry h of the lower triangle is basis[h] @ theta."""
    sigma = np.zeros((visits, visits))
    h = 0
    for a in range(visits):
        for b in range(a + 1):
            for k in range(theta.size):
                sigma[a, b] += basis[h, k] * theta[k]
            sigma[b, a] = sigma[a, b]
            h += 1
    return sigma


@compiled
def _fit(sums: Any, covariate: Any, at: Any, basis: Any, theta: Any) -> Any:
    """REML over Σ = Σ_k theta_k B_k from a first `theta`; (theta, state, second derivatives, steps or −1)."""
    visits = at.shape[1]
    here = mmrm_fit.state(_matrix(basis, theta, visits), sums, covariate, at)
    turned = np.ascontiguousarray(basis.T)
    for step in range(100):
        gradient, second = mmrm_fit.slopes(here, sums, covariate, at)
        big, small = mmrm_fit.derivatives(here, sums, covariate, at)
        exact = turned @ mmrm_fit.full_second(here, second, big, small) @ basis
        pull = turned @ gradient
        move = solve(exact, pull)
        if move[0] != move[0]:  # not yet in the bowl: take Fisher's information instead
            fisher = np.zeros_like(second)
            for q in range(sums[0].size):
                mmrm_fit.add_second(here[3][q], here[3][q], sums[1][q], fisher)
            for i in range(fisher.shape[0]):
                for j in range(i):
                    fisher[j, i] = fisher[i, j]
            move = solve(turned @ fisher @ basis, pull)
        if move[0] != move[0]:
            break
        if abs(pull @ move) < 1e-12:
            return theta, here, exact, step
        for _ in range(40):
            there = mmrm_fit.state(_matrix(basis, theta - move, visits), sums, covariate, at)
            if there[0] <= here[0] + 1e-9:
                break
            move *= 0.5
        if not there[0] <= here[0] + 1e-9:
            break
        theta = theta - move
        here = there
    return theta, here, np.zeros((theta.size, theta.size)), -1


def _design(times: Array, extra: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Regressors (level, treated, time, treated × time, covariates) and the basis of Σ (lower triangle)."""
    flat = np.ones(times.size)
    covariate = np.array([0, 1, 0, 1, *range(2, 2 + extra)], np.int64)
    at = np.array([flat, flat, times, times, *[flat] * extra])
    rows, columns = np.tril_indices(times.size)
    s, t = times[rows], times[columns]
    basis = np.column_stack([np.ones(rows.size), s + t, s * t, (rows == columns).astype(float)])
    return covariate, at, basis


def random_slope(
    outcome: ArrayLike,
    times: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Slopes:
    """Compare the slopes of one trial's arms.

    `outcome` (n, visits) with NaN for missed visits, `times` (visits,) of the schedule, `treated` (n,) of
    0/1, `covariates` (n,) or (n, k) or none.
    """
    y = np.ascontiguousarray(outcome, float)
    schedule, arm = np.asarray(times, float), np.asarray(treated, float)
    if y.ndim != 2 or y.shape != (arm.size, schedule.size):
        raise RefusedError("outcome", f"{y.shape} is not ({arm.size} patients, {schedule.size} times)")
    if schedule.size < 3 or (np.diff(schedule) <= 0).any():
        raise RefusedError(
            "times", "needs three or more visits, in order: level, slope and error are to be told apart"
        )
    extra = (
        np.empty((arm.size, 0)) if covariates is None else np.asarray(covariates, float).reshape(arm.size, -1)
    )
    z = np.ascontiguousarray(np.column_stack([np.ones(arm.size), arm, extra]))
    unit = schedule[-1] - schedule[0]  # fit in units of the whole schedule, so that no variance is tiny
    covariate, at, basis = _design((schedule - schedule[0]) / unit, extra.shape[1])
    if arm.size < 4 + extra.shape[1] + 2:
        raise RefusedError("patients", f"{arm.size} are too few for this model")
    sums = mmrm_fit.pattern_sums(y, z)
    theta, here, second, steps = _fit(
        sums, covariate, at, basis, _first(y, z, (schedule - schedule[0]) / unit)
    )
    if steps < 0:
        raise RefusedError("outcome", "no fit: too few visits or patients, or a covariate repeats others")
    big = np.einsum("hk,hab->kab", basis, mmrm_fit.derivatives(here, sums, covariate, at)[0])
    errors = 2 * np.linalg.inv(second)

    def test(index: int) -> Contrast:
        u = here[2][:, index]
        gradient = np.einsum("a,kab,b->k", u, big, u)
        variance = float(here[2][index, index])
        df = 2 * variance**2 / float(gradient @ errors @ gradient)
        return contrast(here[1][index] / unit, math.sqrt(variance) / unit, df, level=level)

    return Slopes(
        difference=test(3),
        control=test(2),
        level_variance=float(theta[0]),
        covariance=float(theta[1]) / unit,
        slope_variance=float(theta[2]) / unit**2,
        error_variance=float(theta[3]),
        deviance=float(here[0]),
    )


def _first(y: Array, z: Array, times: Array) -> Array:
    """A first guess: the residual variance shared among level, slope and error, no covariance."""
    seen = ~np.isnan(y)
    rows, visits = np.nonzero(seen)
    x = np.column_stack([z[rows], times[visits], z[rows, 1] * times[visits]])
    rest = y[seen] - x @ np.linalg.lstsq(x, y[seen], rcond=None)[0]
    return np.array([0.4, 0.0, 0.2, 0.4]) * float(rest.var())
