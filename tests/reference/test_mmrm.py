"""The mixed model against R's mmrm 0.3.18 on a fixed data set of 200 patients and four visits.

The R fit stopped a little before the top of the likelihood (deviance 4e-6 above ours), so the estimates are
compared twice: at R's own covariance matrix, to R's printed digits; and at our fit, to the distance between
the two. Model: outcome ~ baseline × visit + arm × visit, unstructured covariance.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from scleroscope.design.analyses.mmrm import Fit, mmrm

SIGMA = [
    [25.66673, 22.05707, 21.15078, 14.03755],
    [22.05707, 33.06220, 32.87680, 22.48631],
    [21.15078, 32.87680, 55.91600, 41.65322],
    [14.03755, 22.48631, 41.65322, 58.20966],
]
LAST = np.eye(12)[7]  # arm at visit 4


def fit(shared: Path, sigma: list[list[float]] | None = None) -> Fit:
    with (shared / "design" / "mmrm_fixed.csv").open() as file:
        rows = list(csv.DictReader(file))
    visits = range(1, 5)
    y = [[float(row[f"X{j}"]) if j <= int(row["m"]) else np.nan for j in visits] for row in rows]
    z = [[1.0, float(row["a"]), float(row["b"])] for row in rows]
    return mmrm(y, z, [True, True, True], sigma=sigma)


@pytest.mark.shared
def test_at_the_covariance_of_r_the_answers_are_those_of_r(shared: Path) -> None:
    fitted = fit(shared, SIGMA)
    answer = fitted.test(LAST)
    assert answer.estimate == pytest.approx(-4.093004, abs=1e-6)
    assert answer.se == pytest.approx(1.200996, abs=1e-6)
    # R's second derivatives are in its own parameters, which matters as it is not quite at the top.
    assert answer.df == pytest.approx(158.3402, abs=0.015)
    assert answer.statistic == pytest.approx(-3.408007, abs=2e-6)
    assert answer.p == pytest.approx(0.000830, abs=1e-6)
    assert fitted.test(LAST, method="kenward-roger").se == pytest.approx(1.193222, abs=2e-6)


@pytest.mark.shared
def test_our_fit_lies_higher_and_hardly_apart(shared: Path) -> None:
    ours, theirs = fit(shared), fit(shared, SIGMA)
    assert ours.deviance < theirs.deviance < ours.deviance + 1e-5
    np.testing.assert_allclose(ours.sigma, SIGMA, rtol=3e-4)
    answer = ours.test(LAST)
    assert (answer.estimate, answer.se) == pytest.approx((-4.093004, 1.200996), abs=6e-5)
    assert answer.df == pytest.approx(158.3402, abs=0.02)
    assert ours.test(LAST, method="kenward-roger").se == pytest.approx(1.193222, abs=6e-5)
