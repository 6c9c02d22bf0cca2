"""Small draws that the population is made of; each takes the generator first and returns one array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def yes(rng: np.random.Generator, chance: Any, n: int) -> Flags:
    """True with this chance (a number, or one a patient)."""
    return np.asarray(rng.random(n) < chance, dtype=np.bool_)


def positive(rng: np.random.Generator, mean: Any, sd: Any, n: int) -> Floats:
    """Gamma numbers with this mean and SD: never negative, skewed as laboratory values are."""
    shape = (np.asarray(mean, dtype=np.float64) / sd) ** 2
    return rng.gamma(shape, np.asarray(sd, dtype=np.float64) ** 2 / mean, n)


def lognormal(rng: np.random.Generator, median: Any, log_sd: Any, n: int) -> Floats:
    """Log-normal numbers with this median and SD of the logarithm."""
    return np.asarray(median * np.exp(log_sd * rng.standard_normal(n)), dtype=np.float64)


def tied(rng: np.random.Generator, score: Floats, correlation: float) -> Floats:
    """Standard normal numbers with this correlation to a standard normal score."""
    noise = rng.standard_normal(score.size)
    return np.asarray(correlation * score + np.sqrt(1.0 - correlation**2) * noise, dtype=np.float64)


def score(values: Floats) -> Floats:
    """Values as standard normal scores (mean 0, SD 1); zeros where all are alike."""
    spread = values.std()
    return np.asarray((values - values.mean()) / spread if spread > 0 else values * 0.0, dtype=np.float64)
