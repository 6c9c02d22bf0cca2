"""Months until the last patient is in, with an interval; before the start and from interim counts.

Model of Anisimov and Fedorov 2007, as Mountain and Sherlock state it (arXiv 1912.09790): site *i* recruits as
a Poisson process whose rate is gamma distributed, shape α and rate β. With all C sites open at 0, the number
in by month t is negative binomial with mean αCt/β and variance mean·(1 + t/β); the month of the n-th, over β,
is beta prime (n, αC).
Staggered opening has no closed form and is simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design.recruitment.sites import Sites

Floats = NDArray[np.float64]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """Months to recruit `target` patients: mean, SD, 10, 50 and 90 % quantiles; Monte-Carlo error of the mean
    (0 where the answer is exact)."""

    target: int
    mean: float
    sd: float
    q10: float
    q50: float
    q90: float
    monte_carlo_error: float = 0.0


def forecast(
    sites: Sites, target: int, eligible_share: float = 1.0, *, seed: int = 0, runs: int = 4000
) -> Forecast:
    """Months until `target` patients are in, when this share of those screened fits the criteria.

    Exact when all sites open together, else from `runs` simulated trials. ValueError when nobody is eligible
    or the target is below 1.

    >>> round(forecast(Sites(count=77, screened_per_month=1.2 / 4.5575), 365).q50, 1)
    18.1
    """
    if target < 1:
        raise ValueError("target: at least one patient is needed")
    if not 0 < eligible_share <= 1:
        raise ValueError("criteria: nobody in the population is eligible, so recruitment never ends")
    enter = sites.screened_per_month * eligible_share * (1.0 - sites.competing_share)
    beta = sites.shape / enter
    if sites.opening_months == 0:
        return _exact(target, sites.shape * sites.count, beta)
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 0x5EC])))
    rates = rng.gamma(sites.shape, 1.0 / beta, (runs, sites.count))
    opening = np.linspace(0.0, sites.opening_months, sites.count)
    return _summary(target, _arrival(rng, rates, opening, target))


def reforecast(
    sites: Sites,
    target: int,
    recruited: Sequence[int],
    months_open: Sequence[float],
    eligible_share: float = 1.0,
    *,
    seed: int = 0,
    runs: int = 4000,
) -> Forecast:
    """Further months until `target`, given what each open site has recruited in its months so far.

    Each site's rate is drawn from its posterior, gamma(α + k, β + τ); sites not yet open keep the prior and
    open at once. ValueError when the lists differ in length, name more sites than there are, or the target is
    reached.
    """
    if len(recruited) != len(months_open) or len(recruited) > sites.count:
        raise ValueError("interim: one count and one time for each open site, and no more sites than planned")
    if any(count < 0 for count in recruited) or any(months < 0 for months in months_open):
        raise ValueError("interim: counts and months must not be below 0")
    left = target - sum(recruited)
    if left < 1:
        raise ValueError("interim: the target is already reached")
    beta = sites.shape / (sites.screened_per_month * eligible_share * (1.0 - sites.competing_share))
    counts = np.zeros(sites.count)
    exposure = np.zeros(sites.count)
    counts[: len(recruited)] = recruited
    exposure[: len(months_open)] = months_open
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 0x1E0])))
    rates = rng.gamma(sites.shape + counts, 1.0 / (beta + exposure), (runs, sites.count))
    return _summary(left, _arrival(rng, rates, np.zeros(sites.count), left))


def _exact(target: int, sites_shape: float, beta: float) -> Forecast:
    """Beta prime (target, αC) times β: X/(1−X) with X of a beta distribution."""
    from scipy import stats

    x: Any = stats.betaprime(target, sites_shape, scale=beta)
    q10, q50, q90 = (float(q) for q in x.ppf([0.1, 0.5, 0.9]))
    return Forecast(target=target, mean=float(x.mean()), sd=float(x.std()), q10=q10, q50=q50, q90=q90)


def _arrival(rng: np.random.Generator, rates: Floats, opening: Floats, target: int) -> Floats:
    """Month of the `target`-th arrival in each run (runs,): a unit-rate Poisson process reaches `target` at a
    gamma time G; the month is where the integrated total rate, piecewise linear in time, passes G."""
    wanted = np.asarray(rng.gamma(target, 1.0, rates.shape[0]))
    total = np.cumsum(rates, axis=1)
    # Integrated rate at each opening: the sites open before it have run since theirs.
    gaps = np.diff(opening)
    reached = np.concatenate([np.zeros((rates.shape[0], 1)), np.cumsum(total[:, :-1] * gaps, axis=1)], axis=1)
    last = (reached <= wanted[:, None]).sum(axis=1) - 1
    run = np.arange(rates.shape[0])
    return np.asarray(opening[last] + (wanted - reached[run, last]) / total[run, last], dtype=np.float64)


def _summary(target: int, months: Floats) -> Forecast:
    q10, q50, q90 = (float(q) for q in np.quantile(months, [0.1, 0.5, 0.9]))
    return Forecast(
        target=target,
        mean=float(months.mean()),
        sd=float(months.std(ddof=1)),
        q10=q10,
        q50=q50,
        q90=q90,
        monte_carlo_error=float(months.std(ddof=1) / np.sqrt(months.size)),
    )
