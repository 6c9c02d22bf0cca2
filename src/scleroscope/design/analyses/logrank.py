"""The log-rank test of two arms: plain, weighted, stratified; and trials drawn for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from scleroscope.design.analyses.ranks import event_table, pack, sort_keys, tabulate
from scleroscope.design.analyses.survival import _checked
from scleroscope.design.compiled import compiled
from scleroscope.design.random import pair
from scleroscope.design.refuse import RefusedError, hazard_ratio, share


@dataclass(frozen=True, kw_only=True)
class LogRank:
    """Observed − expected events in the treated arm, its variance, and the tests from them."""

    observed_minus_expected: float
    variance: float
    chi2: float
    z: float
    p: float
    events: int


@compiled
def logrank_sums(table: Any, rows: int) -> Any:
    """(O − E, variance) of the treated arm from rows of `ranks.tabulate`; hypergeometric variance."""
    gap = 0.0
    variance = 0.0
    for row in range(rows):
        risk = table[row, 0]
        part = table[row, 1] / risk
        events = table[row, 2]
        gap += table[row, 3] - events * part
        if risk > 1.0:
            variance += events * part * (1.0 - part) * (risk - events) / (risk - 1.0)
    return gap, variance


@compiled
def weighted_sums(table: Any, rows: int, rho: float, gamma: float) -> Any:
    """As `logrank_sums`, weighted by S(t−)^rho · (1 − S(t−))^gamma, S being the curve of both arms."""
    gap = 0.0
    variance = 0.0
    survival = 1.0
    for row in range(rows - 1, -1, -1):  # earliest first: the weight is the curve just before the time
        risk = table[row, 0]
        part = table[row, 1] / risk
        events = table[row, 2]
        weight = survival**rho * (1.0 - survival) ** gamma
        gap += weight * (table[row, 3] - events * part)
        if risk > 1.0:
            variance += weight * weight * events * part * (1.0 - part) * (risk - events) / (risk - 1.0)
        survival *= 1.0 - events / risk
    return gap, variance


def logrank(
    time: ArrayLike,
    event: ArrayLike,
    treated: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> LogRank:
    """Compare two arms' times to an event; arrays of shape (n,).

    `strata` adds the sums of each stratum; `rho` and `gamma` weigh early or late differences (Fleming and
    Harrington's family; 0, 0 is the log-rank test). Source: Mantel 1966; Harrington, Fleming 1982,
    https://doi.org/10.1093/biomet/69.3.553.

    >>> round(logrank([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 0, 0]).chi2, 4)
    2.8824
    """
    times, happened = _checked(time, event)
    arm = np.asarray(treated).astype(bool).ravel()
    if arm.shape != times.shape:
        raise RefusedError("treated", f"has {arm.size} entries for {times.size} times")
    layers = (
        np.zeros(times.size, int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    gap = variance = 0.0
    for layer in range(int(layers.max()) + 1):
        here = layers == layer
        table = event_table(times[here], happened[here], arm[here])
        more, spread = weighted_sums(table, len(table), float(rho), float(gamma))
        gap += more
        variance += spread
    z = gap / math.sqrt(variance) if variance > 0 else math.nan
    return LogRank(
        observed_minus_expected=gap,
        variance=variance,
        chi2=z * z,
        z=z,
        p=float(2 * special.ndtr(-abs(z))),
        events=int(happened.sum()),
    )


@compiled
def logrank_batch(
    time: NDArray[np.float64], event: NDArray[np.float64], treated: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Many trials: arrays of shape (trials, n) → (trials, 3): O − E in the treated, variance, events.

    z is column 0 over the root of column 1; below 0 the treated do better. A NaN time leaves a patient out.
    """
    answers = np.empty((time.shape[0], 3))
    for trial in range(time.shape[0]):
        table = event_table(time[trial], event[trial], treated[trial])
        answers[trial, 0], answers[trial, 1] = logrank_sums(table, len(table))
        answers[trial, 2] = table[:, 2].sum()
    return answers


@compiled
def piecewise_time(uniform: float, start: Any, hazard: Any) -> float:
    """The event time with survival `uniform` under hazards constant in periods [start[j], start[j+1]).

    start[0] is 0; infinite when the hazard ends at 0 before the event.
    """
    left = -math.log(uniform)
    last = start.size - 1
    for j in range(last):
        piece = hazard[j] * (start[j + 1] - start[j])
        if left <= piece and hazard[j] > 0.0:
            return float(start[j] + left / hazard[j])
        left -= piece
    return float(start[last] + left / hazard[last]) if hazard[last] > 0.0 else math.inf


@compiled
def simulate_logrank(
    seed: int,
    first: int,
    count: int,
    treated: int,
    control: int,
    start: NDArray[np.float64],
    hazard_treated: NDArray[np.float64],
    hazard_control: NDArray[np.float64],
    dropout: float,
    accrual: float,
    end: float,
) -> NDArray[np.float64]:
    """Draw and analyse trials first … first+count−1 → (count, 3): O − E in the treated, variance, events.

    Patients enter uniformly over `accrual`, are followed to calendar time `end`, drop out at the constant
    hazard `dropout`, and have events at hazards constant in periods that begin at `start` (start[0] = 0).
    """
    size = treated + control
    keys = np.empty(size, np.uint64)
    other = np.empty(size, np.uint64)
    counts = np.empty(257, np.int64)
    table = np.empty((size, 4))
    time = np.empty(size)
    event = np.empty(size)
    arm = np.zeros(size)
    arm[:treated] = 1.0
    answers = np.empty((count, 3))
    for row in range(count):
        for i in range(size):
            first_uniform, entry = pair(seed, first + row, 1, i)
            hazard = hazard_treated if i < treated else hazard_control
            happens = piecewise_time(first_uniform, start, hazard)
            leaves = end - accrual * entry
            if dropout > 0.0:
                leaves = min(leaves, -math.log(pair(seed, first + row, 2, i)[0]) / dropout)
            event[i] = happens <= leaves
            time[i] = min(happens, leaves)
        pack(time, event, arm, keys)
        sort_keys(keys, other, counts)
        rows = tabulate(keys, table)
        answers[row, 0], answers[row, 1] = logrank_sums(table, rows)
        answers[row, 2] = event.sum()
    return answers


def schoenfeld_events(
    ratio: float, *, alpha: float = 0.05, power: float = 0.9, treated_share: float = 0.5
) -> float:
    """Events that a two-sided log-rank test needs to detect a hazard ratio.

    Formula: (z_{1−α/2} + z_{power})² / (π (1 − π) log(ratio)²), π the share treated (Schoenfeld 1981,
    https://doi.org/10.1093/biomet/68.1.316).

    >>> round(schoenfeld_events(0.5), 2)
    87.48
    """
    reach = special.ndtri(1 - share(alpha, "alpha") / 2) + special.ndtri(share(power, "power"))
    part = share(treated_share, "treated_share")
    return float((reach / math.log(hazard_ratio(ratio, "hazard_ratio"))) ** 2 / (part * (1 - part)))


def schoenfeld_power(
    ratio: float, events: float, *, alpha: float = 0.05, treated_share: float = 0.5
) -> float:
    """Power of a two-sided log-rank test with so many events (the wrong tail left out)."""
    part = share(treated_share, "treated_share")
    drift = abs(math.log(hazard_ratio(ratio, "hazard_ratio"))) * math.sqrt(events * part * (1 - part))
    return float(special.ndtr(drift - special.ndtri(1 - share(alpha, "alpha") / 2)))
