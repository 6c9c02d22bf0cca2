"""Dose-finding designs: what they have in common, and what a simulation says of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.refuse import RefusedError, share


@dataclass(frozen=True, kw_only=True)
class Characteristics:
    """Over many simulated trials: how often each dose was selected, and who was treated where.

    `selected`, `patients` and `toxicities` have one entry a dose; `none` is the share of trials that selected
    no dose; `size` the mean number of patients. `se` is the largest Monte-Carlo standard error of `selected`.
    """

    selected: tuple[float, ...]
    none: float
    patients: tuple[float, ...]
    toxicities: tuple[float, ...]
    size: float
    trials: int
    se: float


def characteristics(answers: NDArray[np.int64]) -> Characteristics:
    """Sum up trials: rows of dose selected (from 0; −1 for none), then patients and toxicities by dose."""
    trials, width = answers.shape
    doses = (width - 1) // 2
    selected = [float((answers[:, 0] == dose).mean()) for dose in range(doses)]
    patients = answers[:, 1 : 1 + doses].mean(axis=0)
    return Characteristics(
        selected=tuple(selected),
        none=float((answers[:, 0] < 0).mean()),
        patients=tuple(patients.tolist()),
        toxicities=tuple(answers[:, 1 + doses :].mean(axis=0).tolist()),
        size=float(patients.sum()),
        trials=trials,
        se=max((p * (1 - p) / trials) ** 0.5 for p in selected),
    )


def rates(values: Sequence[float], place: str) -> NDArray[np.float64]:
    """Toxicity rates of the doses: each between 0 and 1, not falling from dose to dose."""
    if len(values) == 0:
        raise RefusedError(place, "needs at least one dose")
    for index, value in enumerate(values):
        share(value, f"{place}[{index}]")
        if index and value < values[index - 1]:
            raise RefusedError(f"{place}[{index}]", "a higher dose cannot be less toxic; order the doses")
    return np.asarray(values, dtype=np.float64)
