"""Fisher and Cochran–Mantel–Haenszel against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scleroscope.design.analyses.proportions import cmh, cmh_batch, fisher_batch, fisher_p
from scleroscope.design.refuse import RefusedError


@pytest.mark.parametrize("table", [(3, 1, 1, 3), (0, 12, 5, 9), (28, 16, 19, 25), (7, 0, 0, 7), (0, 5, 0, 5)])
def test_fisher_gives_the_p_of_scipy(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    assert fisher_p(a, b, c, d) == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-9)
    assert fisher_batch(np.array([[a, c]]), np.array([[a + b, c + d]]))[0] == fisher_p(a, b, c, d)


def test_fisher_never_exceeds_its_level() -> None:
    """Exact: the chance of p ≤ 0.05 summed over all outcomes of two arms of 15 with the same rate."""
    n, rate = 15, 0.3
    chance = stats.binom.pmf(np.arange(n + 1), n, rate)
    rejected = sum(
        chance[a] * chance[c]
        for a in range(n + 1)
        for c in range(n + 1)
        if fisher_p(a, n - a, c, n - c) <= 0.05
    )
    assert 0.005 < rejected <= 0.05


def test_cmh_gives_the_answers_of_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    rng = np.random.default_rng(4)
    strata, arm = rng.integers(0, 4, 300), rng.integers(0, 2, 300)
    response = (rng.random(300) < 0.2 + 0.1 * strata + 0.15 * arm).astype(int)
    tables = np.zeros((4, 2, 2))
    for s, a, r in zip(strata, arm, response, strict=True):
        tables[s, 1 - a, 1 - r] += 1
    theirs = StratifiedTable(list(tables))
    ours = cmh(response, arm, strata)
    assert ours.chi2 == pytest.approx(theirs.test_null_odds(correction=False).statistic)
    assert ours.log_odds_ratio.estimate == pytest.approx(theirs.logodds_pooled)
    assert ours.log_odds_ratio.se == pytest.approx(theirs.logodds_pooled_se)
    assert cmh_batch(tables[None])[0] ** 2 == pytest.approx(ours.chi2)


def test_the_risk_difference_of_one_stratum_is_the_plain_one() -> None:
    response = np.r_[np.ones(12), np.zeros(8), np.ones(5), np.zeros(20)]
    arm = np.r_[np.ones(20), np.zeros(25)]
    found = cmh(response, arm).risk_difference
    assert found.estimate == pytest.approx(0.6 - 0.2)
    assert found.se == pytest.approx((0.6 * 0.4 / 20 + 0.2 * 0.8 / 25) ** 0.5, rel=0.02)


def test_a_missing_response_is_refused() -> None:
    with pytest.raises(RefusedError, match="response: must be 1 or 0"):
        cmh([1, np.nan, 0, 1], [1, 1, 0, 0])
