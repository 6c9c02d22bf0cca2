"""ACR-CRISS and revised CRISS: several measures of early diffuse disease in one answer.

Numbers in `composite_endpoints.csv`. ACR-CRISS: Khanna et al. 2016, PMC4818571; revised: PMC10750249.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.knowledge.load import rows

Floats = NDArray[np.float64]


@cache
def _number(name: str) -> float:
    return next(float(row["value"]) for row in rows("composite_endpoints") if row["id"] == name)


def acr_criss(
    mrss: ArrayLike,
    fvc_percent: ArrayLike,
    patient_global: ArrayLike,
    physician_global: ArrayLike,
    haq_di: ArrayLike,
    *,
    failed: ArrayLike = False,
) -> Floats:
    """Probability of improvement, 0 to 1, from five changes (follow-up minus baseline), any shape.

    `mrss` in points, `fvc_percent` in % predicted, globals on 0 to 10, `haq_di` in points; `failed` marks
    those whom step 1 (new renal crisis, lung, heart or PAH event) sets to 0.

    p = expit(−5.54 − 0.81 ΔmRSS + 0.21 ΔFVC% − 0.40 ΔPtGA − 0.44 ΔMDGA − 3.41 ΔHAQ-DI)

    >>> round(float(acr_criss(-10, 0, 0, 0, 0)), 4)
    0.9282
    """
    changes = {
        "mrss": mrss,
        "fvc_percent": fvc_percent,
        "patient_global": patient_global,
        "physician_global": physician_global,
        "haq_di": haq_di,
    }
    score: Any = _number("acr_criss.intercept")
    for name, change in changes.items():
        score = score + _number(f"acr_criss.per_{name}") * np.asarray(change, dtype=np.float64)
    return np.where(np.asarray(failed), 0.0, 1.0 / (1.0 + np.exp(-score)))


def lung_failure(fvc_before: ArrayLike, fvc_after: ArrayLike, ild: ArrayLike) -> NDArray[np.bool_]:
    """The lung's part of step 1: with ILD, FVC % predicted fell by ≥ 15 % of itself to below 80.

    Renal crisis, heart failure and new PAH are events that the caller adds.
    """
    before = np.asarray(fvc_before, dtype=np.float64)
    after = np.asarray(fvc_after, dtype=np.float64)
    fall = (before - after) / before * 100.0
    low = after < _number("acr_criss.fvc_level_percent")
    return np.asarray((fall >= _number("acr_criss.fvc_fall_percent")) & low & np.asarray(ild), dtype=np.bool_)


def revised_criss(
    before: Mapping[str, ArrayLike],
    after: Mapping[str, ArrayLike],
    *,
    failed: ArrayLike = False,
    improvement: float | None = None,
) -> NDArray[np.bool_]:
    """Responders: at least 3 of 5 core items improved by the chosen share of their baseline (FVC by 5 %).

    `before` and `after` map mrss, fvc_percent, patient_global, physician_global, haq_di to arrays. An item
    that starts at 0 cannot improve. Step 1 failures are no responders.
    """
    share = _number("revised_criss.improvement") if improvement is None else improvement
    count: Any = 0
    for name in ("mrss", "fvc_percent", "patient_global", "physician_global", "haq_di"):
        start = np.asarray(before[name], dtype=np.float64)
        gain = start - np.asarray(after[name], dtype=np.float64)
        if name == "fvc_percent":
            count = count + (-gain >= _number("revised_criss.fvc_improvement") * start - 1e-9)
        else:
            count = count + ((start > 0) & (gain >= share * start - 1e-9))
    return np.asarray((count >= _number("revised_criss.items")) & ~np.asarray(failed), dtype=np.bool_)
