"""Dose finding: naive second versions of each design, and bad input."""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np
import pytest

from scleroscope.design import random
from scleroscope.design.designs.boin import boin, boin_characteristics, isotonic_choice, simulate_boin
from scleroscope.design.designs.crm import crm_characteristics, posterior, simulate_crm, skeleton
from scleroscope.design.designs.doses import characteristics
from scleroscope.design.designs.three_plus_three import simulate_three_plus_three
from scleroscope.design.refuse import RefusedError

TRUTH = np.array([0.05, 0.15, 0.3, 0.45, 0.6])


def test_boin_follows_its_table_step_by_step() -> None:
    rules = boin(0.3, 30)
    trials = simulate_boin(5, 0, 200, TRUTH, 0.3, 3, 10, rules.escalate, rules.deescalate, rules.eliminate)
    for number, answer in enumerate(trials):
        uniform = iter(random.uniforms(5, number, 6, 30))
        treated, toxic, dose, top = [0] * 5, [0] * 5, 0, 5
        for _ in range(10):
            for _ in range(3):
                toxic[dose] += next(uniform) < TRUTH[dose]
            treated[dose] += 3
            up, down, gone = rules.row(treated[dose])
            if gone is not None and toxic[dose] >= gone:
                top = dose
                if dose == 0:
                    break
                dose -= 1
            elif toxic[dose] >= down:
                dose = max(dose - 1, 0)
            elif toxic[dose] <= up and dose + 1 < top:
                dose += 1
        assert answer[1:].tolist() == treated + toxic
        assert answer[0] < top


def test_pooled_rates_agree_with_the_max_min_formula() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        treated = rng.integers(1, 5, 4) * 3
        toxic = rng.binomial(treated, rng.random(4))
        rate = (toxic + 0.05) / (treated + 0.1)
        weight = 1 / ((toxic + 0.05) * (treated - toxic + 0.05) / ((treated + 0.1) ** 2 * (treated + 1.1)))
        pooled = [
            max(
                min(np.average(rate[a : b + 1], weights=weight[a : b + 1]) for b in range(d, 4))
                for a in range(d + 1)
            )
            for d in range(4)
        ]
        # Ties go to the higher dose below the target and the lower above it, as a tiny slope does.
        sloped = np.array(pooled) + 1e-9 * np.arange(4)
        assert isotonic_choice(treated, toxic, 4, 0.3) == np.abs(sloped - 0.3).argmin()


def test_boin_mostly_finds_the_right_dose_and_stops_when_all_are_toxic() -> None:
    found = boin_characteristics(TRUTH.tolist(), 0.3, trials=4000)
    assert found.selected.index(max(found.selected)) == 2
    assert sum(found.selected) + found.none == pytest.approx(1)
    assert boin_characteristics([0.6, 0.7, 0.8], 0.3, trials=1000).none > 0.9


def test_crm_assigns_what_the_posterior_says() -> None:
    prior = skeleton(0.06, 0.25, 2, 5)
    trials = simulate_crm(9, 0, 25, TRUTH, np.array(prior), 0.25, 1.34**0.5, 1, 15, 1.0)
    for number, answer in enumerate(trials):
        doses, toxic, dose, wish = [], [], 0, 0
        for patient in range(15):
            doses.append(dose)
            toxic.append(int(random.uniforms(9, number, 7, 2 * patient + 1)[-1] < TRUTH[dose]))
            wish = posterior(prior, doses, toxic, target=0.25).dose
            dose = wish if wish <= dose else dose + (not toxic[-1])
        assert answer[0] == wish
        assert answer[1:6].tolist() == [doses.count(level) for level in range(5)]


def test_crm_stops_when_the_lowest_dose_is_too_toxic() -> None:
    prior = skeleton(0.06, 0.25, 2, 5)
    assert crm_characteristics([0.7, 0.8, 0.8, 0.9, 0.9], prior, 0.25, trials=500).none > 0.9


@cache
def three_of(toxic: int, rate: float) -> float:
    return comb(3, toxic) * rate**toxic * (1 - rate) ** (3 - toxic)


def exact_three_plus_three(truth: tuple[float, ...]) -> dict[int, float]:
    """Every path of the design with its probability: the second implementation."""
    selected: dict[int, float] = {}

    def settle(dose: int, groups: dict[int, int], chance: float) -> None:
        if dose < 0 or groups[dose] == 6:
            selected[dose] = selected.get(dose, 0.0) + chance
            return
        good = three_of(0, truth[dose]) + three_of(1, truth[dose])  # none among the first three
        selected[dose] = selected.get(dose, 0.0) + chance * good
        settle(dose - 1, groups, chance * (1 - good))

    def climb(dose: int, groups: dict[int, int], chance: float) -> None:
        if dose == len(truth):
            settle(dose - 1, groups, chance)
            return
        climb(dose + 1, {**groups, dose: 3}, chance * three_of(0, truth[dose]))
        climb(dose + 1, {**groups, dose: 6}, chance * three_of(1, truth[dose]) * three_of(0, truth[dose]))
        stop = 1 - three_of(0, truth[dose]) - three_of(1, truth[dose]) * three_of(0, truth[dose])
        settle(dose - 1, groups, chance * stop)

    climb(0, {}, 1.0)
    return selected


def test_three_plus_three_agrees_with_all_its_paths() -> None:
    trials = 40_000
    found = characteristics(simulate_three_plus_three(3, 0, trials, TRUTH))
    exact = exact_three_plus_three(tuple(TRUTH))
    assert sum(exact.values()) == pytest.approx(1)
    for dose, share in enumerate(found.selected):
        assert abs(share - exact.get(dose, 0)) < 4 * (0.25 / trials) ** 0.5  # 0.01
    assert abs(found.none - exact[-1]) < 0.01


@pytest.mark.parametrize(
    ("truth", "place"), [([0.3, 0.1], r"truth\[1\]"), ([0.1, 1.2], r"truth\[1\]"), ([], "truth")]
)
def test_impossible_toxicity_rates_are_refused(truth: list[float], place: str) -> None:
    with pytest.raises(RefusedError, match=f"^{place}: "):
        boin_characteristics(truth, 0.3, trials=1)
