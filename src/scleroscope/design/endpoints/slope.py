"""The yearly slope of FVC in mL, patient by patient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.population.course import WEEKS_A_YEAR

Floats = NDArray[np.float64]


def yearly_slope(values: Floats, weeks: Floats) -> Floats:
    """Least-squares slope a year of each row of `values` (n, v) over the visits it has (NaN is missed).

    NaN where fewer than two visits are left.
    """
    seen = np.isfinite(values)
    years = weeks / WEEKS_A_YEAR
    count = seen.sum(axis=1)
    filled = np.where(seen, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_time = (seen * years).sum(axis=1) / count
        off = np.where(seen, years - mean_time[:, None], 0.0)
        slope = (off * filled).sum(axis=1) / (off**2).sum(axis=1)
    return np.where(count >= 2, slope, np.nan)
