"""The random streams: known answers, addresses, and the shape of what comes out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scleroscope.design import random


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    found = random.philox(np.array(counter, np.uint64), np.array(key, np.uint64))
    assert tuple(int(word) for word in found) == answer


def test_a_number_depends_on_its_address_alone() -> None:
    long = random.normals(5, 17, 2, 301)
    assert (random.normals(5, 17, 2, 10) == long[:10]).all()
    for other in ((6, 17, 2), (5, 18, 2), (5, 17, 3)):
        assert not np.isin(random.normals(*other, 301), long).any()


def test_normals_have_the_normal_distribution() -> None:
    draws = np.concatenate([random.normals(1, trial, 0, 1000) for trial in range(100)])
    assert stats.kstest(draws, "norm").pvalue > 0.001
    assert abs(draws.mean()) < 4 / draws.size**0.5
    assert abs(draws.std() - 1) < 4 / (2 * draws.size) ** 0.5


def test_normals_invert_the_distribution_function() -> None:
    uniform = random.uniforms(3, 0, 0, 20_000)
    np.testing.assert_allclose(
        random.normals(3, 0, 0, 20_000), stats.norm.ppf(uniform), rtol=1e-11, atol=1e-14
    )


def test_neighbouring_trials_are_uncorrelated() -> None:
    draws = np.array([random.normals(1, trial, 0, 2000) for trial in range(30)])
    correlation = np.corrcoef(draws)[np.triu_indices(30, 1)]
    assert np.abs(correlation).max() < 5 / 2000**0.5


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 50])
def test_spans_cover_each_trial_once(parts: int) -> None:
    covered = [trial for first, count in random.spans(23, parts) for trial in range(first, first + count)]
    assert covered == list(range(23))
