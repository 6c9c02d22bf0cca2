"""Analysis of covariance: a difference between two arms, adjusted for baseline.

Model: outcome = intercept + effect · treated + slopes · covariates + error, by least squares; the reference
is Student's t with n − 2 − k degrees of freedom (k covariates). Patients whose outcome is NaN are left out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals
from scleroscope.design.refuse import RefusedError, patients, positive


@compiled
def ancova_sums(outcome: Any, treated: Any, baseline: Any) -> Any:
    """(estimate, se, df) with one covariate: `outcome`, `treated` (0/1) and `baseline`, each of shape (n,).

    Works on sums within the arms; NaN where a fit is impossible. Formula: Fisher's adjusted difference,
    ȳ₁ − ȳ₀ − b(x̄₁ − x̄₀), with b the pooled slope within arms.
    """
    count = 0.0
    count1 = 0.0
    x0 = x1 = y0 = y1 = xx = xy = yy = 0.0
    # Sums about the first patient keep their digits when the mean is large beside the spread.
    cx = baseline[0]
    cy = 0.0
    for i in range(outcome.size):
        if outcome[i] == outcome[i]:
            cy = outcome[i]
            break
    for i in range(outcome.size):
        y = outcome[i] - cy
        if y == y:
            x = baseline[i] - cx
            arm = float(treated[i])
            count += 1.0
            count1 += arm
            x0 += x
            y0 += y
            x1 += arm * x
            y1 += arm * y
            xx += x * x
            xy += x * y
            yy += y * y
    count0 = count - count1
    df = count - 3.0
    if df < 1.0 or count0 < 1.0 or count1 < 1.0:
        return math.nan, math.nan, math.nan
    x0 -= x1
    y0 -= y1
    xx -= x1 * x1 / count1 + x0 * x0 / count0
    xy -= x1 * y1 / count1 + x0 * y0 / count0
    yy -= y1 * y1 / count1 + y0 * y0 / count0
    if xx <= 0.0:
        return math.nan, math.nan, math.nan
    slope = xy / xx
    gap = x1 / count1 - x0 / count0
    estimate = y1 / count1 - y0 / count0 - slope * gap
    variance = max(yy - slope * xy, 0.0) / df * (1.0 / count1 + 1.0 / count0 + gap * gap / xx)
    return estimate, math.sqrt(variance), df


@compiled
def ancova_batch(
    outcome: NDArray[np.float64], treated: NDArray[np.float64], baseline: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Many trials, one covariate: three arrays of shape (trials, n) → (trials, 3): estimate, se, df."""
    answers = np.empty((outcome.shape[0], 3))
    for trial in range(outcome.shape[0]):
        answers[trial, 0], answers[trial, 1], answers[trial, 2] = ancova_sums(
            outcome[trial], treated[trial], baseline[trial]
        )
    return answers


@compiled
def simulate_ancova(
    seed: int,
    first: int,
    count: int,
    treated: int,
    control: int,
    effect: float,
    sd: float,
    baseline_sd: float,
    slope: float,
) -> NDArray[np.float64]:
    """Draw and analyse trials first … first+count−1 → (count, 3): estimate, se, df.

    A patient has a baseline N(0, baseline_sd²) and a change slope · baseline + effect · treated +
    N(0, sd²);
    patients 0 … treated−1 are treated. The numbers of a trial depend on (seed, trial) alone.
    """
    size = treated + control
    arm = np.zeros(size)
    arm[:treated] = 1.0
    draws = np.empty(2 * size)
    answers = np.empty((count, 3))
    for row in range(count):
        fill_normals(seed, first + row, 0, draws)
        baseline = draws[:size]
        outcome = draws[size:]
        for i in range(size):
            baseline[i] *= baseline_sd
            outcome[i] = slope * baseline[i] + effect * arm[i] + sd * outcome[i]
        answers[row, 0], answers[row, 1], answers[row, 2] = ancova_sums(outcome, arm, baseline)
    return answers


def ancova(
    outcome: ArrayLike, treated: ArrayLike, covariates: ArrayLike | None = None, *, level: float = 0.95
) -> Contrast:
    """Adjusted difference between the arms of one trial.

    `outcome` (n,) with NaN for missing, `treated` (n,) of 0/1, `covariates` (n,) or (n, k) or none (then a
    t-test with pooled variance). Refuses fewer than 2 patients in an arm, a covariate that does not vary or
    repeats another, and too few patients for the model.

    >>> answer = ancova([1, 2, 3, 5, 6, 8], [0, 0, 0, 1, 1, 1], [1, 2, 3, 1, 2, 3])
    >>> round(answer.estimate, 3), answer.df
    (4.333, 3.0)
    """
    y = np.asarray(outcome, float)
    arm = np.asarray(treated, float)
    extra = np.empty((y.size, 0)) if covariates is None else np.asarray(covariates, float).reshape(y.size, -1)
    seen = ~np.isnan(y)
    if np.isnan(extra[seen]).any():
        raise RefusedError(
            "covariates", "a patient with an outcome has a missing covariate; impute it or leave her out"
        )
    y, arm, extra = y[seen], arm[seen], extra[seen]
    for name, size in (("control", int((arm == 0).sum())), ("treated", int((arm == 1).sum()))):
        if size < 2:
            raise RefusedError(
                name, f"has {size} patients with an outcome; the variance within an arm needs 2"
            )
    df = patients(y.size, "patients", least=3 + extra.shape[1]) - 2 - extra.shape[1]
    design = np.column_stack([np.ones(y.size), arm, extra - extra.mean(axis=0)])
    scale = np.sqrt((design**2).sum(axis=0))
    q, r = np.linalg.qr(design / np.where(scale > 0, scale, 1))
    if np.abs(np.diag(r)).min() < 1e-10:
        raise RefusedError("covariates", "one does not vary, or is a sum of others and the arm; leave it out")
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ y) / scale
    residual = y - design @ beta
    variance = residual @ residual / df
    se = np.sqrt(variance * (inverse[1] @ inverse[1])) / scale[1]
    return contrast(beta[1], se, float(df), level=level)


def ancova_patients(
    effect: float, sd: float, *, alpha: float = 0.05, power: float = 0.9, rho: float = 0.0
) -> float:
    """Patients an arm (1:1, two-sided, normal approximation); `rho` correlates outcome and baseline.

    Formula: n = 2 sd² (1 − rho²) (z_{1−α/2} + z_{power})² / effect² (Borm et al. 2007,
    https://doi.org/10.1016/j.jclinepi.2007.02.006).

    >>> round(ancova_patients(2, 7.6, power=0.8))
    227
    """
    from scipy.special import ndtri

    from scleroscope.design.refuse import effect as checked_effect
    from scleroscope.design.refuse import share

    reach = ndtri(1 - share(alpha, "alpha") / 2) + ndtri(share(power, "power"))
    return float(2 * (positive(sd, "sd") * reach / checked_effect(effect, "effect")) ** 2 * (1 - rho * rho))
