"""Treatment that starts later for one group: delayed start, open-label extension, long-term follow-up.

After the switch everybody is treated; what remains of the difference between early and late starters is what
the early months were worth. These functions say what difference to expect at each visit, which the mixed
model (`analyses.mmrm`) or `simulate_mmrm` then tests at the switch and at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What treatment does over time.

    `relief` is gained while treated, in full after `onset` months (linearly until then); `yearly` is kept for
    good and grows with the years of treatment, up to `most` (no limit when infinite).
    """

    relief: float = 0.0
    yearly: float = 0.0
    onset: float = 0.0
    most: float = float("inf")

    def after(self, months: Array) -> Array:
        """Benefit after so many months of treatment (none before 0)."""
        treated = np.maximum(months, 0.0)
        ramp = (months > 0).astype(float) if self.onset == 0 else np.clip(treated / self.onset, 0, 1)
        kept = self.yearly * treated / 12
        return np.asarray(self.relief * ramp + np.sign(kept) * np.minimum(np.abs(kept), self.most))


def difference(visits: ArrayLike, switch: float, benefit: Benefit) -> Array:
    """Early minus delayed starters at each visit (months), the delayed starting at `switch`.

    >>> difference([6, 12, 24], 12, Benefit(relief=-2, yearly=-3)).tolist()
    [-3.5, -5.0, -3.0]
    """
    months = np.asarray(visits, float)
    if months.ndim != 1 or months.size == 0 or (np.diff(months) <= 0).any() or months[0] <= 0:
        raise RefusedError("visits", "must be months after 0, in order")
    if switch <= 0 or benefit.onset < 0:
        raise RefusedError(
            "switch", f"must lie after month 0, not {switch:g}, and the onset not before treatment"
        )
    return benefit.after(months) - benefit.after(months - switch)
