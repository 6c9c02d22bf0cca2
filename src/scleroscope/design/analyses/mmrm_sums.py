"""The data of a mixed model for repeated measures, as sums of products by pattern of visits.

Patients with the same visits observed share one covariance matrix, and every regressor is a covariate of
the patient (or that covariate at one visit only). So all that the likelihood needs are these sums; an
iteration costs the same for any number of patients.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scleroscope.design.compiled import compiled


@compiled
def mirror(a: Any) -> None:
    """Copy the lower triangle of a matrix to its upper."""
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
        mirror(zz[pattern])
        mirror(yy[pattern])
    return codes[:found], counts[:found], zz[:found], zy[:found], yy[:found]
