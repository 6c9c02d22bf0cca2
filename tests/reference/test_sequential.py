"""Group-sequential bounds against gsDesign 3.2.2, rpact 3.3.4 and Jennison and Turnbull's tables 2.1 and 2.3.

All to 1e-4 or to the digits printed there. Commands: `rpact::getDesignGroupSequential(kMax, typeOfDesign)`,
`gsDesign::gsDesign(k, sfu, test.type)`.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from scleroscope.design.designs import sequential, spending
from scleroscope.design.refuse import RefusedError


def even(looks: int) -> list[float]:
    return [(look + 1) / looks for look in range(looks)]


@pytest.mark.parametrize(
    ("looks", "obrien_fleming", "pocock"),
    [
        (2, 1.9774, 2.1783),
        (3, 2.0040, 2.2895),
        (4, 2.0243, 2.3613),
        (5, 2.0401, 2.4132),
        (10, 2.0865, 2.5550),
    ],
)
def test_constants_of_jennison_and_turnbull(looks: int, obrien_fleming: float, pocock: float) -> None:
    for delta, constant in ((0.0, obrien_fleming), (0.5, pocock)):
        bounds = sequential.shape_bounds(even(looks), delta, alpha=0.05, sides=2)
        assert bounds.upper[-1] == pytest.approx(constant, abs=6e-5)
        assert bounds.spent.sum() == pytest.approx(0.05, abs=1e-8)


def test_obrien_fleming_with_five_looks() -> None:
    bounds = sequential.shape_bounds(even(5), 0.0, alpha=0.05, sides=2)
    np.testing.assert_allclose(bounds.upper, [4.5617, 3.2256, 2.6337, 2.2809, 2.0401], atol=1e-4)
    assert sequential.inflation(bounds, power=0.9) == pytest.approx(1.0265, abs=5e-5)


@pytest.mark.parametrize(
    ("fraction", "upper"),
    [
        (even(5), [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]),
        (even(3), [3.7103, 2.5114, 1.9930]),
        ([0.5, 0.75, 1.0], [2.962588, 2.359018, 2.014084]),
    ],
)
def test_lan_demets_obrien_fleming(fraction: list[float], upper: list[float]) -> None:
    np.testing.assert_allclose(
        sequential.spending_bounds(fraction, spending.obrien_fleming).upper, upper, atol=6e-5
    )


def test_lan_demets_pocock() -> None:
    found = sequential.spending_bounds(even(5), spending.pocock).upper
    np.testing.assert_allclose(found, [2.4380, 2.4268, 2.4102, 2.3966, 2.3860], atol=6e-5)


def test_wang_tsiatis_and_hwang_shih_decani() -> None:
    wang_tsiatis = sequential.shape_bounds(even(4), 0.25)
    np.testing.assert_allclose(wang_tsiatis.upper, [2.988714, 2.513199, 2.270932, 2.113340], atol=2e-6)
    gamma = sequential.spending_bounds(even(3), spending.hwang_shih_decani(-4))
    np.testing.assert_allclose(gamma.upper, [3.010739, 2.546531, 1.999226], atol=2e-6)


def test_nonbinding_futility_of_gsdesign_type_four() -> None:
    # gsDesign(k = 2, test.type = 4, sfu = sfLDOF), whose lower spending is Hwang–Shih–DeCani with −2.
    efficacy = sequential.spending_bounds([0.5, 1.0], spending.obrien_fleming)
    bounds, drift = sequential.futility_bounds(efficacy, spending.hwang_shih_decani(-2), power=0.9)
    np.testing.assert_allclose(bounds.upper, [2.962588, 1.968596], atol=2e-6)
    np.testing.assert_allclose(bounds.lower, [0.406378, 1.968596], atol=2e-6)
    assert (drift / float(ndtri(0.975) + ndtri(0.9))) ** 2 == pytest.approx(1.037710, abs=2e-6)
    passed = sequential.crossing(bounds.fraction, bounds.upper, bounds.lower, drift=drift)
    assert passed.upper.sum() == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("drift", [0.0, 2.5])
def test_crossing_agrees_with_the_multivariate_normal(drift: float) -> None:
    """The second implementation: the probability of staying inside as one multivariate normal integral."""
    fraction = np.array([0.3, 0.55, 1.0])
    upper, lower = np.array([2.6, 2.3, 2.0]), np.array([-0.5, 0.2, 1.0])
    correlation = np.sqrt(np.minimum.outer(fraction, fraction) / np.maximum.outer(fraction, fraction))
    mean = drift * np.sqrt(fraction)
    found = sequential.crossing(fraction, upper, lower, drift=drift)
    for looks in (1, 2, 3):
        inside = multivariate_normal(mean[:looks], correlation[:looks, :looks]).cdf(
            upper[:looks], lower_limit=lower[:looks]
        )
        left = 1 - found.upper[:looks].sum() - found.lower[:looks].sum()
        assert left == pytest.approx(inside, abs=3e-5)


@pytest.mark.parametrize(
    ("fraction", "place"),
    [
        ([0.5, 0.5, 1.0], r"fraction\[1\]"),
        ([0.7, 0.3, 1.0], r"fraction\[1\]"),
        ([0.5, 0.9], r"fraction\[1\]"),
    ],
)
def test_looks_that_do_not_increase_to_one_are_refused(fraction: list[float], place: str) -> None:
    with pytest.raises(RefusedError, match=place):
        sequential.spending_bounds(fraction, spending.obrien_fleming)
