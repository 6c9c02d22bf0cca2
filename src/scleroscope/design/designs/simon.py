"""Simon's two-stage design for a response rate in one arm: stop early when the treatment looks futile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled
from scleroscope.design.random import pair
from scleroscope.design.refuse import RefusedError, share


@dataclass(frozen=True, kw_only=True)
class TwoStage:
    """Stop after `n1` patients with at most `r1` responses; after `n`, reject the treatment with at most `r`.

    `expected` is the mean sample size and `stop` the probability of an early stop, both at the poor rate;
    `alpha` and `power` are exact.
    """

    r1: int
    n1: int
    r: int
    n: int
    expected: float
    stop: float
    alpha: float
    power: float


@compiled
def _binomial(n: int, p: float, mass: NDArray[np.float64]) -> None:
    """Fill mass[0…n] with binomial probabilities."""
    odds = p / (1.0 - p)
    mass[0] = (1.0 - p) ** n
    for k in range(1, n + 1):
        mass[k] = mass[k - 1] * odds * (n - k + 1) / k


@compiled
def _tails(p: float, largest: int) -> Any:
    """Binomial probabilities of k, and of k or more, of n: two tables [n, k] for n up to `largest`."""
    mass = np.zeros((largest + 1, largest + 2))
    tail = np.zeros((largest + 1, largest + 2))
    for n in range(largest + 1):
        _binomial(n, p, mass[n])
        for k in range(n, -1, -1):
            tail[n, k] = tail[n, k + 1] + mass[n, k]
    return mass, tail


@compiled
def _declared(mass: Any, tail: Any, r1: int, n1: int, r: int, n: int) -> float:
    """As `declared`, from the tables of `_tails`."""
    total = 0.0
    for k in range(r1 + 1, n1 + 1):
        need = max(r + 1 - k, 0)
        if need <= n - n1:
            total += mass[n1, k] * tail[n - n1, need]
    return total


def declared(design: tuple[int, int, int, int], p: float) -> float:
    """Probability that a design (r1, n1, r, n) declares the treatment worthy when the rate is p; exact."""
    r1, n1, r, n = design
    mass, tail = _tails(p, n)
    return float(_declared(mass, tail, r1, n1, r, n))


@compiled
def _last_bound(poor: Any, good: Any, r1: int, n1: int, n: int, alpha: float, power: float) -> int:
    """The r that holds alpha with the greatest power (the smallest), or −1 where none has the power."""
    for r in range(r1, n):
        if _declared(good[0], good[1], r1, n1, r, n) < power:
            return -1
        if _declared(poor[0], poor[1], r1, n1, r, n) <= alpha:
            return r
    return -1


@compiled
def _search(p0: float, p1: float, alpha: float, power: float, largest: int) -> Any:
    """The optimal and the minimax design, as rows of r1, n1, r, n; −1 where there is none up to `largest`."""
    best = np.full((2, 4), -1)
    optimal = math.inf
    minimax = math.inf
    poor = _tails(p0, largest)
    good = _tails(p1, largest)
    for n in range(2, largest + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                if good[1][n1, r1 + 1] < power:  # the first stage alone loses too much
                    break
                expected = n1 + poor[1][n1, r1 + 1] * (n - n1)
                smallest = best[1, 3] in (-1, n) and expected < minimax
                if expected >= optimal and not smallest:
                    continue
                r = _last_bound(poor, good, r1, n1, n, alpha, power)
                if r < 0:
                    continue
                design = np.array([r1, n1, r, n])
                if expected < optimal:
                    optimal = expected
                    best[0, :] = design
                if smallest:
                    minimax = expected
                    best[1, :] = design
    return best


def simon(
    poor: float, good: float, *, alpha: float = 0.05, power: float = 0.8, largest: int = 100
) -> tuple[TwoStage, TwoStage]:
    """The optimal (smallest expected size at the poor rate) and the minimax (smallest largest size) design.

    All designs up to `largest` patients are searched with exact binomial probabilities. Source: Simon 1989,
    https://doi.org/10.1016/0197-2456(89)90015-9.

    >>> optimal, minimax = simon(0.1, 0.3)
    >>> (optimal.r1, optimal.n1, optimal.r, optimal.n), (minimax.r1, minimax.n1, minimax.r, minimax.n)
    ((1, 10, 5, 29), (1, 15, 5, 25))
    """
    share(poor, "poor")
    share(good, "good")
    if good <= poor:
        raise RefusedError(
            "good", f"{good:g} is not above the poor rate {poor:g}: there is nothing to detect"
        )
    rows = _search(poor, good, share(alpha, "alpha"), share(power, "power"), largest)
    if (rows < 0).any():
        raise RefusedError(
            "largest", f"no design with up to {largest} patients; allow more, or a larger difference"
        )
    optimal, minimax = (_described(row.tolist(), poor, good) for row in rows)
    return optimal, minimax


def _described(design: list[int], poor: float, good: float) -> TwoStage:
    r1, n1, r, n = design
    stop = 1 - float(_tails(poor, n1)[1][n1, r1 + 1])
    return TwoStage(
        r1=r1,
        n1=n1,
        r=r,
        n=n,
        stop=stop,
        expected=n1 + (1 - stop) * (n - n1),
        alpha=declared((r1, n1, r, n), poor),
        power=declared((r1, n1, r, n), good),
    )


@compiled
def simulate_simon(
    seed: int, first: int, count: int, r1: int, n1: int, r: int, n: int, rate: float
) -> NDArray[np.int64]:
    """Trials first … first+count−1 at a response rate → (count, 2): declared worthy (0/1), patients."""
    answers = np.zeros((count, 2), np.int64)
    for row in range(count):
        responses = 0
        treated = n
        for patient in range(n):
            if patient == n1 and responses <= r1:
                treated = n1
                break
            responses += pair(seed, first + row, 3, patient)[0] < rate
        answers[row, 0] = treated == n and responses > r
        answers[row, 1] = treated
    return answers
