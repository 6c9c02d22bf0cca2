"""How much of an error rate may be used by which information fraction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scleroscope.design.refuse import RefusedError

Spending = Callable[[NDArray[np.float64], float], NDArray[np.float64]]


def obrien_fleming(fraction: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Lan and DeMets's O'Brien–Fleming-like spending of a one-sided alpha: 2 − 2 Φ(z_{1−α/2} / √t).

    Source: Lan, DeMets 1983, https://doi.org/10.1093/biomet/70.3.659.
    """
    return np.asarray(2 * ndtr(-ndtri(1 - alpha / 2) / np.sqrt(fraction)))


def pocock(fraction: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Lan and DeMets's Pocock-like spending: α log(1 + (e − 1) t)."""
    return np.asarray(alpha * np.log1p((np.e - 1) * fraction))


def hwang_shih_decani(gamma: float) -> Spending:
    """The gamma family: α (1 − e^{−γt}) / (1 − e^{−γ}); γ = −4 is close to O'Brien–Fleming, 1 to Pocock.

    Source: Hwang, Shih, De Cani 1990, https://doi.org/10.1002/sim.4780091207.
    """

    def spend(fraction: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
        if gamma == 0:
            return alpha * fraction
        return np.asarray(alpha * np.expm1(-gamma * fraction) / np.expm1(-gamma))

    return spend


def power_family(exponent: float) -> Spending:
    """Kim and DeMets's power family: α t^ρ.

    Source: Kim, DeMets 1987, Design and analysis of group sequential tests based on the type I error spending
    rate function, Biometrika 74: 149–154.
    """
    if exponent <= 0:
        raise RefusedError("exponent", f"must be above 0, not {exponent:g}")
    return lambda fraction, alpha: np.asarray(alpha * fraction**exponent)
