"""Time to an event, drawn as curves: Kaplan–Meier, restricted mean survival, hazards by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.refuse import RefusedError, positive


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A survival curve: at each distinct event time, who was at risk, how many events, and what is left.

    `variance_sum` is Greenwood's Σ d / (r (r − d)); infinite once the curve reaches 0.
    """

    time: NDArray[np.float64]
    at_risk: NDArray[np.float64]
    events: NDArray[np.float64]
    survival: NDArray[np.float64]
    variance_sum: NDArray[np.float64]
    last: float

    def at(self, time: float) -> tuple[float, float]:
        """Survival and its standard error (Greenwood) at a time; NaN after the last observation."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if time > self.last and (place < 0 or self.survival[place] > 0):
            return np.nan, np.nan
        if place < 0:
            return 1.0, 0.0
        left = float(self.survival[place])
        return left, left * float(np.sqrt(self.variance_sum[place])) if left > 0 else 0.0


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> Curve:
    """The product-limit curve of `time` (n,) with `event` (n,) of 1 (happened) or 0 (censored).

    A patient censored at an event time counts as at risk there. Source: Kaplan, Meier 1958,
    https://doi.org/10.1080/01621459.1958.10501452; variance of Greenwood.

    >>> kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]).survival.tolist()
    [0.75, 0.375]
    """
    times, happened = _checked(time, event)
    distinct, place = np.unique(times, return_inverse=True)
    deaths: Any = np.bincount(place, weights=happened, minlength=distinct.size)
    leaving = np.bincount(place, minlength=distinct.size).astype(float)
    at_risk = times.size - np.concatenate([[0.0], np.cumsum(leaving)[:-1]])
    kept = deaths > 0
    deaths, at_risk = deaths[kept], at_risk[kept]
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
    return Curve(
        time=distinct[kept],
        at_risk=at_risk,
        events=deaths,
        survival=np.cumprod(1 - deaths / at_risk),
        variance_sum=greenwood,
        last=float(distinct[-1]),
    )


def rmst(time: ArrayLike, event: ArrayLike, horizon: float) -> tuple[float, float]:
    """Restricted mean survival time up to `horizon` and its standard error.

    The area under the Kaplan–Meier curve; variance Σ A(t)² d / (r (r − d)) with A(t) the area from t to the
    horizon (Uno et al. 2014, https://doi.org/10.1200/JCO.2014.55.2208). A horizon after the last observation
    of an arm is refused while that arm's curve is above 0: the area there is not known.
    """
    curve = kaplan_meier(time, event)
    positive(horizon, "horizon")
    if horizon > curve.last and (curve.survival.size == 0 or curve.survival[-1] > 0):
        raise RefusedError("horizon", f"{horizon:g} lies after the last follow-up in an arm ({curve.last:g})")
    return _area(curve, horizon)


def _area(curve: Curve, horizon: float) -> tuple[float, float]:
    kept = curve.time < horizon
    times = np.concatenate([[0.0], curve.time[kept], [horizon]])
    pieces = np.diff(times) * np.concatenate([[1.0], curve.survival[kept]])
    after = np.cumsum(pieces[::-1])[::-1][1:]  # the area from each event time to the horizon
    deaths, risk = curve.events[kept], curve.at_risk[kept]
    known = risk > deaths  # nothing is left after the last death of everybody, so its area is 0
    variance = (after[known] ** 2 * deaths[known] / (risk[known] * (risk[known] - deaths[known]))).sum()
    return float(pieces.sum()), float(np.sqrt(variance))


def rmst_difference(
    time: ArrayLike, event: ArrayLike, treated: ArrayLike, horizon: float, *, level: float = 0.95
) -> Contrast:
    """Treated minus control in restricted mean survival time; fair to hazards that cross."""
    times, happened = _checked(time, event)
    arm = np.asarray(treated).astype(bool)
    one, se1 = rmst(times[arm], happened[arm], horizon)
    none, se0 = rmst(times[~arm], happened[~arm], horizon)
    return contrast(one - none, float(np.hypot(se1, se0)), level=level)


@dataclass(frozen=True, kw_only=True)
class Hazards:
    """Events and time at risk by period; `low` and `high` bound the rate.

    The interval is log-normal; without events it has no upper end (NaN).
    """

    start: NDArray[np.float64]
    events: NDArray[np.float64]
    exposure: NDArray[np.float64]
    rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def piecewise_hazards(time: ArrayLike, event: ArrayLike, cuts: ArrayLike, *, level: float = 0.95) -> Hazards:
    """Constant hazard in each period [0, cut₁), [cut₁, cut₂), … : events ÷ time at risk (maximum likelihood).

    >>> piecewise_hazards([1, 3], [1, 0], [2]).rate.tolist()
    [0.3333333333333333, 0.0]
    """
    times, happened = _checked(time, event)
    inner = np.asarray(cuts, float).ravel()
    if inner.size and (inner[0] <= 0 or (np.diff(inner) <= 0).any()):
        raise RefusedError("cuts", f"periods must begin after 0 and follow each other: {inner.tolist()}")
    start = np.concatenate([[0.0], inner])
    stop = np.concatenate([inner, [np.inf]])
    exposure = np.array([(np.clip(times, a, b) - a).sum() for a, b in zip(start, stop, strict=True)])
    # A death exactly on a cut ended its time at risk in the period before.
    period = np.searchsorted(inner, times, side="left")
    events: Any = np.bincount(period, weights=happened, minlength=start.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(exposure > 0, events / exposure, np.nan)
        spread = np.exp(ndtri((1 + level) / 2) / np.sqrt(events))
        low, high = rate / spread, np.where(events > 0, rate * spread, np.nan)
    return Hazards(start=start, events=events, exposure=exposure, rate=rate, low=low, high=high)


def _checked(time: ArrayLike, event: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times: Any = np.asarray(time, float).ravel()
    happened: Any = np.asarray(event, float).ravel()
    if times.size == 0:
        raise RefusedError("time", "has no patients")
    if times.shape != happened.shape:
        raise RefusedError("event", f"has {happened.size} entries for {times.size} times")
    if not (np.isfinite(times).all() and (times >= 0).all()):
        raise RefusedError("time", "has a missing, infinite or negative time; censor at the last contact")
    if not np.isin(happened, (0.0, 1.0)).all():
        raise RefusedError("event", "must be 1 (happened) or 0 (censored)")
    return times, happened
