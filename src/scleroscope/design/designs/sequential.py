"""Group-sequential designs: bounds at the looks, and what they cost.

The z statistics of the looks are normal with drift θ√I and correlation √(I_j / I_k). Crossing probabilities
are found by carrying the density of the paths still inside from look to look on a grid (Armitage, McPherson,
Rowe 1969; Jennison, Turnbull, Group Sequential Methods, 2000, chapter 19, Simpson's rule).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from scleroscope.design.designs.spending import Spending
from scleroscope.design.refuse import RefusedError, fractions, share

Array = NDArray[np.float64]
_FAR = 12.0
_ROOT = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """z bounds at each look. `upper` stops for efficacy; `lower` for futility (−inf where it never does).

    In a two-sided design `lower` is −`upper` and stops for harm. `spent` is the probability under no effect
    of first crossing `upper` (either bound, when two-sided) at each look.
    """

    fraction: Array
    upper: Array
    lower: Array
    spent: Array
    sides: int

    @property
    def nominal_p(self) -> Array:
        """The p value (as many sides as the design) that a look must beat."""
        return np.asarray(self.sides * ndtr(-self.upper))


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The probability of first crossing each bound at each look."""

    upper: Array
    lower: Array


class _Walk:
    """The density of z among the paths still inside, look by look, at one drift."""

    def __init__(self, information: Array, drift: float) -> None:
        self.information = information
        self.mean = drift * np.sqrt(information)
        self.look = -1
        self.nodes = np.empty(0)
        self.mass = np.empty(0)

    def beyond(self, look: int, bound: float) -> float:
        """Probability of being inside until `look` − 1 and above `bound` at `look`."""
        if look == 0:
            return float(ndtr(self.mean[0] - bound))
        return float(self.mass @ ndtr(self._standard(look, np.array([bound]))[0]))

    def _standard(self, look: int, z: Array) -> Array:
        """How far above each z the next statistic is expected, in its own standard deviations."""
        before, now = self.information[look - 1], self.information[look]
        start = self.nodes * math.sqrt(before)
        gain = self.mean[look] * math.sqrt(now) - self.mean[look - 1] * math.sqrt(before)
        return np.asarray((start[None, :] + gain - z[:, None] * math.sqrt(now)) / math.sqrt(now - before))

    def stay(self, look: int, lower: float, upper: float) -> None:
        """Keep the paths with lower < z < upper at `look`."""
        nodes, weights = _grid(float(self.mean[look]), lower, upper)
        if look == 0:
            density = _ROOT * np.exp(-0.5 * (nodes - self.mean[0]) ** 2)
        else:
            before, now = self.information[look - 1], self.information[look]
            kernel = np.exp(-0.5 * self._standard(look, nodes) ** 2)
            density = kernel @ self.mass * _ROOT * math.sqrt(now / (now - before))
        self.nodes, self.mass = nodes, weights * density


def _grid(mean: float, lower: float, upper: float, r: int = 32) -> tuple[Array, Array]:
    """Jennison and Turnbull's nodes (dense where the density is) with Simpson weights, cut at the bounds."""
    i = np.arange(1, 6 * r)
    edge = 3 + 4 * np.log(r / np.arange(1.0, r))
    body = -3 + 3 * (np.arange(r, 5 * r + 1) - r) / (2 * r)
    points = mean + np.concatenate([-edge, body, edge[::-1]])
    points = points[: i.size]
    low, high = max(lower, points[0]), min(upper, points[-1])
    if low >= high:
        return np.array([low]), np.zeros(1)
    corners = np.concatenate([[low], points[(points > low) & (points < high)], [high]])
    nodes = np.empty(2 * corners.size - 1)
    nodes[::2] = corners
    nodes[1::2] = (corners[:-1] + corners[1:]) / 2
    width = np.diff(corners)
    weights = np.zeros(nodes.size)
    weights[:-1:2] += width / 6
    weights[2::2] += width / 6
    weights[1::2] = 4 * width / 6
    return nodes, weights


def crossing(
    fraction: ArrayLike, upper: ArrayLike, lower: ArrayLike | None = None, *, drift: float = 0.0
) -> Crossing:
    """Probability of first leaving by each bound at each look.

    `drift` is the mean of z at full information (θ√I_max): 0 under no effect, z_α + z_β in a fixed design.

    >>> float(crossing([1.0], [1.959964]).upper[0].round(6))
    0.025
    """
    looks = fractions(np.asarray(fraction, float).tolist(), "fraction")
    high = np.asarray(upper, float)
    low = np.full(looks.size, -np.inf) if lower is None else np.asarray(lower, float)
    if high.shape != looks.shape or low.shape != looks.shape:
        raise RefusedError("upper", f"{looks.size} looks need as many bounds")
    walk = _Walk(looks, drift)
    above, below = np.zeros(looks.size), np.zeros(looks.size)
    inside = 1.0
    for look in range(looks.size):
        above[look] = walk.beyond(look, high[look])
        below[look] = max(inside - walk.beyond(look, low[look]), 0.0) if low[look] > -np.inf else 0.0
        walk.stay(look, float(low[look]), float(high[look]))
        inside = float(walk.mass.sum())
    return Crossing(upper=above, lower=below)


def spending_bounds(
    fraction: ArrayLike, spending: Spending, *, alpha: float = 0.025, sides: int = 1
) -> Bounds:
    """Efficacy bounds that spend the error rate as `spending` says (futility stops, if any, are not binding).

    `alpha` is one-sided when `sides` is 1 and two-sided when it is 2 (then each side spends half).

    >>> from scleroscope.design.designs.spending import obrien_fleming
    >>> spending_bounds([0.5, 0.75, 1.0], obrien_fleming).upper.round(4).tolist()
    [2.9626, 2.359, 2.0141]
    """
    looks = fractions(np.asarray(fraction, float).tolist(), "fraction")
    side = share(alpha, "alpha") / _sides(sides)
    cumulative = spending(looks, side)
    shares = np.diff(cumulative, prepend=0.0)
    if (shares < 0).any():
        raise RefusedError("spending", "must not fall as information grows")
    walk = _Walk(looks, 0.0)
    upper = np.empty(looks.size)
    for look, spent in enumerate(shares):
        upper[look] = _bound(walk, look, float(spent))
        walk.stay(look, -float(upper[look]) if sides == 2 else -np.inf, float(upper[look]))
    return _bounds(looks, upper, sides)


def _bound(walk: _Walk, look: int, spent: float) -> float:
    """The z above which exactly `spent` of the paths still inside lie."""
    if spent < 1e-14:
        return math.inf
    return float(brentq(lambda z: walk.beyond(look, z) - spent, -_FAR, _FAR, xtol=1e-10))


def shape_bounds(fraction: ArrayLike, delta: float, *, alpha: float = 0.025, sides: int = 1) -> Bounds:
    """Wang and Tsiatis's bounds c · t^(δ − 1/2): δ = 0 is O'Brien–Fleming, 1/2 is Pocock.

    Source: Wang, Tsiatis 1987, https://doi.org/10.2307/2531959.

    >>> shape_bounds([0.5, 1.0], 0.5, alpha=0.05, sides=2).upper.round(4).tolist()
    [2.1783, 2.1783]
    """
    looks = fractions(np.asarray(fraction, float).tolist(), "fraction")
    share(alpha, "alpha")
    _sides(sides)
    shape = looks ** (delta - 0.5)

    def excess(constant: float) -> float:
        upper = constant * shape
        spent = crossing(looks, upper, -upper if sides == 2 else None)
        return float(spent.upper.sum() + (spent.lower.sum() if sides == 2 else 0)) - alpha

    return _bounds(looks, brentq(excess, 0.1, _FAR, xtol=1e-10) * shape, sides)


def _bounds(looks: Array, upper: Array, sides: int) -> Bounds:
    lower = -upper if sides == 2 else np.full(looks.size, -np.inf)
    spent = crossing(looks, upper, lower)
    return Bounds(fraction=looks, upper=upper, lower=lower, spent=spent.upper + spent.lower, sides=sides)


def _sides(sides: int) -> int:
    if sides not in (1, 2):
        raise RefusedError("sides", f"must be 1 or 2, not {sides}")
    return sides


def detectable_drift(bounds: Bounds, *, power: float = 0.9) -> float:
    """The mean of the final z at which the design has that power (futility stops counted as they stand)."""
    share(power, "power")

    def lack(drift: float) -> float:
        return float(crossing(bounds.fraction, bounds.upper, bounds.lower, drift=drift).upper.sum()) - power

    return float(brentq(lack, 0.0, _FAR, xtol=1e-9))


def inflation(bounds: Bounds, *, power: float = 0.9, alpha: float | None = None) -> float:
    """Largest information of the design ÷ information of a fixed trial with the same error rates.

    `alpha` is that of the fixed trial, with as many sides as the design; if not given, the spent error.
    """
    level = float(bounds.spent.sum()) if alpha is None else alpha
    fixed = float(ndtri(1 - level / bounds.sides) + ndtri(power))
    return (detectable_drift(bounds, power=power) / fixed) ** 2


def futility_bounds(efficacy: Bounds, spending: Spending, *, power: float = 0.9) -> tuple[Bounds, float]:
    """Add non-binding futility bounds that spend the type II error; (bounds, drift at full information).

    The efficacy bounds stay as they are: the type I error holds even when futility is overruled. The drift is
    the one where the lower bound meets the upper at the last look: its square over that of a fixed trial is
    the inflation of the sample size. Source: Pampallona, Tsiatis, Kim 2001,
    https://doi.org/10.1177/009286150103500408.
    """
    if efficacy.sides != 1:
        raise RefusedError("sides", "futility bounds belong to a one-sided design")
    looks = efficacy.fraction
    shares = np.diff(spending(looks, 1 - share(power, "power")), prepend=0.0)

    def at(drift: float) -> tuple[Array, float]:
        """The bounds that spend each look's share, and by how much the last look then overspends."""
        walk = _Walk(looks, drift)
        lower = efficacy.upper.copy()
        inside = 1.0
        for look, spent in enumerate(shares[:-1]):
            if spent < 1e-14:
                lower[look] = -np.inf
            elif spent < inside:
                kept = inside - spent
                lower[look] = min(_bound(walk, look, kept), efficacy.upper[look])
            walk.stay(look, float(lower[look]), float(efficacy.upper[look]))
            inside = float(walk.mass.sum())
        return lower, inside - walk.beyond(looks.size - 1, float(efficacy.upper[-1])) - shares[-1]

    drift = float(brentq(lambda theta: at(theta)[1], 0.5, 8.0, xtol=1e-9))
    bounds = Bounds(fraction=looks, upper=efficacy.upper, lower=at(drift)[0], spent=efficacy.spent, sides=1)
    return bounds, drift
