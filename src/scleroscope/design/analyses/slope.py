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

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses import mmrm_fit, mmrm_slopes, mmrm_sums
from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.analyses.mmrm import mixed_batch
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


def slope_columns(times: Array, extra: int) -> tuple[NDArray[np.int64], Array, Array]:
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
    covariate, at, basis = slope_columns((schedule - schedule[0]) / unit, extra.shape[1])
    if arm.size < 4 + extra.shape[1] + 2:
        raise RefusedError("patients", f"{arm.size} are too few for this model")
    sums = mmrm_sums.pattern_sums(y, z)
    theta, here, second, steps = mmrm_fit.fit(sums, covariate, at, basis)
    if steps < 0:
        raise RefusedError("outcome", "no fit: too few visits or patients, or a covariate repeats others")
    by_entry, small = mmrm_slopes.derivatives(here, sums, covariate, at)
    big = np.einsum("hk,hab->kab", basis, by_entry)
    errors = 2 * np.linalg.inv(basis.T @ mmrm_slopes.full_second(here, second, by_entry, small) @ basis)

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


def slope_batch(outcome: Array, times: ArrayLike, treated: Array) -> Array:
    """Many trials: (trials, n, visits), (visits,), (trials, n) → (trials, 3): difference in slope, se, df."""
    schedule = np.asarray(times, float)
    unit = schedule[-1] - schedule[0]
    covariate, at, basis = slope_columns((schedule - schedule[0]) / unit, 0)
    z = np.stack([np.ones(treated.shape), treated], axis=2)
    answers = mixed_batch(np.ascontiguousarray(outcome, float), z, covariate, at, basis, np.eye(4)[3])
    answers[:, :2] /= unit
    return answers
