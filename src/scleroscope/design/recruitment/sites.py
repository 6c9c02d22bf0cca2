"""The sites of a trial: how many, how fast each screens, when each opens."""

from __future__ import annotations

import msgspec


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """Sites whose screening rates differ as a gamma distribution (Anisimov and Fedorov 2007).

    - `count`: number of sites.
    - `screened_per_month`: mean number of patients whom one open site screens a month.
    - `shape`: of the gamma distribution of the sites' rates; small is uneven. 1.2 is an assumption,
      not a published value: sites that differ by about as much as their mean.
    - `opening_months`: the last site opens this many months after the first, the others evenly between.
    - `competing_share`: share of suitable patients whom other recruiting trials take, 0 to 1.
    """

    count: int
    screened_per_month: float
    shape: float = 1.2
    opening_months: float = 0.0
    competing_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no trial can have. ValueError names the value's place."""
        if self.count < 1:
            raise ValueError("sites.count: at least one site is needed")
        if not self.screened_per_month > 0:
            raise ValueError("sites.screened_per_month: must be above 0")
        if not self.shape > 0:
            raise ValueError("sites.shape: must be above 0")
        if not self.opening_months >= 0:
            raise ValueError("sites.opening_months: must not be below 0")
        if not 0 <= self.competing_share < 1:
            raise ValueError("sites.competing_share: must be from 0 to below 1")
