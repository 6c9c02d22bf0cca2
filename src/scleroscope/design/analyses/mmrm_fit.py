"""The Σ with the greatest restricted likelihood, by Newton's method (notation: `mmrm_state`)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.matrix import factor, solve, turn
from scleroscope.design.analyses.mmrm_slopes import add_second, slopes
from scleroscope.design.analyses.mmrm_state import state
from scleroscope.design.analyses.mmrm_sums import mirror
from scleroscope.design.compiled import compiled


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
        mirror(fisher)
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
