"""Win statistics against R's BuyseTest 3.3.9 (Gehan's rule) on a fixed trial and on the veteran lung data.

Commands: `BuyseTest(trt ~ tte(time, status = status, threshold = 20) + cont(karno), veteran)` and the
hierarchy death, event, FVC, HAQ-DI, skin score on the fixed trial (36 v 39 patients).
"""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from scleroscope.design.analyses.logrank import logrank
from scleroscope.design.analyses.wins import LATER_IS_BETTER, LESS_IS_BETTER, MORE_IS_BETTER, wins


@pytest.mark.shared
def test_the_hierarchical_composite_of_75_patients(shared: Path) -> None:
    with (shared / "design" / "grcs_fixed.csv").open() as file:
        rows = list(csv.DictReader(file))
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    none = np.zeros(len(rows))
    answer = wins(
        [column[name] for name in ("td", "te", "fvc", "haq", "mrss")],
        [column["sd"], column["se"], none, none, none],
        column["a"],
        kinds=[LATER_IS_BETTER, LATER_IS_BETTER, MORE_IS_BETTER, LESS_IS_BETTER, LESS_IS_BETTER],
    )
    assert answer.pairs == 1404
    assert answer.win_probability == pytest.approx(0.724359, abs=5e-7)
    assert answer.net_benefit == pytest.approx(0.4487179, abs=5e-8)
    assert answer.z == pytest.approx(3.340495, abs=5e-7)


def test_the_composite_of_scot_gives_its_published_p() -> None:
    """67 % of 1404 pairs won, none tied, 36 v 39: z 2.53 and p 0.0114 by the ranks (Mann–Whitney) alone."""
    rank = np.arange(75.0)
    rng = np.random.default_rng(1)
    # Move the treated up the order until they win 67 % of the pairs.
    arm = np.zeros(75)
    arm[rng.permutation(75)[:36]] = 1
    while (share := _share(rank, arm)) < 0.67:
        low = rng.choice(np.flatnonzero(arm == 1))
        high = rng.choice(np.flatnonzero(arm == 0))
        if high > low and (share + (high - low) / 1404) < 0.6705:
            arm[low], arm[high] = 0, 1
    answer = wins([rank], [np.ones(75)], arm, kinds=[LATER_IS_BETTER])
    assert answer.z == pytest.approx(2.53, abs=0.01)
    assert answer.p_finkelstein_schoenfeld == pytest.approx(0.0114, abs=5e-4)


def _share(rank: np.ndarray, arm: np.ndarray) -> float:
    return float((rank[arm == 1][:, None] > rank[arm == 0][None, :]).mean())


def test_veteran_lung_data() -> None:
    """Read from scikit-survival where it is installed (its copy is StatLib's)."""
    found = importlib.util.find_spec("sksurv")
    if found is None or not found.submodule_search_locations:
        pytest.skip("scikit-survival, which carries the veteran data, is not installed")
    path = Path(found.submodule_search_locations[0]) / "datasets" / "data" / "veteran.arff"
    rows = [
        line.split(",") for line in path.read_text().splitlines() if line.startswith(("standard", "test"))
    ]
    arm = np.array([row[0] == "test" for row in rows], float)
    time = np.array([float(row[2]) for row in rows])
    dead = np.array([row[3] == "dead" for row in rows], float)
    score = np.array([float(row[4]) for row in rows])
    answer = wins(
        [time, score], [dead, 0 * dead], arm, kinds=[LATER_IS_BETTER, MORE_IS_BETTER], thresholds=[20, 0]
    )
    assert answer.net_benefit == pytest.approx(-0.096760, abs=5e-7)
    assert answer.net_benefit_se == pytest.approx(0.09803636, abs=5e-8)
    assert answer.net_benefit_interval == pytest.approx((-0.2830806, 0.09659747), abs=5e-7)
    assert answer.win_ratio == pytest.approx(0.817451, abs=5e-7)
    assert answer.win_ratio_interval == pytest.approx((0.5464448, 1.222860), abs=5e-6)
    assert logrank(time, dead, arm).chi2 == pytest.approx(0.008227, abs=5e-7)
