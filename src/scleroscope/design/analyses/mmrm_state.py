"""The restricted likelihood of a mixed model for repeated measures at one covariance matrix Σ.

Notation: y ~ N(Xβ, V), V block diagonal in blocks of Σ cut to the visits observed; W the inverse of such a
block with zeros for the visits missed; C = (X'V⁻¹X)⁻¹; σ the entries of Σ (lower triangle, by rows);
E_h = ∂Σ/∂σ_h. Source: Harville 1977, https://doi.org/10.1080/01621459.1977.10480998.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.matrix import invert, times
from scleroscope.design.analyses.mmrm_sums import mirror
from scleroscope.design.compiled import compiled

_LOG_TWO_PI = math.log(2 * math.pi)


@compiled
def _weigh(sigma: Any, code: int, w: Any) -> float:
    """Write the inverse of Σ cut to the visits of `code` into `w`, zeros elsewhere; its log determinant."""
    visits = sigma.shape[0]
    seen = np.empty(visits, np.int64)
    count = 0
    for j in range(visits):
        if code >> j & 1:
            seen[count] = j
            count += 1
    part = np.empty((count, count))
    low = np.empty((count, count))
    inverse = np.empty((count, count))
    for a in range(count):
        for b in range(count):
            part[a, b] = sigma[seen[a], seen[b]]
    determinant = invert(part, low, inverse)
    w[:, :] = 0.0
    for a in range(count):
        for b in range(count):
            w[seen[a], seen[b]] = inverse[a, b]
    return determinant


@compiled
def spread(c: Any, zz: Any, covariate: Any, at: Any, out: Any) -> None:
    """out[j, l] = Σ c[a, b] · (regressor a at visit j) · (regressor b at visit l), summed over patients."""
    visits = at.shape[1]
    out[:, :] = 0.0
    for a in range(c.shape[0]):
        for b in range(c.shape[0]):
            amount = c[a, b] * zz[covariate[a], covariate[b]]
            for j in range(visits):
                if at[a, j] != 0.0:
                    for other in range(visits):
                        out[j, other] += amount * at[a, j] * at[b, other]


@compiled
def project(w: Any, zz: Any, covariate: Any, at: Any, out: Any) -> None:
    """Add X'MX of one pattern to `out`, M the visit-by-visit matrix `w`."""
    width, visits = at.shape
    half = np.empty(visits)
    for a in range(width):
        for other in range(visits):
            total = 0.0
            for j in range(visits):
                total += at[a, j] * w[j, other]
            half[other] = total
        for b in range(a + 1):
            total = 0.0
            for other in range(visits):
                total += half[other] * at[b, other]
            out[a, b] += total * zz[covariate[a], covariate[b]]


@compiled
def _estimate(w: Any, sums: Any, covariate: Any, at: Any) -> Any:
    """(log |X'V⁻¹X|, β, C) with the weights of every pattern."""
    _, _, zz, zy, _ = sums
    width, visits = at.shape
    information = np.zeros((width, width))
    pull = np.zeros(width)
    for q in range(w.shape[0]):
        project(w[q], zz[q], covariate, at, information)
        for a in range(width):
            for j in range(visits):
                if at[a, j] != 0.0:
                    for other in range(visits):
                        pull[a] += at[a, j] * w[q, j, other] * zy[q, covariate[a], other]
    mirror(information)
    c = np.empty((width, width))
    determinant = invert(information, np.empty((width, width)), c)
    return determinant, times(c, pull), c


@compiled
def _residuals(beta: Any, sums: Any, covariate: Any, at: Any) -> Any:
    """Sums of products of residuals with each other and with the covariates, by pattern; 0 where unseen."""
    codes, _, zz, zy, yy = sums
    width, visits = at.shape
    gamma = np.zeros((zz.shape[1], visits))
    for a in range(width):
        for j in range(visits):
            gamma[covariate[a], j] += beta[a] * at[a, j]
    residual = np.zeros((codes.size, visits, visits))
    zr = np.zeros((codes.size, zz.shape[1], visits))
    for q in range(codes.size):
        for j in range(visits):
            if codes[q] >> j & 1:
                for a in range(zz.shape[1]):
                    total = zy[q, a, j]
                    for b in range(zz.shape[1]):
                        total -= zz[q, a, b] * gamma[b, j]
                    zr[q, a, j] = total
        for j in range(visits):
            for other in range(visits):
                if codes[q] >> j & 1 and codes[q] >> other & 1:
                    total = yy[q, j, other]
                    for a in range(zz.shape[1]):
                        total -= gamma[a, j] * zy[q, a, other] + zr[q, a, j] * gamma[a, other]
                    residual[q, j, other] = total
    return residual, zr


@compiled
def state(sigma: Any, sums: Any, covariate: Any, at: Any) -> Any:
    """At one Σ: (deviance, β, C, W by pattern, residual sums by pattern, z'residual by pattern).

    The deviance is −2 × the restricted log-likelihood; NaN where Σ is not positive definite.
    """
    codes, counts = sums[0], sums[1]
    visits = at.shape[1]
    w = np.zeros((codes.size, visits, visits))
    deviance = 0.0
    seen = 0.0
    for q in range(codes.size):
        deviance += counts[q] * _weigh(sigma, codes[q], w[q])
        for j in range(visits):
            seen += counts[q] * (codes[q] >> j & 1)
    determinant, beta, c = _estimate(w, sums, covariate, at)
    residual, zr = _residuals(beta, sums, covariate, at)
    deviance += determinant + (seen - beta.size) * _LOG_TWO_PI
    for q in range(codes.size):
        for j in range(visits):
            for other in range(visits):
                deviance += w[q, j, other] * residual[q, j, other]
    return deviance, beta, c, w, residual, zr
