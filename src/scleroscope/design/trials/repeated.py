"""Trials with a value at every visit: the mixed model for repeated measures, and the random-slope model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.analyses.mmrm import contrast_of, design_columns
from scleroscope.design.analyses.slope import slope_columns
from scleroscope.design.compiled import compiled
from scleroscope.design.trials.enrol import Door, Floats, Sizes, admit, room_for

Model = tuple[NDArray[np.int64], Floats, Floats, Floats]  # covariates, visits, basis of Σ, contrast


def visit_model(visits: int, strata: int) -> Model:
    """Visit, arm × visit, baseline × visit, strata; the arm at the last visit is tested."""
    own = np.array([True, True, True] + [False] * (strata - 1))
    covariate, at, names = design_columns(own, visits)
    weights = np.zeros(covariate.size)
    weights[names.index((1, visits - 1))] = 1.0
    return covariate, at, np.eye(visits * (visits + 1) // 2), weights


def slope_model(years: Floats, strata: int) -> Model:
    """Level, arm, time, arm × time, strata; arm × time is tested."""
    covariate, at, basis = slope_columns(years, strata - 1)
    return covariate, at, basis, np.eye(covariate.size)[3]


@compiled
def repeated_trials(
    door: Door,
    first: int,
    sizes: Sizes,
    baseline: Floats,
    untreated: Floats,
    treated: Floats,
    adjust: bool,
    covariate: NDArray[np.int64],
    at: Floats,
    basis: Floats,
    weights: Floats,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `baseline` (people,), `untreated` and `treated` (people, visits) with NaN for missed visits. The
    covariates of a patient are 1, arm, baseline (where `adjust`), and one for each stratum but the first;
    the model is that of `visit_model` or `slope_model`.
    """
    answers = np.empty((sizes.size, 4))
    room = room_for(sizes, door.strata)
    most = sizes.max()
    visits = untreated.shape[1]
    start = 3 if adjust else 2
    y, z = np.empty((most, visits)), np.empty((most, start + door.strata - 1))
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        for i in range(n):
            person = room.entrants[i]
            z[i, :] = 0.0
            z[i, 0] = 1.0
            z[i, 1] = room.arm[i]
            if adjust:
                z[i, 2] = baseline[person]
            if room.layer[i] > 0:
                z[i, start + room.layer[i] - 1] = 1.0
            for visit in range(visits):
                y[i, visit] = treated[person, visit] if room.arm[i] > 0.0 else untreated[person, visit]
        answers[row, 0], answers[row, 1], answers[row, 2] = contrast_of(
            y[:n], z[:n], covariate, at, basis, weights
        )
    return answers
