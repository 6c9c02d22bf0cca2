"""Multiple imputation of what follows dropout or rescue, under a stated assumption about it.

Each arm's outcomes are modelled visit by visit, given baseline and the visits before, with a draw of the
parameters for every imputation. What a patient of the treated arm does after leaving then follows

- `missing_at_random`: her own arm;
- `jump_to_reference`: the mean of the reference (control) arm at once;
- `copy_reference`: the reference arm, as if she had always been in it;
- `copy_increments`: her own arm's level at leaving, then the reference arm's changes.

Every completed trial is analysed by ANCOVA at the last visit; Rubin's rules join the answers.
Sources: Carpenter, Roger, Kenward 2013, https://doi.org/10.1080/10543406.2013.834911; Barnard, Rubin 1999,
https://doi.org/10.1093/biomet/86.4.948.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scleroscope.design.analyses.ancova import ancova
from scleroscope.design.analyses.contrast import Contrast, contrast
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
Assumption = Literal["missing_at_random", "jump_to_reference", "copy_reference", "copy_increments"]
Model = list[tuple[Array, float]]  # for each visit: coefficients of (1, baseline, visits before), residual sd


def impute(
    outcome: ArrayLike,
    treated: ArrayLike,
    baseline: ArrayLike,
    *,
    assumption: Assumption,
    imputations: int = 50,
    rng: np.random.Generator,
    level: float = 0.95,
) -> Contrast:
    """The adjusted difference at the last visit.

    `outcome` (n, visits) with NaN from the visit at which a patient's own data end (set what follows
    rescue to NaN first), `treated` (n,) of 0/1, `baseline` (n,). Gaps that close again are refused: fill
    them first.
    """
    y, arm, start = np.asarray(outcome, float), np.asarray(treated, float), np.asarray(baseline, float)
    if y.ndim != 2 or arm.shape != (len(y),) or start.shape != (len(y),) or np.isnan(start).any():
        raise RefusedError(
            "outcome", "needs (patients, visits) and, for every patient, an arm and a baseline"
        )
    missing = np.isnan(y)
    if (missing[:, :-1] & ~missing[:, 1:]).any():
        raise RefusedError("outcome", "a visit is missing between two that were made; fill such gaps before")
    if imputations < 2:
        raise RefusedError("imputations", f"needs 2 or more to see how they differ, not {imputations}")
    if not missing.any():
        return ancova(y[:, -1], arm, start, level=level)
    answers = []
    for _ in range(imputations):
        models = [_draw(y[arm == group], start[arm == group], rng, group) for group in (0, 1)]
        filled = _complete(y, arm, start, models, assumption, rng)
        answers.append(ancova(filled[:, -1], arm, start))
    return rubin(
        [answer.estimate for answer in answers], [answer.se for answer in answers], answers[0].df, level=level
    )


def rubin(estimates: ArrayLike, errors: ArrayLike, df: float, *, level: float = 0.95) -> Contrast:
    """Join estimates of completed data sets (each with error and `df` degrees of freedom).

    Total variance = mean variance + (1 + 1/m) · variance of the estimates; Barnard and Rubin's degrees of
    freedom.
    """
    estimate, variance = np.asarray(estimates, float), np.asarray(errors, float) ** 2
    count = estimate.size
    within, between = float(variance.mean()), float(estimate.var(ddof=1))
    total = within + (1 + 1 / count) * between
    lost = (1 + 1 / count) * between / total
    seen = (df + 1) / (df + 3) * df * (1 - lost)
    joint = seen if lost == 0 else 1 / (lost**2 / (count - 1) + 1 / seen)
    return contrast(float(estimate.mean()), math.sqrt(total), joint, level=level)


def _draw(y: Array, start: Array, rng: np.random.Generator, group: int) -> Model:
    """One draw of an arm's model from its posterior (flat prior): σ² from its χ², then coefficients."""
    model: Model = []
    for visit in range(y.shape[1]):
        here = ~np.isnan(y[:, visit])
        x = np.column_stack([np.ones(here.sum()), start[here], y[here, :visit]])
        spare = len(x) - x.shape[1]
        if spare < 2:
            place = "treated" if group else "control"
            raise RefusedError(
                place, f"only {len(x)} patients reached visit {visit + 1}: too few to learn from"
            )
        q, r = np.linalg.qr(x)
        beta = np.linalg.solve(r, q.T @ y[here, visit])
        rest = y[here, visit] - x @ beta
        sd = math.sqrt(float(rest @ rest) / rng.chisquare(spare))
        model.append((beta + sd * np.linalg.solve(r, rng.standard_normal(beta.size)), sd))
    return model


def _means(model: Model, start: Array) -> Array:
    """Mean outcome at each visit given baseline: (n, visits)."""
    means = np.empty((start.size, len(model)))
    for visit, (beta, _) in enumerate(model):
        means[:, visit] = beta[0] + beta[1] * start + means[:, :visit] @ beta[2:]
    return means


def _complete(
    y: Array, arm: Array, start: Array, models: list[Model], assumption: Assumption, rng: np.random.Generator
) -> Array:
    """One completed data set."""
    filled = y.copy()
    noise = rng.standard_normal(y.shape)
    for group in (0, 1):
        rows = arm == group
        own, reference = _means(models[group], start[rows]), _means(models[0], start[rows])
        after = models[group] if assumption == "missing_at_random" else models[0]
        part, gone = filled[rows], np.isnan(y[rows])
        centre = np.where(gone, _after(own, reference, gone, assumption), own)
        if assumption == "copy_reference":
            centre = reference
        for visit, (beta, sd) in enumerate(after):
            drawn = (
                centre[:, visit] + (part[:, :visit] - centre[:, :visit]) @ beta[2:] + sd * noise[rows, visit]
            )
            part[:, visit] = np.where(gone[:, visit], drawn, part[:, visit])
        filled[rows] = part
    return filled


def _after(own: Array, reference: Array, gone: NDArray[np.bool_], assumption: Assumption) -> Array:
    """The mean that a patient follows once she has left."""
    if assumption == "missing_at_random":
        return own
    if assumption != "copy_increments":
        return reference
    last = np.maximum((~gone).sum(axis=1) - 1, 0)[:, None]
    before = np.any(~gone, axis=1, keepdims=True)  # nobody has a level at leaving who never came
    gap = np.where(before, np.take_along_axis(own - reference, last, axis=1), 0.0)
    return reference + gap
