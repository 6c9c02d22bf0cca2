"""Adaptive enrichment: start with everybody, and go on with the subgroup alone if only it seems to gain.

Two hypotheses, no effect in all (F) and none in the subgroup (S), tested together so that the chance of any
false claim stays below alpha whatever the interim decides: stage-wise statistics are joined by fixed weights
(inverse normal), and a hypothesis is rejected only if its intersection with the other is, too (closed
testing; Hochberg's form of Simes for the intersection). Sources: Brannath et al. 2009,
https://doi.org/10.1002/sim.3559; Jenkins, Stone, Jennison 2011, https://doi.org/10.1002/pst.472.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals, normal

Array = NDArray[np.float64]


@compiled
def _p(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@compiled
def intersection_z(z_all: float, z_subgroup: float) -> float:
    """z of "no effect in all nor in the subgroup" from both: Simes's p = min(2 min p, max p)."""
    a = _p(z_all)
    b = _p(z_subgroup)
    p = min(2.0 * min(a, b), max(a, b))
    return -normal(min(max(p, 1e-300), 1.0 - 1e-16))


@compiled
def simulate_enrichment(
    seed: int,
    first: int,
    count: int,
    n1: int,
    n2: int,
    share_positive: float,
    effect_positive: float,
    effect_negative: float,
    futile: float,
    enrich: float,
    critical: float,
) -> Array:
    """Trials first … first+count−1 → (count, 5).

    Columns: path (0 stopped, 1 everybody, 2 subgroup only), F rejected, S rejected, patients, subgroup
    patients. Stages have n1 and n2 patients, 1:1, standardised effects. At the interim the trial stops if
    both z are below `futile`; it goes on with the subgroup alone, n2 of them, if z of the rest is below
    `enrich`; else with everybody. Arm means of a stratum are drawn directly (normal, unit variance).
    """
    w1 = math.sqrt(n1 / (n1 + n2))
    w2 = math.sqrt(n2 / (n1 + n2))
    draws = np.empty(4)
    answers = np.zeros((count, 5))
    root = math.sqrt(share_positive)
    rest = math.sqrt(1.0 - share_positive)
    for row in range(count):
        fill_normals(seed, first + row, 11, draws)
        # z of a stratum of n patients in two equal arms has mean effect · √n / 2.
        s1 = effect_positive * math.sqrt(n1 * share_positive) / 2.0 + draws[0]
        c1 = effect_negative * math.sqrt(n1 * (1.0 - share_positive)) / 2.0 + draws[1]
        f1 = root * s1 + rest * c1
        answers[row, 3] = n1
        answers[row, 4] = n1 * share_positive
        if f1 < futile and s1 < futile:
            continue
        only = c1 < enrich
        positive = 1.0 if only else share_positive
        s2 = effect_positive * math.sqrt(n2 * positive) / 2.0 + draws[2]
        c2 = effect_negative * math.sqrt(n2 * (1.0 - positive)) / 2.0 + draws[3]
        f2 = root * s2 + rest * c2
        both2 = s2 if only else intersection_z(f2, s2)
        both = w1 * intersection_z(f1, s1) + w2 * both2 >= critical
        answers[row, 0] = 2.0 if only else 1.0
        answers[row, 1] = both and not only and w1 * f1 + w2 * f2 >= critical
        answers[row, 2] = both and w1 * s1 + w2 * s2 >= critical
        answers[row, 3] += n2
        answers[row, 4] += n2 * positive
    return answers
