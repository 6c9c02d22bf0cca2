"""The restricted likelihood of a mixed model for repeated measures with unstructured covariance.

Patients with the same visits observed share one covariance matrix, and every regressor is a covariate of
the patient (or that covariate at one visit only). So all that the likelihood needs are the sums
of products of each *pattern* of visits; an iteration costs the same for any number of patients.

Notation: y ~ N(Xβ, V), V block diagonal in blocks of Σ cut to the visits observed; W the inverse of such a
block with zeros for the visits missed; C = (X'V⁻¹X)⁻¹; σ the entries of Σ (lower triangle, by rows);
E_h = ∂Σ/∂σ_h. Source: Harville 1977, https://doi.org/10.1080/01621459.1977.10480998.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.matrix import factor, invert, solve
from scleroscope.design.compiled import compiled

_LOG_TWO_PI = math.log(2 * math.pi)


@compiled
def _mirror(a: Any) -> None:
    for i in range(a.shape[0]):
        for j in range(i):
            a[j, i] = a[i, j]


@compiled
def _place(code: int, codes: Any, found: int) -> int:
    """The place of a pattern among those found so far, or the next free one."""
    for pattern in range(found):
        if codes[pattern] == code:
            return pattern
    return found


@compiled
def _add_patient(y: Any, z: Any, code: int, zz: Any, zy: Any, yy: Any) -> None:
    for a in range(z.size):
        for b in range(a + 1):
            zz[a, b] += z[a] * z[b]
    for j in range(y.size):
        if code >> j & 1:
            for a in range(z.size):
                zy[a, j] += z[a] * y[j]
            for b in range(j + 1):
                if code >> b & 1:
                    yy[j, b] += y[j] * y[b]


@compiled
def pattern_sums(y: Any, z: Any) -> Any:
    """Sums of products by pattern: codes, counts, z'z, z'y, y'y.

    Shapes (q,), (q,), (q, k, k), (q, k, m), (q, m, m).

    `y` is (n, m) with NaN for a missed visit, `z` (n, k). Bit j of a code says that visit j was made. A
    patient with no visit counts nowhere.
    """
    size, visits = y.shape
    width = z.shape[1]
    most = min(size, 2**visits)
    codes = np.zeros(most, np.int64)
    counts = np.zeros(most)
    zz = np.zeros((most, width, width))
    zy = np.zeros((most, width, visits))
    yy = np.zeros((most, visits, visits))
    found = 0
    for i in range(size):
        code = 0
        for j in range(visits):
            code |= (y[i, j] == y[i, j]) << j
        if code == 0:
            continue
        pattern = _place(code, codes, found)
        if pattern == found:
            codes[found] = code
            found += 1
        counts[pattern] += 1.0
        _add_patient(y[i], z[i], code, zz[pattern], zy[pattern], yy[pattern])
    for pattern in range(found):
        _mirror(zz[pattern])
        _mirror(yy[pattern])
    return codes[:found], counts[:found], zz[:found], zy[:found], yy[:found]


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
def _project(w: Any, zz: Any, covariate: Any, at: Any, out: Any) -> None:
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
        _project(w[q], zz[q], covariate, at, information)
        for a in range(width):
            for j in range(visits):
                if at[a, j] != 0.0:
                    for other in range(visits):
                        pull[a] += at[a, j] * w[q, j, other] * zy[q, covariate[a], other]
    _mirror(information)
    c = np.empty((width, width))
    determinant = invert(information, np.empty((width, width)), c)
    return determinant, c @ pull, c


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
    deviance += determinant + (w * residual).sum() + (seen - beta.size) * _LOG_TWO_PI
    return deviance, beta, c, w, residual, zr


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
        u = w[q] @ (g + residual[q]) @ w[q]
        h = 0
        for a in range(visits):
            for b in range(a + 1):
                slope = counts[q] * w[q, a, b] - u[a, b]
                gradient[h] += slope if a == b else 2.0 * slope
                h += 1
        add_second(w[q], w[q], -counts[q], second)
        add_second(w[q], u, 2.0, second)
    _mirror(second)
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
                _project(m, zz[q], covariate, at, big[h])
                for e in range(width):
                    for j in range(visits):
                        if at[e, j] != 0.0:
                            for other in range(visits):
                                small[h, e] += at[e, j] * m[j, other] * zr[q, covariate[e], other]
                h += 1
    for h in range(entries):
        _mirror(big[h])
    return big, small


@compiled
def full_second(here: Any, second: Any, big: Any, small: Any) -> Any:
    """Exact second derivatives of the deviance: adds −tr(C D_h C D_k) − 2 d_h' C d_k."""
    c = here[2]
    entries = second.shape[0]
    exact = second.copy()
    turned = np.empty_like(big)
    for h in range(entries):
        turned[h] = c @ big[h]
    for h in range(entries):
        for k in range(h + 1):
            total = 0.0
            for a in range(c.shape[0]):
                for b in range(c.shape[0]):
                    total += turned[h, a, b] * turned[k, b, a]
            total += 2.0 * (small[h] @ (c @ small[k]))
            exact[h, k] -= total
    _mirror(exact)
    return exact


@compiled
def start(sums: Any, covariate: Any, at: Any) -> Any:
    """A first Σ: products of least-squares residuals, averaged over the patients seen at both visits."""
    codes, counts = sums[0], sums[1]
    visits = at.shape[1]
    here = state(np.eye(visits), sums, covariate, at)
    residual = here[4]
    sigma = np.zeros((visits, visits))
    for j in range(visits):
        for other in range(visits):
            pairs = 0.0
            for q in range(codes.size):
                if codes[q] >> j & 1 and codes[q] >> other & 1:
                    pairs += counts[q]
                    sigma[j, other] += residual[q, j, other]
            if pairs > 0.0:
                sigma[j, other] /= pairs
    low = np.empty((visits, visits))
    for _ in range(30):  # pairs averaged over different patients may not fit together: shrink until they do
        if factor(sigma, low):
            break
        for j in range(visits):
            for other in range(visits):
                if j != other:
                    sigma[j, other] *= 0.8
    return sigma


@compiled
def _direction(gradient: Any, second: Any, w: Any, counts: Any) -> Any:
    """Newton's step, or Fisher's where the second derivatives are not positive definite; or NaN."""
    move = solve(second, gradient)
    if move[0] != move[0]:
        fisher = np.zeros_like(second)
        for q in range(counts.size):
            add_second(w[q], w[q], counts[q], fisher)
        _mirror(fisher)
        move = solve(fisher, gradient)
    return move


@compiled
def _moved(sigma: Any, move: Any) -> Any:
    trial = sigma.copy()
    h = 0
    for a in range(sigma.shape[0]):
        for b in range(a + 1):
            trial[a, b] -= move[h]
            trial[b, a] = trial[a, b]
            h += 1
    return trial


@compiled
def fit(sums: Any, covariate: Any, at: Any) -> Any:
    """The Σ with the smallest deviance and the state there; (sigma, state, gradient, second, steps).

    Newton's method with the second derivatives of `slopes`, halved until the deviance falls. `steps` is −1
    where no fit was reached.
    """
    sigma = start(sums, covariate, at)
    here = state(sigma, sums, covariate, at)
    gradient, second = slopes(here, sums, covariate, at)
    for step in range(100):
        move = _direction(gradient, second, here[3], sums[1])
        if move[0] != move[0]:
            break
        if abs(gradient @ move) < 1e-12:  # twice the fall in deviance still to be had
            return sigma, here, gradient, second, step
        trial = _moved(sigma, move)
        there = state(trial, sums, covariate, at)
        for _ in range(40):
            if there[0] <= here[0] + 1e-9:
                break
            move *= 0.5
            trial = _moved(sigma, move)
            there = state(trial, sums, covariate, at)
        if not there[0] <= here[0] + 1e-9:
            break
        sigma = trial
        here = there
        gradient, second = slopes(here, sums, covariate, at)
    return sigma, here, gradient, second, -1
