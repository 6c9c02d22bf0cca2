"""Survival analyses against R's survival 3.5 on its lung data, read from the lifelines package.

Commands: `survdiff(Surv(time, status) ~ sex, lung)`, `coxph(Surv(time, status) ~ sex, lung)`,
`summary(survfit(Surv(time, status) ~ sex, lung), times = c(365, 730))`.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scleroscope.design.analyses.cox import cox, cox_batch
from scleroscope.design.analyses.logrank import logrank, logrank_batch, schoenfeld_events
from scleroscope.design.analyses.survival import kaplan_meier

Lung = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(scope="module")
def lung() -> Lung:
    """Time, death and female sex of 228 patients."""
    datasets = pytest.importorskip("lifelines.datasets")
    rows = datasets.load_lung()
    return (rows["time"].to_numpy(float), rows["status"].to_numpy(float), (rows["sex"] == 2).to_numpy(float))


def test_log_rank_of_lung_by_sex(lung: Lung) -> None:
    assert logrank(*lung).chi2 == pytest.approx(10.326742, abs=1e-6)
    gap, variance, events = logrank_batch(*(column[None] for column in lung))[0]
    assert gap * gap / variance == pytest.approx(10.326742, abs=1e-6)
    assert events == 165


def test_cox_of_lung_by_sex(lung: Lung) -> None:
    answer = cox(*lung)
    assert answer.estimate == pytest.approx(-0.53102354, abs=1e-8)
    assert answer.se == pytest.approx(0.16717858, abs=1e-8)
    np.testing.assert_allclose(
        cox_batch(*(column[None] for column in lung))[0], [-0.53102354, 0.16717858], atol=1e-8
    )


@pytest.mark.parametrize(
    ("sex", "time", "survival", "se"),
    [
        (0, 365, 0.336088, 0.043424),
        (0, 730, 0.078124, 0.027648),
        (1, 365, 0.526463, 0.059737),
        (1, 730, 0.187232, 0.062068),
    ],
)
def test_kaplan_meier_of_lung_by_sex(lung: Lung, sex: int, time: float, survival: float, se: float) -> None:
    here = lung[2] == sex
    found = kaplan_meier(lung[0][here], lung[1][here]).at(time)
    assert found == pytest.approx((survival, se), abs=6e-7)


@pytest.mark.parametrize(
    ("ratio", "power", "events"),
    [
        (0.5, 0.9, 87.4793), (0.5, 0.8, 65.3457), (0.6, 0.9, 161.0686), (0.6, 0.8, 120.3157),
        (0.7, 0.9, 330.3779), (0.7, 0.8, 246.7871), (0.75, 0.9, 507.8443), (0.75, 0.8, 379.3517),
    ],
)  # fmt: skip
def test_events_of_schoenfeld(ratio: float, power: float, events: float) -> None:
    assert schoenfeld_events(ratio, power=power) == pytest.approx(events, abs=5e-5)
