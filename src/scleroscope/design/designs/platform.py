"""A platform: several treatments that come and go, against one shared control.

The control's patients serve every arm that was open when they entered (concurrent controls). The arms'
answers are therefore correlated: with equal concurrent groups the correlation of two z is a half.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


def schedule(
    opens: ArrayLike, needed: ArrayLike, monthly: float, *, control_weight: float | None = None
) -> tuple[Array, Array]:
    """Who is recruited when: patients by (period, arm), the control last, and the start of each period
    (months).

    Arm k opens at `opens[k]` and closes with `needed[k]` patients. Everybody who enters is shared among
    the open arms (weight 1 each) and the control (`control_weight`, by default the root of the number of
    open arms, which makes the comparisons most precise: Dunnett 1955, https://doi.org/10.2307/2281208).

    >>> counts, start = schedule([0, 6], [30, 30], 9, control_weight=1)
    >>> counts.sum(axis=0).round(2).tolist(), start.round(2).tolist()
    ([30.0, 30.0, 57.0], [0.0, 6.0, 7.0])
    """
    opening, target = np.asarray(opens, float), np.asarray(needed, float)
    if opening.shape != target.shape or opening.ndim != 1 or opening.size == 0:
        raise RefusedError("needed", f"has {target.size} entries for {opening.size} arms")
    if not monthly > 0:
        raise RefusedError("monthly", f"must be above 0, not {monthly:g}: nobody would enter")
    if (target < 2).any() or (opening < 0).any():
        raise RefusedError("needed", "each arm needs 2 patients or more, and opens at month 0 or later")
    left, now = target.copy(), float(opening.min())
    rows, starts = [], []
    while (left > 1e-9).any():
        open_ = (opening <= now + 1e-12) & (left > 1e-9)
        later = opening[(opening > now + 1e-12) & (left > 1e-9)]
        upcoming = float(later.min()) if later.size else math.inf
        if not open_.any():
            now = upcoming
            continue
        weight = float(np.sqrt(open_.sum())) if control_weight is None else control_weight
        rate = monthly / (open_.sum() + weight)
        until = min(upcoming, now + float(left[open_].min()) / rate)
        gained = rate * (until - now)
        rows.append(np.append(np.where(open_, gained, 0.0), weight * gained))
        starts.append(now)
        left = np.where(open_, left - gained, left)
        now = until
    return np.array(rows), np.array(starts)


@compiled
def simulate_platform(
    seed: int, first: int, count: int, patients: Array, effects: Array, trend: Array, concurrent: bool
) -> Array:
    """Trials first … first+count−1 → (count, arms): z of each arm against the control.

    `patients` (periods, arms + 1) as from `schedule`, the control last; `effects` (arms,) standardised;
    `trend` (periods,) shifts everybody who enters in a period. With `concurrent` the control's patients
    count only in the periods in which the arm recruited, and periods are weighed by their information;
    without, all controls are pooled (biased when there is a trend). Means of a period are drawn directly
    (normal, unit variance).
    """
    periods, width = patients.shape
    arms = width - 1
    draws = np.empty(periods * width)
    z = np.empty((count, arms))
    mean = np.empty((periods, width))
    for row in range(count):
        fill_normals(seed, first + row, 12, draws)
        for period in range(periods):
            for arm in range(width):
                mean[period, arm] = trend[period]
                if arm < arms:
                    mean[period, arm] += effects[arm]
                if patients[period, arm] > 0.0:
                    mean[period, arm] += draws[period * width + arm] / math.sqrt(patients[period, arm])
        for arm in range(arms):
            z[row, arm] = _arm_z(patients, mean, arm, concurrent)
    return z


@compiled
def _arm_z(patients: Array, mean: Array, arm: int, concurrent: bool) -> float:
    control = patients.shape[1] - 1
    total = 0.0
    information = 0.0
    one = 0.0
    one_n = 0.0
    none = 0.0
    none_n = 0.0
    for period in range(patients.shape[0]):
        a = patients[period, arm]
        c = patients[period, control]
        one += a * mean[period, arm]
        one_n += a
        none += c * mean[period, control]
        none_n += c
        if a > 0.0 and c > 0.0:
            weight = a * c / (a + c)
            total += weight * (mean[period, arm] - mean[period, control])
            information += weight
    if concurrent:
        return total / math.sqrt(information) if information > 0.0 else math.nan
    return (one / one_n - none / none_n) / math.sqrt(1.0 / one_n + 1.0 / none_n)
