"""Simulated plans against closed forms, where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.unit.design.plans import BASE

from scleroscope.design.analyses.ancova import ancova_patients
from scleroscope.design.analyses.logrank import schoenfeld_power
from scleroscope.design.conduct import look_bounds
from scleroscope.design.designs.sequential import crossing
from scleroscope.design.kinds import GroupSequential
from scleroscope.design.plan import plan
from scleroscope.design.simulate import Simulated, simulate
from scleroscope.design.stage import set_up

TRIALS = 4000
ERROR = 4 * 0.5 / TRIALS**0.5
SD, EFFECT = 250.0, 70.0
LUNG: dict[str, Any] = {
    "measure": "fvc_ml_change",
    "week": 52,
    "dropout": "ignored",
    "changes": {"mean": [-90], "sd": [SD]},
}


def _run(**parts: Any) -> Simulated:
    return simulate(plan(BASE | {"trials": TRIALS} | parts))


def _power(found: Simulated) -> float:
    assert found.power is not None
    return found.power.value


def _closed(n: int) -> float:
    """Power of a t-test of two equal arms."""
    return float(stats.nct.sf(stats.t.ppf(0.975, n - 3), n - 3, EFFECT / (SD * np.sqrt(4 / n))))


def test_the_power_of_a_change_is_that_of_the_noncentral_t() -> None:
    found = _run(endpoint=LUNG, arms={"n": 520}, effect={"fvc_ml": EFFECT})
    assert _power(found) == pytest.approx(_closed(520), abs=ERROR)
    assert found.effect is not None
    assert found.effect.value == pytest.approx(EFFECT, abs=4 * found.effect.error)


def test_asking_for_a_power_finds_the_patients_of_the_formula() -> None:
    found = _run(endpoint=LUNG, arms={"power": 0.9}, effect={"fvc_ml": EFFECT})
    assert found.patients == pytest.approx(2 * ancova_patients(EFFECT, SD, power=0.9), rel=0.06)
    assert _power(found) == pytest.approx(0.9, abs=0.025)


def test_a_group_sequential_trial_stops_as_often_as_its_bounds_say() -> None:
    asked = plan(
        BASE
        | {
            "trials": TRIALS,
            "endpoint": LUNG,
            "arms": {"n": 400},
            "effect": {"fvc_ml": EFFECT},
            "design": {"kind": "group_sequential", "looks": [0.5, 1.0], "futility": "hwang_shih_decani"},
        }
    )
    assert isinstance(asked.design, GroupSequential)
    upper, lower = look_bounds(asked, asked.design)
    drift = EFFECT / (SD * np.sqrt(4 / 400))
    chance = crossing([0.5, 1.0], upper, np.array([lower[0], upper[1]]), drift=drift)
    found = simulate(asked)
    assert _power(found) == pytest.approx(chance.upper.sum(), abs=ERROR + 0.01)
    assert found.also["stopped for futility"].value == pytest.approx(chance.lower[0], abs=ERROR + 0.01)
    early = chance.upper[0] + chance.lower[0]
    assert found.expected_n == pytest.approx(400 - 200 * early, abs=8)


def test_reestimation_adds_power_only_where_the_interim_is_promising() -> None:
    parts = {"endpoint": LUNG, "effect": {"fvc_ml": EFFECT}, "arms": {"n": 300}}
    plain, grown = _run(**parts), _run(**parts, design={"kind": "reestimation", "largest": 600})
    assert _power(grown) > _power(plain) + 0.02
    assert 300 < grown.expected_n < 450


def test_the_power_of_the_log_rank_test_is_schoenfelds() -> None:
    found = _run(
        endpoint={"measure": "death", "week": 260, "dropout": "ignored"},
        events=[{"name": "death", "fatal": True, "per_year": [0.15]}],
        arms={"n": 300},
        effect={"hazard_ratio": 0.65},
    )
    events = 150 * (2 - np.exp(-0.15 * 260 * 7 / 365.25) - np.exp(-0.65 * 0.15 * 260 * 7 / 365.25))
    assert _power(found) == pytest.approx(schoenfeld_power(0.65, events), abs=0.03)
    assert found.effect is not None
    assert found.effect.value == pytest.approx(np.log(0.65), abs=0.03)


def test_jump_to_reference_keeps_the_effect_of_those_who_stay() -> None:
    """Who leaves is taken to lose the effect; missing at random takes her to keep it."""
    endpoint = LUNG | {
        "dropout": "missing",
        "visits": [26],
        "changes": {"mean": [-45, -90], "sd": [180, SD], "correlation": [[1, 0.6], [0.6, 1]]},
    }
    common = {"endpoint": endpoint, "arms": {"n": 200}, "effect": {"fvc_ml": EFFECT}, "trials": 800}
    jump = _run(**common, analysis={"missing": "jump_to_reference"})
    kept = _run(**common, analysis={"missing": "at_random"})
    stage = set_up(plan(BASE | common))
    stays = np.isfinite(stage.data.treated[stage.entry.suitable()]).mean()  # type: ignore[union-attr]
    assert jump.effect is not None
    assert kept.effect is not None
    assert 0.5 < stays < 0.95
    assert kept.effect.value == pytest.approx(EFFECT, abs=5)
    # Half of the effect was there at the visit before for those who left after it, and is not passed on.
    assert jump.effect.value == pytest.approx(EFFECT * stays, abs=5)


def test_more_dropout_never_adds_power() -> None:
    power = [
        _power(
            _run(
                endpoint=LUNG | {"dropout": "missing"},
                arms={"n": 300},
                effect={"fvc_ml": EFFECT},
                population={"size": 20_000, "overrides": {"course.dropout.per_year": share}},
            )
        )
        for share in (0.0, 0.2, 0.5)
    ]
    assert power[0] > power[1] > power[2]


def test_a_delayed_start_shows_what_lasts() -> None:
    found = _run(
        endpoint=LUNG
        | {
            "week": 104,
            "visits": [52],
            "changes": {"mean": [-90, -180], "sd": [SD, SD], "correlation": [[1, 0.5], [0.5, 1]]},
        },
        arms={"n": 400},
        effect={"fvc_ml": EFFECT},
        design={"kind": "delayed_start", "switch_week": 52, "lasting": 0.4},
    )
    assert found.effect is not None
    assert found.effect.value == pytest.approx(EFFECT, abs=5 * found.effect.error)
    end = found.also["difference at the end"]
    assert end.value == pytest.approx(0.4 * EFFECT, abs=5 * end.error)


def test_a_platform_shares_its_control() -> None:
    """With equal concurrent arms, two treatments need three arms of patients, not four."""
    found = _run(
        endpoint=LUNG,
        effect={"fvc_ml": EFFECT},
        sites={"count": 30, "screened_per_month": 3},
        design={
            "kind": "platform",
            "opens": [0, 0],
            "patients": [200, 200],
            "effects": [1, 0],
            "control_weight": 1,
        },
    )
    assert found.patients == 600
    assert found.also["difference claimed for treatment 1"].value == pytest.approx(_closed(400), abs=ERROR)
    assert found.also["difference claimed for treatment 2"].value == pytest.approx(0.05, abs=0.015)


def test_a_response_rate_declares_a_treatment_worthy_as_often_as_simon_says() -> None:
    from scleroscope.design.designs.simon import declared

    asked = plan(
        BASE
        | {
            "trials": TRIALS,
            "endpoint": {"measure": "mrss_responder", "week": 52, "dropout": "failure"},
            "effect": {"mrss": -3},
            "design": {"kind": "simon", "poor": 0.3, "good": 0.5},
        }
    )
    stage = set_up(asked)
    rate = float(stage.data.treated[stage.entry.suitable()].mean())  # type: ignore[union-attr]
    assert _power(simulate(asked)) == pytest.approx(declared((5, 15, 18, 46), rate), abs=ERROR)
