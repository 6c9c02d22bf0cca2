"""Sizes and powers derived from the published figures of trials, as shared/design/facts.md gives them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scleroscope.design.analyses.ancova import ancova_patients


@pytest.mark.parametrize(
    ("effect", "eighty", "ninety"), [(2, 227, 303), (3, 101, 135), (4, 57, 76), (5, 36, 49)]
)
def test_patients_an_arm_at_the_sd_of_early_diffuse_trials(effect: float, eighty: int, ninety: int) -> None:
    assert round(ancova_patients(effect, 7.6, power=0.8)) == pytest.approx(eighty, abs=0.5)
    assert round(ancova_patients(effect, 7.6, power=0.9)) == pytest.approx(ninety, abs=1)


@pytest.mark.parametrize(
    ("effect", "sd", "an_arm", "power"),
    [(70, 250, 260, 0.890), (70, 245, 260, 0.902), (41.0, 233, 288, 0.56)],
)
def test_the_power_of_senscis_as_planned_and_at_what_it_saw(
    effect: float, sd: float, an_arm: int, power: float
) -> None:
    df = 2 * an_arm - 2
    noncentral = effect / (sd * np.sqrt(2 / an_arm))
    assert stats.nct.sf(stats.t.ppf(0.975, df), df, noncentral) == pytest.approx(power, abs=0.003)


def test_senscis_would_have_needed_679_an_arm_for_ninety_per_cent() -> None:
    assert ancova_patients(41.0, 233, power=0.9) == pytest.approx(679, abs=1)
