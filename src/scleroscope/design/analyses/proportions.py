"""Responder rates: Fisher's exact test, Cochran–Mantel–Haenszel over strata, risk differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.compiled import compiled
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


@compiled
def fisher_p(a: int, b: int, c: int, d: int) -> float:
    """Two-sided p of the table [[a, b], [c, d]]: all tables with these margins that are no more likely.

    Source: Fisher 1935, https://doi.org/10.2307/2342435 (tables within a factor 1 + 1e-7 count as equally
    likely, against rounding).
    """
    row, column, total = a + b, a + c, a + b + c + d
    least = max(0, row + column - total)
    most = min(row, column)
    fixed = (
        math.lgamma(row + 1)
        + math.lgamma(total - row + 1)
        + math.lgamma(column + 1)
        + math.lgamma(total - column + 1)
        - math.lgamma(total + 1)
    )
    here = 0.0
    chance = np.empty(most - least + 1)
    for k in range(least, most + 1):
        chance[k - least] = math.exp(
            fixed
            - math.lgamma(k + 1)
            - math.lgamma(row - k + 1)
            - math.lgamma(column - k + 1)
            - math.lgamma(total - row - column + k + 1)
        )
        if k == a:
            here = chance[k - least]
    p = 0.0
    for k in range(chance.size):
        if chance[k] <= here * (1 + 1e-7):
            p += chance[k]
    return min(p, 1.0)


@compiled
def fisher_batch(responders: NDArray[np.int64], patients: NDArray[np.int64]) -> Array:
    """Many trials: responders and patients (trials, 2), treated then control → (trials,) two-sided p."""
    p = np.empty(responders.shape[0])
    for trial in range(responders.shape[0]):
        a = responders[trial, 0]
        c = responders[trial, 1]
        p[trial] = fisher_p(a, patients[trial, 0] - a, c, patients[trial, 1] - c)
    return p


@dataclass(frozen=True, kw_only=True)
class Stratified:
    """The common odds ratio (logarithm), the test over the strata, and the common risk difference."""

    log_odds_ratio: Contrast
    risk_difference: Contrast
    chi2: float
    p: float


@compiled
def cmh_sums(tables: Any) -> Any:
    """(observed − expected treated responders, its variance) over strata; `tables` (strata, 2, 2).

    A table has the rows treated and control, the columns responder and not. Strata of one patient add none.
    """
    gap = 0.0
    variance = 0.0
    for s in range(tables.shape[0]):
        row = tables[s, 0, 0] + tables[s, 0, 1]
        other = tables[s, 1, 0] + tables[s, 1, 1]
        column = tables[s, 0, 0] + tables[s, 1, 0]
        total = row + other
        if total > 1.0:
            gap += tables[s, 0, 0] - row * column / total
            variance += row * other * column * (total - column) / (total * total * (total - 1.0))
    return gap, variance


@compiled
def cmh_batch(tables: Array) -> Array:
    """Many trials: (trials, strata, 2, 2) → (trials,) z, uncorrected; above 0 the treated respond more."""
    z = np.empty(tables.shape[0])
    for trial in range(tables.shape[0]):
        gap, variance = cmh_sums(tables[trial])
        z[trial] = gap / math.sqrt(variance) if variance > 0.0 else math.nan
    return z


def cmh(
    response: ArrayLike, treated: ArrayLike, strata: ArrayLike | None = None, *, level: float = 0.95
) -> Stratified:
    """Compare the response of two arms over strata; three arrays of shape (n,).

    Test without continuity correction (Mantel, Haenszel 1959); error of the odds ratio of Robins, Breslow and
    Greenland 1986, https://doi.org/10.2307/2531052; risk difference with weights of Mantel and Haenszel and
    the error of Sato 1989, On the variance estimator for the Mantel-Haenszel risk difference, Biometrics 45:
    1323–1324.
    """
    happened = np.asarray(response, float).ravel()
    arm = np.asarray(treated, float).ravel()
    layers = (
        np.zeros(arm.size, int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    if not np.isin(happened, (0.0, 1.0)).all():
        raise RefusedError(
            "response", "must be 1 or 0 for everybody; count a missing response as the plan says"
        )
    if happened.shape != arm.shape or (arm == 1).sum() == 0 or (arm == 0).sum() == 0:
        raise RefusedError("treated", "both arms need patients, one entry for each response")
    tables = np.zeros((int(layers.max()) + 1, 2, 2))
    np.add.at(tables, (layers, (arm == 0).astype(int), (happened == 0).astype(int)), 1.0)
    gap, variance = cmh_sums(tables)
    z = gap / math.sqrt(variance) if variance > 0 else math.nan
    return Stratified(
        log_odds_ratio=_odds(tables, level),
        risk_difference=_difference(tables, level),
        chi2=z * z,
        p=float(2 * ndtr(-abs(z))),
    )


def _odds(tables: Array, level: float) -> Contrast:
    a, b, c, d = tables[:, 0, 0], tables[:, 0, 1], tables[:, 1, 0], tables[:, 1, 1]
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    if r.sum() == 0 or s.sum() == 0:
        return contrast(math.nan, math.nan, level=level)
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    return contrast(math.log(r.sum() / s.sum()), math.sqrt(variance), level=level)


def _difference(tables: Array, level: float) -> Contrast:
    a, c = tables[:, 0, 0], tables[:, 1, 0]
    n1, n0 = tables[:, 0].sum(axis=1), tables[:, 1].sum(axis=1)
    n = n1 + n0
    both = (n1 > 0) & (n0 > 0)
    a, c, n1, n0, n = a[both], c[both], n1[both], n0[both], n[both]
    weight = (n1 * n0 / n).sum()
    if weight == 0:
        return contrast(math.nan, math.nan, level=level)
    difference = ((a * n0 - c * n1) / n).sum() / weight
    p = (n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (a * (n0 - c) + c * (n1 - a)) / (2 * n)
    return contrast(difference, math.sqrt(difference * p.sum() + q.sum()) / weight, level=level)
