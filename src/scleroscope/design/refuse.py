"""Refuse what no trial can be, with the place in the plan and the reason.

Every function checks one thing and returns the value it accepted, so that checks read as assignments:
`sd = positive(sd, "endpoint.sd")`. The place is the key of the plan (or the argument) that is at fault.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.model.problem import BadRequest


class RefusedError(BadRequest):
    """A value that cannot stand, where it stands, and why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


def positive(value: float, place: str) -> float:
    """A number above 0 (a standard deviation, a rate, a duration)."""
    if not (math.isfinite(value) and value > 0):
        raise RefusedError(place, f"must be above 0, not {value:g}")
    return value


def share(value: float, place: str) -> float:
    """A number strictly between 0 and 1 (a probability, a proportion, an alpha)."""
    if not 0 < value < 1:
        raise RefusedError(place, f"must lie between 0 and 1, not {value:g}; write 5 % as 0.05")
    return value


def effect(value: float, place: str) -> float:
    """An effect to be detected: power and sample size have no meaning at an effect of 0."""
    if not math.isfinite(value):
        raise RefusedError(place, f"must be a number, not {value:g}")
    if value == 0:
        raise RefusedError(
            place, "is 0: power at no effect is the type I error; ask for that, or name an effect"
        )
    return value


def hazard_ratio(value: float, place: str) -> float:
    """A hazard ratio to be detected: above 0 and not 1."""
    if positive(value, place) == 1:
        raise RefusedError(place, "is 1 (no effect): no number of events detects it")
    return value


def patients(value: int, place: str, *, least: int = 4) -> int:
    """A number of patients that the analysis can be made on."""
    if value != int(value) or value < least:
        raise RefusedError(
            place, f"is {value:g}; this analysis needs a whole number of at least {least} patients"
        )
    return int(value)


def fractions(values: Sequence[float], place: str) -> NDArray[np.float64]:
    """Information fractions of the looks: increasing, above 0, the last one 1."""
    looks = np.asarray(values, dtype=np.float64)
    if looks.ndim != 1 or looks.size == 0:
        raise RefusedError(place, "needs at least one look; a single final analysis is [1.0]")
    if not np.isfinite(looks).all() or looks[0] <= 0:
        raise RefusedError(place, f"must be above 0, not {looks[0]:g}")
    for index in range(1, looks.size):
        if looks[index] <= looks[index - 1]:
            raise RefusedError(
                f"{place}[{index}]",
                f"information must increase from look to look: {looks[index]:g} follows {looks[index - 1]:g}",
            )
    if abs(looks[-1] - 1) > 1e-9:
        raise RefusedError(
            f"{place}[{looks.size - 1}]", f"the last look has all the information: 1, not {looks[-1]:g}"
        )
    return looks


def covariance(matrix: ArrayLike, place: str) -> NDArray[np.float64]:
    """A covariance (or correlation) matrix: square, symmetric, positive definite."""
    values = np.asarray(matrix, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.shape[0] == 0:
        raise RefusedError(place, f"must be a square matrix, not of shape {values.shape}")
    if not np.isfinite(values).all():
        raise RefusedError(place, "has an entry that is not a number")
    if not np.allclose(values, values.T, rtol=1e-10, atol=1e-12):
        row, column = np.unravel_index(np.abs(values - values.T).argmax(), values.shape)
        raise RefusedError(
            f"{place}[{row}][{column}]", "differs from its mirror image; the matrix must be symmetric"
        )
    smallest = float(np.linalg.eigvalsh(values)[0])
    if smallest <= 1e-12 * float(np.abs(values).max()):
        raise RefusedError(
            place,
            f"is not positive definite (smallest eigenvalue {smallest:.3g}): no outcomes correlate so",
        )
    return values


def correlation(matrix: ArrayLike, place: str) -> NDArray[np.float64]:
    """A correlation matrix: ones on the diagonal, positive definite."""
    values = covariance(matrix, place)
    if not np.allclose(np.diag(values), 1.0):
        raise RefusedError(place, "has a diagonal entry that is not 1; give standard deviations apart")
    return values
