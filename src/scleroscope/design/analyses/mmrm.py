"""Mixed model for repeated measures: unstructured covariance, REML, Satterthwaite or Kenward–Roger errors.

Every patient has covariates that do not change between visits; a regressor is a covariate at all visits
or at one (its interaction with that visit). Missed visits are NaN and are taken as missing at random.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses import mmrm_fit, mmrm_slopes, mmrm_state, mmrm_sums
from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.analyses.matrix import solve, times, turn
from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals, fill_uniforms
from scleroscope.design.refuse import RefusedError
from scleroscope.design.refuse import covariance as given

Array = NDArray[np.float64]
Method = Literal["satterthwaite", "kenward-roger", "kenward-roger-linear"]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted model: coefficients and their covariance, Σ of the visits, −2 restricted log-likelihood.

    `regressors` names the coefficients as (covariate, visit), visit None for all visits.
    """

    regressors: tuple[tuple[int, int | None], ...]
    coefficients: Array
    covariance: Array
    sigma: Array
    deviance: float
    parts: Any

    def test(
        self, weights: ArrayLike, *, method: Method = "satterthwaite",
        level: float = 0.95,
    ) -> Contrast:  # fmt: skip
        """The sum of the coefficients times `weights`, with error and degrees of freedom.

        Kenward and Roger's covariance has a last term that depends on how Σ is described: "kenward-roger"
        takes that of the R package mmrm (log standard deviations and the unit Cholesky factor),
        "kenward-roger-linear" the entries of Σ (no such term; the choice of SAS). For one contrast the
        degrees of freedom are Satterthwaite's. Sources: Satterthwaite 1946,
        https://doi.org/10.2307/3002019; Kenward, Roger 1997, https://doi.org/10.2307/2533558.
        """
        c = np.asarray(weights, float)
        if c.shape != self.coefficients.shape:
            raise RefusedError("weights", f"has {c.size} entries for {self.coefficients.size} coefficients")
        u = self.covariance @ c
        variance = float(c @ u)
        gradient = np.einsum("a,hab,b->h", u, self.parts.big, u)
        df = 2 * variance**2 / float(gradient @ self.parts.errors @ gradient)
        if method != "satterthwaite":
            variance += _correction(self, u, curved=method == "kenward-roger")
        return contrast(float(c @ self.coefficients), math.sqrt(variance), df, level=level)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What the tests need: D of `mmrm_slopes.derivatives`, the covariance of σ̂, W and z'z of the patterns."""

    big: Array
    errors: Array
    w: Array
    zz: Array
    covariate: NDArray[np.int64]
    at: Array


def mmrm(
    outcome: ArrayLike, covariates: ArrayLike, by_visit: ArrayLike, *, sigma: ArrayLike | None = None
) -> Fit:
    """Fit one trial.

    `outcome` (n, visits) with NaN for missed visits; `covariates` (n, k), the first column usually ones;
    `by_visit` (k,) says which covariates have an effect of their own at each visit (True) and which
    have one at all visits (False). The coefficients come covariate by covariate, visits in order. With
    `sigma` the model is not fitted but described at that covariance (to look at another program's answer).

    >>> rng = np.random.default_rng(1)
    >>> arm = np.repeat([0.0, 1.0], 30)
    >>> y = rng.normal(size=(60, 2)) + arm[:, None]
    >>> mmrm(y, np.column_stack([np.ones(60), arm]), [True, True]).regressors
    ((0, 0), (0, 1), (1, 0), (1, 1))
    """
    y = np.ascontiguousarray(outcome, float)
    z = np.ascontiguousarray(covariates, float)
    if y.ndim != 2 or z.ndim != 2 or len(y) != len(z):
        raise RefusedError("outcome", f"{y.shape} does not go with covariates of {z.shape}; a row a patient")
    if np.isnan(z).any():
        raise RefusedError("covariates", "one is missing in a patient; impute it or leave her out")
    visits = y.shape[1]
    own = np.asarray(by_visit, bool)
    covariate, at, names = design_columns(own, visits)
    seen = int((~np.isnan(y)).sum())
    if seen < covariate.size + visits * (visits + 1) // 2 or (~np.isnan(y)).any(axis=1).sum() < visits + 3:
        raise RefusedError(
            "patients", f"{len(y)} are too few for {covariate.size} effects and {visits} visits"
        )
    sums = mmrm_sums.pattern_sums(y, z)
    if sigma is None:
        theta, here, second, steps = mmrm_fit.fit(sums, covariate, at, np.eye(visits * (visits + 1) // 2))
        if steps < 0 or not math.isfinite(here[0]):
            raise RefusedError("covariates", "no fit: one repeats others, or a visit has too few patients")
        fitted = np.zeros((visits, visits))
        fitted[np.tril_indices(visits)] = theta
        fitted = np.tril(fitted) + np.tril(fitted, -1).T
    else:
        fitted = given(sigma, "sigma")
        here = mmrm_state.state(fitted, sums, covariate, at)
        second = mmrm_slopes.slopes(here, sums, covariate, at)[1]
    big, small = mmrm_slopes.derivatives(here, sums, covariate, at)
    exact = mmrm_slopes.full_second(here, second, big, small)
    parts = _Parts(
        big=big, errors=2 * np.linalg.inv(exact), w=here[3], zz=sums[2], covariate=covariate, at=at
    )
    return Fit(
        regressors=names,
        coefficients=here[1],
        covariance=here[2],
        sigma=fitted,
        deviance=float(here[0]),
        parts=parts,
    )


def design_columns(
    by_visit: NDArray[np.bool_], visits: int
) -> tuple[NDArray[np.int64], Array, tuple[tuple[int, int | None], ...]]:
    """The regressors as (covariate of each, the visits at which each acts (p, visits), their names)."""
    covariate, rows, names = [], [], []
    for index, own in enumerate(by_visit.tolist()):
        for visit in range(visits) if own else (None,):
            covariate.append(index)
            names.append((index, visit))
            rows.append(np.ones(visits) if visit is None else np.eye(visits)[visit])
    return np.array(covariate, np.int64), np.array(rows), tuple(names)


def _correction(fitted: Fit, u: Array, *, curved: bool) -> float:
    """2 u'Λu, which Kenward and Roger add to a variance: Λ = Σ w_hk (Q_hk − P_h C P_k − R_hk / 4)."""
    parts = fitted.parts
    entries = len(parts.errors)
    visits = fitted.sigma.shape[0]
    sandwiched = np.zeros((entries, entries))  # u'Q_hk u
    last = 0.0
    bend = _curvature(fitted.sigma, parts.errors) if curved else np.zeros((visits, visits))
    square = np.outer(u, u)
    pattern = np.empty((visits, visits))
    for w, zz in zip(parts.w, parts.zz, strict=True):
        mmrm_state.spread(square, zz, parts.covariate, parts.at, pattern)
        inner = w @ pattern @ w
        mmrm_slopes.add_second(w, inner, 1.0, sandwiched)
        last += float((inner * bend).sum())
    sandwiched = np.tril(sandwiched) + np.tril(sandwiched, -1).T
    turned = parts.big @ u
    sandwiched -= turned @ fitted.covariance @ turned.T
    return 2 * (float((parts.errors * sandwiched).sum()) - last / 4)


def _curvature(sigma: Array, errors: Array) -> Array:
    """Σ_hk w_hk ∂²Σ/∂θ_h∂θ_k for θ = (log deviations d, unit lower L), Σ = diag(e^d) L L' diag(e^d)."""
    visits = len(sigma)
    low = np.linalg.cholesky(sigma)
    scale = np.diag(low)
    unit = low / scale[:, None]
    d = np.diag(scale)
    below = [(i, j) for i in range(visits) for j in range(i)]
    rows, columns = np.tril_indices(visits)

    def single(i: int, j: int) -> Array:
        matrix = np.zeros((visits, visits))
        matrix[i, j] = 1.0
        return matrix

    picks = [single(i, i) for i in range(visits)]
    lows = [d @ (single(i, j) @ unit.T + unit @ single(j, i)) @ d for i, j in below]
    first = [p @ sigma + sigma @ p for p in picks] + lows
    inverse = np.linalg.inv(np.array([matrix[rows, columns] for matrix in first]).T)
    weights = inverse @ errors @ inverse.T
    bend = np.zeros((visits, visits))
    for h in range(len(first)):
        for k in range(len(first)):
            a, b = min(h, k), max(h, k)
            if b < visits:
                second = picks[a] @ first[b] + first[b] @ picks[a]
            elif a < visits:
                second = picks[a] @ lows[b - visits] + lows[b - visits] @ picks[a]
            else:
                one, other = (single(*below[index - visits]) for index in (a, b))
                second = d @ (one @ other.T + other @ one.T) @ d
            bend += weights[h, k] * second
    return bend


@compiled
def contrast_of(y: Any, z: Any, covariate: Any, at: Any, basis: Any, weights: Any) -> Any:
    """(estimate, se, Satterthwaite df) of one contrast of one trial; NaN where no fit was reached."""
    sums = mmrm_sums.pattern_sums(y, z)
    _, here, second, steps = mmrm_fit.fit(sums, covariate, at, basis)
    if steps < 0:
        return math.nan, math.nan, math.nan
    big, small = mmrm_slopes.derivatives(here, sums, covariate, at)
    exact = mmrm_fit.narrow(mmrm_slopes.full_second(here, second, big, small), basis)
    u = times(here[2], weights)
    estimate = 0.0
    variance = 0.0
    slopes = np.zeros(big.shape[0])
    for a in range(u.size):
        estimate += weights[a] * here[1][a]
        variance += weights[a] * u[a]
        for b in range(u.size):
            for h in range(big.shape[0]):
                slopes[h] += u[a] * big[h, a, b] * u[b]
    gradient = turn(basis, slopes)
    bent = solve(exact, gradient)
    spread = 0.0
    for k in range(gradient.size):
        spread += gradient[k] * bent[k]
    return estimate, math.sqrt(variance), variance * variance / spread


@compiled
def mixed_batch(
    outcome: Array, covariates: Array, covariate: NDArray[np.int64], at: Array, basis: Array, weights: Array
) -> Array:
    """Many trials: outcomes (trials, n, visits), covariates (trials, n, k) → (trials, 3): estimate, se, df.

    `covariate` and `at` are those of `design_columns`, `weights` (p,) the contrast, `basis` the
    description of Σ (the identity: unstructured; see `mmrm_fit.fit`).
    """
    answers = np.empty((outcome.shape[0], 3))
    for trial in range(outcome.shape[0]):
        answers[trial, 0], answers[trial, 1], answers[trial, 2] = contrast_of(
            outcome[trial], covariates[trial], covariate, at, basis, weights
        )
    return answers


def mmrm_batch(
    outcome: Array, covariates: Array, covariate: NDArray[np.int64], at: Array, weights: Array
) -> Array:
    """As `mixed_batch` with Σ unstructured."""
    entries = at.shape[1] * (at.shape[1] + 1) // 2
    return mixed_batch(outcome, covariates, covariate, at, np.eye(entries), weights)


@compiled
def simulate_mmrm(
    seed: int, first: int, count: int, treated: int, control: int, effect: Array, low: Array, dropout: Array
) -> Array:
    """Draw trials first … first+count−1 and test the last visit → (count, 3): estimate, se, df.

    `low` is the Cholesky factor of the covariance of (baseline, visit 1, … visit m); `effect` (m,) is what
    treatment adds at each visit; `dropout` (m,) the probability of leaving just before each visit, for good.
    The model has visit, baseline × visit and arm × visit.
    """
    size = treated + control
    visits = effect.size
    y = np.empty((size, visits))
    z = np.ones((size, 3))
    z[:, 1] = 0.0
    z[:treated, 1] = 1.0
    covariate = np.zeros(3 * visits, np.int64)
    at = np.zeros((3 * visits, visits))
    for index in range(3 * visits):
        covariate[index] = index // visits
        at[index, index % visits] = 1.0
    basis = np.zeros((visits * (visits + 1) // 2, visits * (visits + 1) // 2))
    for entry in range(basis.shape[0]):
        basis[entry, entry] = 1.0
    weights = np.zeros(3 * visits)
    weights[2 * visits - 1] = 1.0
    draws = np.empty(size * (visits + 1))
    leaving = np.empty(size * visits)
    answers = np.empty((count, 3))
    for row in range(count):
        fill_normals(seed, first + row, 4, draws)
        fill_uniforms(seed, first + row, 5, leaving)
        for i in range(size):
            own = draws[i * (visits + 1) : (i + 1) * (visits + 1)]
            z[i, 2] = low[0, 0] * own[0]
            here = True
            for j in range(visits):
                here = here and leaving[i * visits + j] >= dropout[j]
                total = effect[j] * z[i, 1]
                for k in range(j + 2):
                    total += low[j + 1, k] * own[k]
                y[i, j] = total if here else math.nan
        answers[row, 0], answers[row, 1], answers[row, 2] = contrast_of(y, z, covariate, at, basis, weights)
    return answers
