"""Laws that hold for any data: exchanged arms, moved and stretched scales, bounds that spend all of alpha."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scleroscope.design.analyses.ancova import ancova
from scleroscope.design.analyses.logrank import logrank_batch
from scleroscope.design.analyses.proportions import fisher_p
from scleroscope.design.analyses.survival import kaplan_meier
from scleroscope.design.analyses.wins import wins
from scleroscope.design.designs.boin import boin
from scleroscope.design.designs.sequential import spending_bounds
from scleroscope.design.designs.spending import hwang_shih_decani
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)


def survival(seed: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(6, 60))
    time = rng.exponential(10, size)
    if rng.random() < 0.5:
        time = np.ceil(time)
    return time, (rng.random(size) < 0.7).astype(float), (np.arange(size) % 2).astype(float)


@given(seeds, st.floats(-1e4, 1e4), st.floats(0.01, 100))
@settings(max_examples=60, deadline=None)
def test_ancova_moves_and_stretches_with_the_outcome(seed: int, shift: float, stretch: float) -> None:
    rng = np.random.default_rng(seed)
    arm = (np.arange(20) % 2).astype(float)
    x, y = rng.normal(size=(2, 20))
    plain, moved = ancova(y, arm, x), ancova(shift + stretch * y, arm, 3 - 2 * x)
    assert moved.estimate == pytest.approx(stretch * plain.estimate, rel=1e-6, abs=1e-6 * stretch)
    assert moved.statistic == pytest.approx(plain.statistic, rel=1e-5, abs=1e-5)
    assert ancova(y, 1 - arm, x).statistic == pytest.approx(-plain.statistic, rel=1e-6, abs=1e-9)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_log_rank_knows_only_the_order_and_which_arm(seed: int) -> None:
    time, event, arm = survival(seed)
    gap, variance, _ = logrank_batch(time[None], event[None], arm[None])[0]
    later = logrank_batch(np.exp(time / 50)[None], event[None], arm[None])[0]
    other = logrank_batch(time[None], event[None], 1 - arm[None])[0]
    assert later[:2] == pytest.approx([gap, variance], abs=1e-9)
    assert other[:2] == pytest.approx([-gap, variance], abs=1e-9)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_a_survival_curve_falls_and_stays_between_one_and_nothing(seed: int) -> None:
    time, event, _ = survival(seed)
    left = np.concatenate([[1.0], kaplan_meier(time, event).survival])
    assert (np.diff(left) < 0).all()
    assert left.min() >= -1e-12


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_exchanged_arms_exchange_wins(seed: int) -> None:
    time, event, arm = survival(seed)
    a, b = (wins([time], [event], group, kinds=[2]) for group in (arm, 1 - arm))
    assert (a.wins, a.losses) == (b.losses, b.wins)
    assert a.wins + a.losses <= a.pairs
    assert -1 <= a.net_benefit_interval[0] <= a.net_benefit <= a.net_benefit_interval[1] <= 1


@given(*[st.integers(0, 40)] * 4)
@settings(max_examples=100, deadline=None)
def test_fisher_is_a_probability_and_does_not_care_for_names(a: int, b: int, c: int, d: int) -> None:
    assume(a + b and c + d)
    p = fisher_p(a, b, c, d)
    assert 0 < p <= 1
    assert fisher_p(c, d, a, b) == pytest.approx(p)
    assert fisher_p(b, a, d, c) == pytest.approx(p)


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=3, unique=True), st.floats(-6, 3))
@settings(max_examples=25, deadline=None)
def test_bounds_spend_all_of_alpha_or_the_looks_are_refused(inner: list[float], gamma: float) -> None:
    looks = [*sorted(inner), 1.0]
    assume(np.diff(looks).min() > 0.03)
    bounds = spending_bounds(looks, hwang_shih_decani(gamma))
    assert bounds.spent.sum() == pytest.approx(0.025, abs=1e-6)
    with pytest.raises(RefusedError):
        spending_bounds([*looks[:-1], looks[0] / 2, 1.0], hwang_shih_decani(gamma))


@given(st.floats(0.1, 0.5))
@settings(max_examples=40, deadline=None)
def test_the_clinics_table_never_contradicts_itself(target: float) -> None:
    rules = boin(target, 30)
    assert rules.escalation_limit < target < rules.deescalation_limit
    assert (rules.escalate < rules.deescalate).all()
    assert (rules.deescalate <= rules.eliminate).all()
    assert (np.diff(rules.escalate) >= 0).all()
