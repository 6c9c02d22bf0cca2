"""Derivatives of the restricted likelihood by the entries of Σ (notation: `mmrm_state`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from scleroscope.design.analyses.mmrm_state import project, spread
from scleroscope.design.analyses.mmrm_sums import mirror
from scleroscope.design.compiled import compiled


@compiled
def _sandwich(w: Any, g: Any, residual: Any) -> Any:
    """W (G + R) W."""
    visits = w.shape[0]
    half = np.zeros((visits, visits))
    whole = np.zeros((visits, visits))
    for i in range(visits):
        for j in range(visits):
            for k in range(visits):
                half[i, j] += w[i, k] * (g[k, j] + residual[k, j])
    for i in range(visits):
        for j in range(visits):
            for k in range(visits):
                whole[i, j] += half[i, k] * w[k, j]
    return whole


@compiled
def _cross(w: Any, u: Any, a: int, b: int, c: int, d: int) -> float:
    """tr(E_h W E_k U) for h = (a, b) and k = (c, d), W and U symmetric."""
    total = w[b, c] * u[d, a]
    if c != d:
        total += w[b, d] * u[c, a]
    if a != b:
        total += w[a, c] * u[d, b]
        if c != d:
            total += w[a, d] * u[c, b]
    return float(total)


@compiled
def add_second(w: Any, u: Any, scale: float, out: Any) -> None:
    """Add scale · tr(E_h W E_k U) to out[h, k] for all pairs of entries of Σ."""
    visits = w.shape[0]
    h = 0
    for a in range(visits):
        for b in range(a + 1):
            k = 0
            for c in range(visits):
                for d in range(c + 1):
                    if k <= h:
                        out[h, k] += scale * _cross(w, u, a, b, c, d)
                    k += 1
            h += 1


@compiled
def slopes(here: Any, sums: Any, covariate: Any, at: Any) -> Any:
    """(gradient of the deviance, its second derivatives *without* the terms that pass through C).

    gradient_h = Σ n tr(W E_h) − tr(C X'WE_hWX) − tr(W E_h W R);
    second_hk ≈ −Σ n tr(W E_h W E_k) + 2 Σ tr(W E_h W E_k W (G + R)), which `full_second` makes exact.
    """
    _, _, c, w, residual, _ = here
    codes, counts, zz, _, _ = sums
    visits = at.shape[1]
    entries = visits * (visits + 1) // 2
    gradient = np.zeros(entries)
    second = np.zeros((entries, entries))
    g = np.empty((visits, visits))
    for q in range(codes.size):
        spread(c, zz[q], covariate, at, g)
        u = _sandwich(w[q], g, residual[q])
        h = 0
        for a in range(visits):
            for b in range(a + 1):
                slope = counts[q] * w[q, a, b] - u[a, b]
                gradient[h] += slope if a == b else 2.0 * slope
                h += 1
        add_second(w[q], w[q], -counts[q], second)
        add_second(w[q], u, 2.0, second)
    mirror(second)
    return gradient, second


@compiled
def derivatives(here: Any, sums: Any, covariate: Any, at: Any) -> Any:
    """(D, d): D_h = X'V⁻¹E_hV⁻¹X, (entries, p, p), and d_h = X'V⁻¹E_hV⁻¹(y − Xβ), (entries, p)."""
    _, _, _, w, _, zr = here
    codes, _, zz, _, _ = sums
    width, visits = at.shape
    entries = visits * (visits + 1) // 2
    big = np.zeros((entries, width, width))
    small = np.zeros((entries, width))
    m = np.empty((visits, visits))
    for q in range(codes.size):
        h = 0
        for a in range(visits):
            for b in range(a + 1):
                for j in range(visits):
                    for other in range(visits):
                        m[j, other] = w[q, j, a] * w[q, b, other]
                        if a != b:
                            m[j, other] += w[q, j, b] * w[q, a, other]
                project(m, zz[q], covariate, at, big[h])
                for e in range(width):
                    for j in range(visits):
                        if at[e, j] != 0.0:
                            for other in range(visits):
                                small[h, e] += at[e, j] * m[j, other] * zr[q, covariate[e], other]
                h += 1
    for h in range(entries):
        mirror(big[h])
    return big, small


@compiled
def full_second(here: Any, second: Any, big: Any, small: Any) -> Any:
    """Exact second derivatives of the deviance: adds −tr(C D_h C D_k) − 2 d_h' C d_k."""
    c = here[2]
    entries = second.shape[0]
    exact = second.copy()
    width = c.shape[0]
    turned = np.zeros((entries, width, width))
    pulled = np.zeros((entries, width))
    for h in range(entries):
        for a in range(width):
            for b in range(width):
                pulled[h, a] += c[a, b] * small[h, b]
                for e in range(width):
                    turned[h, a, e] += c[a, b] * big[h, b, e]
    for h in range(entries):
        for k in range(h + 1):
            total = 0.0
            for a in range(width):
                total += 2.0 * small[h, a] * pulled[k, a]
                for b in range(width):
                    total += turned[h, a, b] * turned[k, b, a]
            exact[h, k] -= total
    mirror(exact)
    return exact
