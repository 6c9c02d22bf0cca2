"""Cox regression with Efron's handling of ties: two arms (fast), or any covariates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.analyses.ranks import event_table
from scleroscope.design.analyses.survival import _checked
from scleroscope.design.compiled import compiled
from scleroscope.design.refuse import RefusedError


@compiled
def cox_two_arms(table: Any, rows: int) -> Any:
    """(log hazard ratio, se) of treated against control from rows of `ranks.tabulate`.

    Newton's method on Efron's partial likelihood, which for two arms needs only the four counts of each event
    time. NaN when there is no maximum (an arm without events, or none at risk beside the other).
    """
    beta = 0.0
    reached = -math.inf
    step = 0.0
    information = 0.0
    for _ in range(60):
        weight = math.exp(beta)
        likelihood = 0.0
        score = 0.0
        information = 0.0
        for row in range(rows):
            risk1 = table[row, 1]
            risk0 = table[row, 0] - risk1
            events = table[row, 2]
            events1 = table[row, 3]
            events0 = events - events1
            likelihood += beta * events1
            score += events1
            for tie in range(int(events)):
                part = tie / events
                treated = weight * (risk1 - part * events1)
                total = treated + risk0 - part * events0
                mean = treated / total
                likelihood -= math.log(total)
                score -= mean
                information += mean * (1.0 - mean)
        if likelihood < reached - 1e-12 * abs(reached):  # overshot: go half the way back
            step *= 0.5
            beta -= step
            continue
        reached = likelihood
        if not information > 1e-7 or abs(beta) > 20.0:
            return math.nan, math.nan
        step = score / information
        if abs(step) < 1e-10:
            return beta, 1.0 / math.sqrt(information)
        beta += step
    return math.nan, math.nan


@compiled
def cox_batch(
    time: NDArray[np.float64], event: NDArray[np.float64], treated: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Many trials, two arms: arrays of shape (trials, n) → (trials, 2): log hazard ratio, se."""
    answers = np.empty((time.shape[0], 2))
    for trial in range(time.shape[0]):
        table = event_table(time[trial], event[trial], treated[trial])
        answers[trial, 0], answers[trial, 1] = cox_two_arms(table, len(table))
    return answers


@compiled
def _efron(time: Any, event: Any, x: Any, beta: Any) -> Any:
    """Log partial likelihood, gradient and information; patients sorted by falling time."""
    size, width = x.shape
    score = np.zeros(width)
    information = np.zeros((width, width))
    likelihood = 0.0
    risk = 0.0
    risk_x = np.zeros(width)
    risk_xx = np.zeros((width, width))
    i = 0
    while i < size:
        tied = 0.0
        dead = 0.0
        dead_x = np.zeros(width)
        dead_xx = np.zeros((width, width))
        now = time[i]
        while i < size and time[i] == now:
            weight = math.exp(x[i] @ beta)
            risk += weight
            for a in range(width):
                risk_x[a] += weight * x[i, a]
                for b in range(width):
                    risk_xx[a, b] += weight * x[i, a] * x[i, b]
            if event[i] > 0.0:
                tied += 1.0
                dead += weight
                likelihood += x[i] @ beta
                for a in range(width):
                    score[a] += x[i, a]
                    dead_x[a] += weight * x[i, a]
                    for b in range(width):
                        dead_xx[a, b] += weight * x[i, a] * x[i, b]
            i += 1
        for tie in range(int(tied)):
            part = tie / tied
            total = risk - part * dead
            mean = (risk_x - part * dead_x) / total
            likelihood -= math.log(total)
            score -= mean
            information += (risk_xx - part * dead_xx) / total - np.outer(mean, mean)
    return likelihood, score, information


def cox(time: ArrayLike, event: ArrayLike, covariates: ArrayLike, *, level: float = 0.95) -> Contrast:
    """Log hazard ratios of `covariates` (n,) or (n, k); fields of the answer have shape () or (k,).

    Newton–Raphson with step halving on Efron's partial likelihood (Efron 1977,
    https://doi.org/10.1080/01621459.1977.10480613). Refuses covariates that separate those who had the event
    from the others, for which the likelihood has no maximum.
    """
    times, happened = _checked(time, event)
    x = np.asarray(covariates, float)
    single = x.ndim == 1
    x = x.reshape(times.size, -1)
    if not happened.any():
        raise RefusedError("event", "nobody had it; a hazard ratio needs events")
    centre, scale = x.mean(axis=0), x.std(axis=0)
    if (scale == 0).any():
        raise RefusedError("covariates", f"column {int((scale == 0).argmax())} does not vary")
    order = np.argsort(-times, kind="stable")
    sorted_x = np.ascontiguousarray(((x - centre) / scale)[order])
    beta = np.zeros(x.shape[1])
    likelihood, score, information = _efron(times[order], happened[order], sorted_x, beta)
    least = 1e-8 * np.diag(information)
    for _ in range(60):
        if (np.diag(information) <= least).any():
            break  # the likelihood has gone flat: it still rises, towards infinity
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() < 1e-9:
            covariance = np.linalg.inv(information)
            se = np.sqrt(np.diag(covariance)) / scale
            estimate = beta / scale
            return contrast(estimate[0] if single else estimate, se[0] if single else se, level=level)
        for _half in range(30):
            trial = _efron(times[order], happened[order], sorted_x, beta + step)
            if trial[0] >= likelihood - 1e-10:
                break
            step = step / 2
        beta = beta + step
        likelihood, score, information = trial
        if np.abs(beta).max() > 20:
            break
    raise RefusedError(
        "covariates", "predict the events perfectly or repeat each other: no finite hazard ratio"
    )
