"""Trials with looks, drawn: where each stopped and why; and a sample size looked at again half-way."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals
from scleroscope.design.refuse import RefusedError, share

Array = NDArray[np.float64]


@compiled
def simulate_looks(
    seed: int, first: int, count: int, fraction: Array, upper: Array, lower: Array, drift: float
) -> Array:
    """Trials first … first+count−1 → (count, 3): look at which it stopped (from 0), 1/−1/0, z there.

    1 says that `upper` was crossed, −1 `lower` (−inf never is), 0 neither at the last look. `drift` is the
    mean of z at full information. For trials whose statistics come from patients, apply `stop_at` to their z.
    """
    looks = fraction.size
    answers = np.empty((count, 3))
    steps = np.empty(looks)
    z = np.empty(looks)
    for row in range(count):
        fill_normals(seed, first + row, 9, steps)
        score = 0.0
        before = 0.0
        for look in range(looks):
            gained = fraction[look] - before
            score += drift * gained + math.sqrt(gained) * steps[look]
            before = fraction[look]
            z[look] = score / math.sqrt(fraction[look])
        stop_at(z, upper, lower, answers[row])
    return answers


@compiled
def stop_at(z: Array, upper: Array, lower: Array, answer: Array) -> None:
    """Write the look, the decision and z of the first crossing of one trial's statistics `z` (looks,)."""
    for look in range(z.size):
        answer[0] = look
        answer[1] = 1.0 if z[look] >= upper[look] else (-1.0 if z[look] < lower[look] else 0.0)
        answer[2] = z[look]
        if answer[1] != 0.0:
            return


def conditional_power(
    z: float, fraction: float, *, drift: float | None = None, alpha: float = 0.025
) -> float:
    """Probability of a significant end, given z at an information fraction.

    Under the current trend when `drift` (mean of the final z) is None. Formula: Φ((z√t + θ(1 − t) −
    z_{1−α}) / √(1 − t)) with θ = z / √t for the trend (Lan, Wittes 1988, The B-value, Biometrics
    44: 579–585). `alpha` is one-sided.

    >>> round(conditional_power(1.5, 0.5), 3)
    0.59
    """
    share(fraction, "fraction")
    mean = z / math.sqrt(fraction) if drift is None else drift
    gap = z * math.sqrt(fraction) + mean * (1 - fraction) - float(ndtri(1 - share(alpha, "alpha")))
    return float(ndtr(gap / math.sqrt(1 - fraction)))


@compiled
def second_stage(
    z: float, n1: int, n2: int, largest: int, critical: float, power: float, promising: float
) -> int:
    """Patients of the second stage after an interim z, by the conditional power of the trend.

    `n1` and `n2` are the planned stages, `largest` the most that the second may become, `critical` the final
    bound, `power` the z of the power wished (z_{1−β}). From the conditional power `promising` upwards and
    below the power wished, the second stage grows until the power is reached or the limit is; elsewhere it
    stays (Mehta, Pocock 2011, https://doi.org/10.1002/sim.4102). The statistic keeps its planned weights.
    """
    w1 = math.sqrt(n1 / (n1 + n2))
    w2 = math.sqrt(n2 / (n1 + n2))
    trend = z / math.sqrt(n1)  # mean of a second-stage statistic per root patient
    reach = (critical - w1 * z) / w2
    planned = trend * math.sqrt(n2) - reach
    if planned >= power or planned < promising or trend <= 0.0:
        return n2
    needed = math.ceil(((reach + power) / trend) ** 2)
    return int(min(max(needed, n2), largest))


@compiled
def simulate_reestimation(
    seed: int,
    first: int,
    count: int,
    n1: int,
    n2: int,
    largest: int,
    effect: float,
    critical: float,
    power: float,
    promising: float,
) -> Array:
    """Trials first … first+count−1 → (count, 3): final z, patients in all, z at the interim.

    `effect` is the mean of z per root of the total patients (standardised difference ÷ 2 for two equal arms).
    The final z weighs the stages as planned, √(n1/n) z₁ + √(n2/n) z₂, whatever the second became, which keeps
    the type I error exactly (Cui, Hung, Wang 1999, https://doi.org/10.1111/j.0006-341x.1999.00853.x).
    `power` and `promising` are given as z (see `second_stage`).
    """
    w1 = math.sqrt(n1 / (n1 + n2))
    w2 = math.sqrt(n2 / (n1 + n2))
    draws = np.empty(2)
    answers = np.empty((count, 3))
    for row in range(count):
        fill_normals(seed, first + row, 10, draws)
        z1 = effect * math.sqrt(n1) + draws[0]
        grown = second_stage(z1, n1, n2, largest, critical, power, promising)
        z2 = effect * math.sqrt(grown) + draws[1]
        answers[row, 0] = w1 * z1 + w2 * z2
        answers[row, 1] = n1 + grown
        answers[row, 2] = z1
    return answers


def reestimate(
    z: float,
    n1: int,
    n2: int,
    largest: int,
    *,
    alpha: float = 0.025,
    power: float = 0.9,
    promising: float = 0.36,
) -> int:
    """Patients of the second stage for the trialist: arguments as probabilities, checked.

    >>> reestimate(1.8, 100, 100, 200)
    157
    """
    if n1 < 2 or n2 < 2 or largest < n2:
        raise RefusedError("largest", f"stages of {n1} and {n2} patients cannot become {largest}")
    critical = float(ndtri(1 - share(alpha, "alpha")))
    wished, least = float(ndtri(share(power, "power"))), float(ndtri(share(promising, "promising")))
    return int(second_stage(z, n1, n2, largest, critical, wished, least))
