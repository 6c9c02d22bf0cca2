"""The yearly slope of FVC in mL, patient by patient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.population.course import WEEKS_A_YEAR

Floats = NDArray[np.float64]


def yearly_slope(values: Floats, weeks: Floats) -> tuple[Floats, Floats]:
    """Least-squares slope a year of each row of `values` (n, v) over the visits it has (NaN is missed), and
    the spread of its visit times, Σ(t − t̄)² in years² (a slope's error variance: the measurement's over it).

    NaN and 0 where fewer than two visits are left.
    """
    seen = np.isfinite(values)
    years = weeks / WEEKS_A_YEAR
    count = seen.sum(axis=1)
    filled = np.where(seen, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_time = (seen * years).sum(axis=1) / count
        off = np.where(seen, years - mean_time[:, None], 0.0)
        spread = (off**2).sum(axis=1)
        slope = (off * filled).sum(axis=1) / spread
    enough = count >= 2
    return np.where(enough, slope, np.nan), np.where(enough, spread, 0.0)
