"""BOIN: a dose-finding design whose rules fit on one page.

After each cohort the toxicity rate seen at the current dose is held against two fixed limits. Source: Liu,
Yuan 2015, https://doi.org/10.1111/rssc.12089; limits and the isotonic selection as in the R package BOIN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from scleroscope.design.compiled import compiled
from scleroscope.design.designs.doses import Characteristics, characteristics, rates
from scleroscope.design.random import pair
from scleroscope.design.refuse import RefusedError, patients, share


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The table to take to the clinic; entry n − 1 is for n patients treated at the current dose.

    Escalate with at most `escalate` toxicities, de-escalate with at least `deescalate`, give up the dose (and
    all above it) with at least `eliminate` (n + 1 where that cannot happen); otherwise stay.
    """

    target: float
    escalation_limit: float
    deescalation_limit: float
    escalate: NDArray[np.int64]
    deescalate: NDArray[np.int64]
    eliminate: NDArray[np.int64]

    def row(self, n: int) -> tuple[int, int, int | None]:
        """(escalate if ≤, de-escalate if ≥, eliminate if ≥ or None) for n patients at a dose."""
        gone = int(self.eliminate[n - 1])
        return int(self.escalate[n - 1]), int(self.deescalate[n - 1]), gone if gone <= n else None


def boin(
    target: float, largest: int, *, low: float | None = None, high: float | None = None, cutoff: float = 0.95
) -> Rules:
    """Limits and table for up to `largest` patients at a dose.

    `low` (0.6 target) is the highest rate that is clearly too low, `high` (1.4 target) the lowest that is
    clearly too high. A dose is eliminated when 3 or more were treated and P(rate > target) > `cutoff`,
    the prior uniform.
    >>> rules = boin(0.3, 30)
    >>> round(rules.escalation_limit, 4), round(rules.deescalation_limit, 4), rules.row(6)
    (0.2365, 0.3585, (1, 3, 4))
    """
    share(target, "target")
    patients(largest, "largest", least=1)
    low = 0.6 * target if low is None else low
    high = 1.4 * target if high is None else high
    if not 0 < low < target < high < 1:
        raise RefusedError("target", f"must lie between low and high, not {low:g} < {target:g} < {high:g}")
    up = math.log((1 - low) / (1 - target)) / math.log(target * (1 - low) / (low * (1 - target)))
    down = math.log((1 - target) / (1 - high)) / math.log(high * (1 - target) / (target * (1 - high)))
    sizes = np.arange(1, largest + 1)
    eliminate = np.array([_elimination(n, target, cutoff) for n in sizes.tolist()], np.int64)
    return Rules(
        target=target,
        escalation_limit=up,
        deescalation_limit=down,
        escalate=np.floor(up * sizes + 1e-12).astype(np.int64),
        deescalate=np.minimum(np.ceil(down * sizes - 1e-12).astype(np.int64), eliminate),
        eliminate=eliminate,
    )


def _elimination(n: int, target: float, cutoff: float) -> int:
    """The fewest toxicities of n that eliminate; n + 1 where none does."""
    if n >= 3:
        for toxic in range(n + 1):
            if 1 - betainc(toxic + 1, n - toxic + 1, target) > cutoff:
                return toxic
    return n + 1


@compiled
def isotonic_choice(treated: Any, toxic: Any, gone: int, target: float) -> int:
    """The dose whose rate, after pooling neighbours out of order, is closest to the target; −1 for none.

    Rates are (toxicities + 0.05) / (patients + 0.1), pooled by their beta variances; among equals the highest
    below the target, or the lowest above it. Doses from `gone` on and doses never given cannot be chosen.
    """
    rate = np.empty(gone)
    weight = np.empty(gone)
    block = np.empty(gone, np.int64)  # the last dose of each pooled block
    blocks = 0
    last = -1
    for dose in range(gone):
        if treated[dose] == 0:
            break
        last = dose
        a = toxic[dose] + 0.05
        b = treated[dose] - toxic[dose] + 0.05
        rate[blocks] = a / (a + b)
        weight[blocks] = (a + b) * (a + b) * (a + b + 1.0) / (a * b)
        block[blocks] = dose
        blocks += 1
        while blocks > 1 and rate[blocks - 2] >= rate[blocks - 1]:
            total = weight[blocks - 2] + weight[blocks - 1]
            rate[blocks - 2] = (
                rate[blocks - 2] * weight[blocks - 2] + rate[blocks - 1] * weight[blocks - 1]
            ) / total
            weight[blocks - 2] = total
            block[blocks - 2] = block[blocks - 1]
            blocks -= 1
    if last < 0:
        return -1
    best = -1
    nearest = math.inf
    first = 0
    for index in range(blocks):
        gap = abs(rate[index] - target)
        if gap < nearest - 1e-12:
            nearest = gap
            best = block[index] if rate[index] < target else first
        first = block[index] + 1
    return best


@compiled
def simulate_boin(
    seed: int,
    first: int,
    count: int,
    truth: NDArray[np.float64],
    target: float,
    cohort: int,
    cohorts: int,
    escalate: NDArray[np.int64],
    deescalate: NDArray[np.int64],
    eliminate: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Trials first … first+count−1 → (count, 1 + 2 doses): dose (−1 none), patients, toxicities by dose.

    Starts at the lowest dose; ends when that is eliminated or after all cohorts. A patient has a toxicity at
    a dose when her uniform number lies below its true rate, so that the doses share their luck.
    """
    doses = truth.size
    answers = np.zeros((count, 1 + 2 * doses), np.int64)
    for row in range(count):
        treated = answers[row, 1 : 1 + doses]
        toxic = answers[row, 1 + doses :]
        dose = 0
        gone = doses
        patient = 0
        even = 0.0
        for _ in range(cohorts):
            for _ in range(cohort):
                if patient % 2 == 0:
                    uniform, even = pair(seed, first + row, 6, patient // 2)
                else:
                    uniform = even
                toxic[dose] += uniform < truth[dose]
                patient += 1
            treated[dose] += cohort
            n = treated[dose] - 1
            if toxic[dose] >= eliminate[n]:
                gone = dose
                if dose == 0:
                    break
                dose -= 1
            elif toxic[dose] >= deescalate[n]:
                dose = max(dose - 1, 0)
            elif toxic[dose] <= escalate[n] and dose + 1 < gone:
                dose += 1
        answers[row, 0] = isotonic_choice(treated, toxic, gone, target) if gone > 0 else -1
    return answers


def boin_characteristics(
    truth: Sequence[float],
    target: float,
    *,
    cohort: int = 3,
    cohorts: int = 10,
    trials: int = 10_000,
    seed: int = 1,
) -> Characteristics:
    """What the design does when the doses have these true toxicity rates."""
    real = rates(truth, "truth")
    rules = boin(target, patients(cohort, "cohort", least=1) * patients(cohorts, "cohorts", least=1))
    return characteristics(
        simulate_boin(
            seed, 0, trials, real, target, cohort, cohorts, rules.escalate, rules.deescalate, rules.eliminate
        )
    )
