"""The continual reassessment method: one curve through all doses, learnt patient by patient.

Model: the toxicity rate of dose i is skeleton_i ^ exp(β), β ~ N(0, sd²) ("empiric"). Source: O'Quigley, Pepe,
Fisher 1990, https://doi.org/10.2307/2531628; skeletons by Lee, Cheung 2009, Model
calibration in the continual reassessment method, Clinical Trials 6: 227–238. The posterior is summed over an
even grid of β, which for such smooth functions is exact to many digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from scleroscope.design.compiled import compiled
from scleroscope.design.designs.doses import Characteristics, characteristics, rates
from scleroscope.design.random import pair
from scleroscope.design.refuse import RefusedError, patients, positive, share

NODES = 81


@dataclass(frozen=True, kw_only=True)
class Belief:
    """What the data say: β, each dose's toxicity rate at that β, the dose closest to the target (from 0)."""

    beta: float
    rates: tuple[float, ...]
    dose: int


def skeleton(halfwidth: float, target: float, prior_dose: int, doses: int) -> tuple[float, ...]:
    """Prior rates whose indifference interval is target ± halfwidth; `prior_dose` (from 0) has the target.

    >>> [round(rate, 4) for rate in skeleton(0.05, 0.25, 2, 6)]
    [0.084, 0.1567, 0.25, 0.3545, 0.4603, 0.5597]
    """
    share(target, "target")
    if not 0 < halfwidth < min(target, 1 - target):
        raise RefusedError("halfwidth", f"must keep target ± halfwidth within 0 … 1, not {halfwidth:g}")
    if not 0 <= prior_dose < doses:
        raise RefusedError("prior_dose", f"is {prior_dose}, but the doses run from 0 to {doses - 1}")
    factor = math.log(target + halfwidth) / math.log(target - halfwidth)
    return tuple(math.exp(math.log(target) * factor ** (dose - prior_dose)) for dose in range(doses))


def posterior(
    skeleton: Sequence[float],
    doses: Sequence[int],
    toxic: Sequence[int],
    *,
    target: float,
    sd: float = 1.34**0.5,
) -> Belief:
    """Posterior mean of β and what follows; `doses` (from 0) and `toxic` (0/1) have one entry a patient."""
    prior, level, y = _checked(skeleton, doses, toxic)
    beta = np.linspace(-10, 10, 2001) * positive(sd, "sd")
    log_rate = np.exp(beta)[:, None] * np.log(prior)[None, :]
    log_none = np.log(-np.expm1(log_rate))
    likelihood = (y * log_rate[:, level] + (1 - y) * log_none[:, level]).sum(axis=1) - beta**2 / (2 * sd**2)
    weight = np.exp(likelihood - likelihood.max())
    return _belief(prior, float(weight @ beta / weight.sum()), share(target, "target"))


def most_likely(
    skeleton: Sequence[float], doses: Sequence[int], toxic: Sequence[int], *, target: float
) -> Belief:
    """β by maximum likelihood (no prior); needs a patient with a toxicity and one without."""
    prior, level, y = _checked(skeleton, doses, toxic)
    if y.min() == y.max():
        raise RefusedError("toxic", "all patients had the same outcome: the likelihood has no maximum")

    def loss(beta: float) -> float:
        log_rate = np.exp(beta) * np.log(prior[level])
        return -float((y * log_rate + (1 - y) * np.log(-np.expm1(log_rate))).sum())

    found = minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-10})
    return _belief(prior, float(found.x), share(target, "target"))


def _belief(prior: NDArray[np.float64], beta: float, target: float) -> Belief:
    rate = prior ** math.exp(beta)
    return Belief(beta=beta, rates=tuple(rate.tolist()), dose=int(np.abs(rate - target).argmin()))


def _checked(skeleton: Sequence[float], doses: Sequence[int], toxic: Sequence[int]) -> Any:
    prior = rates(skeleton, "skeleton")
    level, y = np.asarray(doses, np.int64), np.asarray(toxic, float)
    if level.shape != y.shape or level.size == 0:
        raise RefusedError("toxic", f"has {y.size} entries for {level.size} patients")
    if level.min() < 0 or level.max() >= prior.size:
        raise RefusedError("doses", f"must be 0 to {prior.size - 1}")
    return prior, level, y


@compiled
def _grid(skeleton: Any, sd: float) -> Any:
    """(β, log prior, log rate, log (1 − rate)) at NODES values of β over ± 6 sd; rates are (doses, NODES)."""
    beta = np.empty(NODES)
    weight = np.empty(NODES)
    log_rate = np.empty((skeleton.size, NODES))
    log_none = np.empty((skeleton.size, NODES))
    for node in range(NODES):
        z = -6.0 + 12.0 * node / (NODES - 1)
        beta[node] = sd * z
        weight[node] = -0.5 * z * z
        for dose in range(skeleton.size):
            log_rate[dose, node] = math.exp(beta[node]) * math.log(skeleton[dose])
            log_none[dose, node] = math.log(-math.expm1(log_rate[dose, node]))
    return beta, weight, log_rate, log_none


@compiled
def simulate_crm(
    seed: int,
    first: int,
    count: int,
    truth: NDArray[np.float64],
    skeleton: NDArray[np.float64],
    target: float,
    sd: float,
    cohort: int,
    cohorts: int,
    stop: float,
) -> NDArray[np.int64]:
    """Trials first … first+count−1 → (count, 1 + 2 doses): dose (−1 none), patients, toxicities by dose.

    Starts at the lowest dose, never skips an untried dose on the way up, never escalates after a cohort with
    more toxicity than the target, and ends with no dose once P(rate of the lowest dose > target) > `stop`.
    """
    doses = truth.size
    beta, prior, log_rate, log_none = _grid(skeleton, sd)
    too_toxic = math.log(target)
    answers = np.zeros((count, 1 + 2 * doses), np.int64)
    weight = np.empty(NODES)
    for row in range(count):
        treated = answers[row, 1 : 1 + doses]
        toxic = answers[row, 1 + doses :]
        weight[:] = prior
        dose = 0
        wish = 0
        stopped = False
        for group in range(cohorts):
            here = 0
            for member in range(cohort):
                here += pair(seed, first + row, 7, group * cohort + member)[0] < truth[dose]
            treated[dose] += cohort
            toxic[dose] += here
            total = 0.0
            mean = 0.0
            unsafe = 0.0
            top = -math.inf
            for node in range(NODES):
                weight[node] += here * log_rate[dose, node] + (cohort - here) * log_none[dose, node]
                top = max(top, weight[node])
            for node in range(NODES):
                share_here = math.exp(weight[node] - top)
                total += share_here
                mean += share_here * beta[node]
                if log_rate[0, node] > too_toxic:
                    unsafe += share_here
            if unsafe > stop * total:
                stopped = True
                break
            power = math.exp(mean / total)
            nearest = math.inf
            for level in range(doses):
                gap = abs(skeleton[level] ** power - target)
                if gap < nearest:
                    nearest = gap
                    wish = level
            if wish < dose:
                dose = wish
            elif wish > dose and here <= target * cohort:
                dose += 1
        answers[row, 0] = -1 if stopped else wish
    return answers


def crm_characteristics(
    truth: Sequence[float],
    skeleton: Sequence[float],
    target: float,
    *,
    sd: float = 1.34**0.5,
    cohort: int = 1,
    cohorts: int = 30,
    stop: float = 0.95,
    trials: int = 10_000,
    seed: int = 1,
) -> Characteristics:
    """What the design does when the doses have these true toxicity rates."""
    real, prior = rates(truth, "truth"), rates(skeleton, "skeleton")
    if real.size != prior.size:
        raise RefusedError("truth", f"has {real.size} doses, the skeleton {prior.size}")
    patients(cohort, "cohort", least=1)
    patients(cohorts, "cohorts", least=1)
    return characteristics(
        simulate_crm(
            seed, 0, trials, real, prior, share(target, "target"), positive(sd, "sd"), cohort, cohorts, stop
        )
    )
