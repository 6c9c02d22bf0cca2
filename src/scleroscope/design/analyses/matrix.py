"""Small positive definite matrices inside the kernels, without a library call for each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.compiled import compiled


@compiled
def factor(a: Any, low: Any) -> bool:
    """Write the Cholesky factor of `a` into the lower triangle of `low`; False where there is none."""
    for j in range(a.shape[0]):
        total = a[j, j]
        for k in range(j):
            total -= low[j, k] * low[j, k]
        if not total > 1e-13 * abs(a[j, j]):
            return False
        root = math.sqrt(total)
        low[j, j] = root
        for i in range(j + 1, a.shape[0]):
            total = a[i, j]
            for k in range(j):
                total -= low[i, k] * low[j, k]
            low[i, j] = total / root
    return True


@compiled
def invert(a: Any, low: Any, inverse: Any) -> float:
    """Write a⁻¹ into `inverse` (`low` is working space) and return log |a|; NaN if not positive definite."""
    size = a.shape[0]
    if not factor(a, low):
        return math.nan
    determinant = 0.0
    for j in range(size):
        determinant += 2.0 * math.log(low[j, j])
    # The inverse of the factor goes into the upper triangle of `inverse`, transposed.
    for j in range(size):
        inverse[j, j] = 1.0 / low[j, j]
        for i in range(j + 1, size):
            total = 0.0
            for k in range(j, i):
                total -= low[i, k] * inverse[j, k]
            inverse[j, i] = total / low[i, i]
    for i in range(size):
        for j in range(i, size):
            total = 0.0
            for k in range(j, size):
                total += inverse[i, k] * inverse[j, k]
            low[j, i] = total
    for i in range(size):
        for j in range(i, size):
            inverse[i, j] = low[j, i]
            inverse[j, i] = low[j, i]
    return determinant


@compiled
def solve(a: Any, b: Any) -> Any:
    """x with a x = b, `a` positive definite; all NaN if it is not."""
    size = a.shape[0]
    low = np.zeros((size, size))
    x = np.zeros(size)
    for i in range(size):
        x[i] = b[i]
    if not factor(a, low):
        for i in range(size):
            x[i] = math.nan
        return x
    for i in range(size):
        for k in range(i):
            x[i] -= low[i, k] * x[k]
        x[i] /= low[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            x[i] -= low[k, i] * x[k]
        x[i] /= low[i, i]
    return x


@compiled
def times(a: Any, x: Any) -> Any:
    """a x, written out: for so small a matrix quicker than a library, and quicker to compile."""
    out = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i] += a[i, j] * x[j]
    return out


@compiled
def turn(a: Any, x: Any) -> Any:
    """a' x."""
    out = np.zeros(a.shape[1])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[j] += a[i, j] * x[i]
    return out
