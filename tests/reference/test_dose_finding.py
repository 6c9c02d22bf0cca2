"""Dose finding against R: BOIN 2.7.2 (`get.boundary`), dfcrm 0.2 (`crm`, `getprior`)."""

from __future__ import annotations

import pytest

from scleroscope.design.designs.boin import boin
from scleroscope.design.designs.crm import most_likely, posterior, skeleton


def test_boin_limits_and_table_for_a_target_of_thirty_per_cent() -> None:
    rules = boin(0.3, 30)
    assert rules.escalation_limit == pytest.approx(0.2364907, abs=5e-8)
    assert rules.deescalation_limit == pytest.approx(0.3585195, abs=5e-8)
    rows = [rules.row(n) for n in range(3, 31, 3)]
    assert [row[0] for row in rows] == [0, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    assert [row[1] for row in rows] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert [row[2] for row in rows] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 14]


PRIOR = (0.05, 0.10, 0.20, 0.35, 0.50, 0.70)
LEVEL = [dose - 1 for dose in (3, 4, 4, 3, 3, 4, 3, 2, 2, 2)]
TOXIC = (0, 0, 1, 0, 0, 1, 1, 0, 0, 0)


def test_crm_posterior_of_the_manual_page_of_dfcrm() -> None:
    belief = posterior(PRIOR, LEVEL, TOXIC, target=0.2)
    assert belief.beta == pytest.approx(-0.212172, abs=1e-6)
    assert belief.dose == 1  # the second dose
    assert belief.rates == pytest.approx(
        (0.088653, 0.155301, 0.272054, 0.427790, 0.570846, 0.749396), abs=1e-6
    )


def test_crm_by_maximum_likelihood() -> None:
    # R's `optimize` stops within 1.2e-4 (its default tolerance) of the top; ours is the top.
    assert most_likely(PRIOR, LEVEL, TOXIC, target=0.2).beta == pytest.approx(-0.190988, abs=1.2e-4)


def test_skeleton_from_an_indifference_interval() -> None:
    expected = (0.083973, 0.156741, 0.25, 0.3545, 0.460343, 0.559708)
    assert skeleton(0.05, 0.25, 2, 6) == pytest.approx(expected, abs=1e-6)
