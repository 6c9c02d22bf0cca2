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

from scleroscope.design.analyses.matrix import factor, invert, solve, times, turn
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
    _mirror(exact)
    return exact


@compiled
def narrow(matrix: Any, basis: Any) -> Any:
    """basis' · matrix · basis."""
    size, width = basis.shape
    out = np.zeros((width, width))
    for i in range(size):
        for j in range(size):
            for a in range(width):
                if basis[i, a] != 0.0:
                    for b in range(width):
                        out[a, b] += basis[i, a] * matrix[i, j] * basis[j, b]
    return out


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
def _first(residual: Any, sums: Any, basis: Any) -> Any:
    """A first θ: products of least-squares residuals, averaged over the patients seen at both visits."""
    codes, counts = sums[0], sums[1]
    visits = residual.shape[1]
    average = np.zeros(basis.shape[0])
    off = np.ones(basis.shape[0])
    square = np.zeros((basis.shape[1], basis.shape[1]))
    h = 0
    for j in range(visits):
        for other in range(j + 1):
            pairs = 0.0
            for q in range(codes.size):
                if codes[q] >> j & 1 and codes[q] >> other & 1:
                    pairs += counts[q]
                    average[h] += residual[q, j, other]
            average[h] /= max(pairs, 1.0)
            off[h] = 1.0 if j == other else 0.8
            for a in range(basis.shape[1]):
                for b in range(basis.shape[1]):
                    square[a, b] += basis[h, a] * basis[h, b]
            h += 1
    low = np.empty((visits, visits))
    theta = solve(square, turn(basis, average))
    for _ in range(40):  # pairs averaged over different patients may not fit together: shrink until they do
        if factor(_matrix(basis, theta, visits), low):
            break
        for h in range(average.size):
            average[h] *= off[h]
        theta = solve(square, turn(basis, average))
    return theta


@compiled
def _direction(gradient: Any, second: Any, w: Any, counts: Any, basis: Any) -> Any:
    """Newton's step, or Fisher's where the second derivatives are not positive definite; or NaN."""
    pull = turn(basis, gradient)
    move = solve(narrow(second, basis), pull)
    if move[0] != move[0]:
        fisher = np.zeros((gradient.size, gradient.size))
        for q in range(counts.size):
            add_second(w[q], w[q], counts[q], fisher)
        _mirror(fisher)
        move = solve(narrow(fisher, basis), pull)
    gain = 0.0
    for k in range(move.size):
        gain += pull[k] * move[k]
    return move, gain


@compiled
def fit(sums: Any, covariate: Any, at: Any, basis: Any) -> Any:
    """The θ with the smallest deviance and the state there; (θ, state, second derivatives, steps).

    Σ = Σ_k θ_k B_k, `basis` (entries of the lower triangle, parameters) holding the B_k: the identity
    leaves Σ unstructured. Newton's method with the second derivatives of `slopes`, halved until the
    deviance falls.
    `steps` is −1 where no fit was reached.
    """
    visits = at.shape[1]
    trial = np.zeros((visits, visits))
    for j in range(visits):
        trial[j, j] = 1.0
    theta = np.zeros(basis.shape[1])
    next_theta = theta
    move = theta
    second = np.zeros((basis.shape[0], basis.shape[0]))
    for step in range(400):
        there = state(trial, sums, covariate, at)
        if step == 0:
            here = there
            next_theta = _first(there[4], sums, basis)
        elif step == 1 or there[0] <= here[0] + 1e-9:
            theta = next_theta
            here = there
            gradient, second = slopes(here, sums, covariate, at)
            move, gain = _direction(gradient, second, here[3], sums[1], basis)
            if not math.isfinite(gain):
                break
            if abs(gain) < 1e-12:  # twice the fall in deviance still to be had
                return theta, here, second, step
            next_theta = theta - move
        else:
            move = 0.5 * move
            if abs(move[0]) < 1e-15 * abs(theta[0]):
                break
            next_theta = theta - move
        trial = _matrix(basis, next_theta, visits)
    return theta, here, second, -1
