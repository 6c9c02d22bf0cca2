"""An estimated difference with its error: interval, statistic and p."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Treated minus control (or the log of a ratio), with what is needed to judge it.

    Fields are floats, or arrays of one entry a trial. `df` is infinite for a normal reference.
    `low` and `high` bound the two-sided interval at the level asked for; `p` is two-sided.
    """

    estimate: Any
    se: Any
    df: Any
    statistic: Any
    p: Any
    low: Any
    high: Any


def contrast(estimate: Any, se: Any, df: Any = np.inf, *, level: float = 0.95) -> Contrast:
    """Wald statistic, two-sided p and interval of an estimate; arrays in, arrays out.

    >>> round(contrast(1.96, 1.0).p, 3)
    0.05
    """
    estimate, se, df = np.broadcast_arrays(np.asarray(estimate, float), se, np.asarray(df, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
    endless = np.isinf(df)
    p = np.where(endless, 2 * special.ndtr(-np.abs(statistic)), 2 * special.stdtr(df, -np.abs(statistic)))
    upper = (1 + level) / 2
    reach = np.where(endless, special.ndtri(upper), special.stdtrit(df, upper)) * se
    fields = (estimate, se, df, statistic, p, estimate - reach, estimate + reach)
    names = ("estimate", "se", "df", "statistic", "p", "low", "high")
    plain = [float(field) if np.ndim(estimate) == 0 else field for field in fields]
    return Contrast(**dict(zip(names, plain, strict=True)))
