"""Simon's two-stage designs: the 24 published ones, and exact probabilities against enumeration.

The table was computed with R's clinfun 1.1.5 (`ph2simon`) and agrees with Simon 1989, tables 1 and 2,
https://doi.org/10.1016/0197-2456(89)90015-9. Columns: poor rate, good rate, alpha, beta; then for the optimal
and the minimax design r1, n1, r, n, expected size at the poor rate, probability of an early stop.
"""

from __future__ import annotations

from itertools import product
from math import comb

import pytest

from scleroscope.design.designs.simon import TwoStage, declared, simon, simulate_simon
from scleroscope.design.refuse import RefusedError

PUBLISHED = """
0.05,0.20,0.05,0.20,0,10,3,29,17.62,0.5987,0,13,3,27,19.81,0.5133
0.05,0.20,0.05,0.10,1,21,4,41,26.66,0.7170,1,29,4,38,32.86,0.5708
0.05,0.20,0.10,0.10,0,12,3,37,23.49,0.5404,0,18,3,32,26.44,0.3972
0.05,0.25,0.05,0.20,0,9,2,17,11.96,0.6302,0,12,2,16,13.84,0.5404
0.05,0.25,0.05,0.10,0,9,3,30,16.76,0.6302,0,15,3,25,20.37,0.4633
0.05,0.25,0.10,0.10,0,9,2,24,14.55,0.6302,0,13,2,20,16.41,0.5133
0.10,0.25,0.05,0.20,2,18,7,43,24.66,0.7338,2,22,7,40,28.84,0.6200
0.10,0.25,0.05,0.10,2,21,10,66,36.82,0.6484,3,31,9,55,40.03,0.6238
0.10,0.25,0.10,0.10,2,21,7,50,31.20,0.6484,2,27,6,40,33.70,0.4846
0.10,0.30,0.05,0.20,1,10,5,29,15.01,0.7361,1,15,5,25,19.51,0.5490
0.10,0.30,0.05,0.10,2,18,6,35,22.53,0.7338,2,22,6,33,26.18,0.6200
0.10,0.30,0.10,0.10,1,12,5,35,19.84,0.6590,1,16,4,25,20.37,0.5147
0.20,0.35,0.05,0.20,5,22,19,72,35.37,0.7326,6,31,15,53,40.44,0.5711
0.20,0.35,0.05,0.10,8,37,22,83,51.45,0.6859,8,42,21,77,58.42,0.5309
0.20,0.35,0.10,0.10,5,27,16,63,43.61,0.5387,6,33,15,58,45.49,0.5004
0.20,0.40,0.05,0.20,3,13,12,43,20.58,0.7473,4,18,10,33,22.25,0.7164
0.20,0.40,0.05,0.10,4,19,15,54,30.43,0.6733,5,24,13,45,31.23,0.6559
0.20,0.40,0.10,0.10,3,17,10,37,26.02,0.5489,3,19,10,36,28.26,0.4551
0.30,0.50,0.05,0.20,5,15,18,46,23.63,0.7216,6,19,16,39,25.69,0.6655
0.30,0.50,0.05,0.10,8,24,24,63,34.72,0.7250,7,24,21,53,36.62,0.5647
0.30,0.50,0.10,0.10,7,22,17,46,29.89,0.6713,7,28,15,39,34.99,0.3648
0.40,0.60,0.05,0.20,7,16,23,46,24.52,0.7161,17,34,20,39,34.44,0.9128
0.40,0.60,0.05,0.10,11,25,32,66,35.98,0.7323,12,29,27,54,38.06,0.6374
0.40,0.60,0.10,0.10,7,18,22,46,30.22,0.5634,11,28,20,41,33.84,0.5510
"""


@pytest.mark.parametrize("row", PUBLISHED.split())
def test_published_two_stage_designs_are_found(row: str) -> None:
    poor, good, alpha, beta, *designs = map(float, row.split(","))
    for found, expected in zip(
        simon(poor, good, alpha=alpha, power=1 - beta), (designs[:6], designs[6:]), strict=True
    ):
        assert [found.r1, found.n1, found.r, found.n] == expected[:4]
        assert found.expected == pytest.approx(expected[4], abs=0.005)
        assert found.stop == pytest.approx(expected[5], abs=5e-5)
        assert found.alpha <= alpha
        assert found.power >= 1 - beta


def by_enumeration(r1: int, n1: int, r: int, n: int, p: float) -> float:
    """Every pair of outcomes of the two stages, one at a time."""
    total = 0.0
    for first, second in product(range(n1 + 1), range(n - n1 + 1)):
        if first > r1 and first + second > r:
            ways = comb(n1, first) * comb(n - n1, second)
            total += ways * p ** (first + second) * (1 - p) ** (n - first - second)
    return total


@pytest.mark.parametrize("p", [0.05, 0.3, 0.77])
@pytest.mark.parametrize("design", [(1, 10, 5, 29), (0, 9, 2, 17), (17, 34, 20, 39), (3, 5, 3, 9)])
def test_declared_counts_every_outcome(design: tuple[int, int, int, int], p: float) -> None:
    assert declared(design, p) == pytest.approx(by_enumeration(*design, p), rel=1e-10)


def test_simulated_trials_agree_with_the_exact_error() -> None:
    design: TwoStage = simon(0.1, 0.3)[0]
    trials = simulate_simon(11, 0, 40_000, design.r1, design.n1, design.r, design.n, 0.1)
    # Four binomial standard errors at 40,000 trials: 0.0042 for alpha.
    se = (design.alpha * (1 - design.alpha) / 40_000) ** 0.5
    assert abs(trials[:, 0].mean() - design.alpha) < 4 * se
    assert trials[:, 1].mean() == pytest.approx(design.expected, abs=4 * 9 / 40_000**0.5)


def test_a_good_rate_below_the_poor_one_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"good: 0\.1 is not above the poor rate 0\.3"):
        simon(0.3, 0.1)
