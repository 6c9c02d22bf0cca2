"""Designs that change course at an interim: a sample size looked at again, a population made narrower.

Both join two stages of different patients by weights that were fixed before (inverse normal), so that the
type I error holds whatever the interim decides. Claims are of benefit, at half of the two-sided alpha.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scleroscope.design import kinds
from scleroscope.design.conduct import Bench, Trials, tail_z, z_scores
from scleroscope.design.designs.enrichment import intersection_z
from scleroscope.design.designs.looks import second_stage
from scleroscope.design.measures import benefit

Floats = NDArray[np.float64]


def _stages(n: int, interim: float) -> tuple[int, int]:
    first = min(max(6, round(n * interim)), n - 6)
    return first, n - first


def reestimation(bench: Bench, design: kinds.Reestimation, n: int) -> Trials:
    """The second stage grows where the interim is promising (see `designs.looks.second_stage`)."""
    plan = bench.stage.plan
    n1, n2 = _stages(n, design.interim)
    critical = tail_z(plan.analysis.alpha)
    first = bench.table(n1)
    z1 = benefit(plan) * z_scores(first)
    wished, promising = float(ndtri(design.power)), float(ndtri(design.promising))
    most = design.largest - n1
    grown = np.array([second_stage(z, n1, n2, most, critical, wished, promising) for z in z1], np.int64)
    second = bench.table(grown, second=True)
    z2 = benefit(plan) * z_scores(second)
    total = np.sqrt(n1 / n) * z1 + np.sqrt(n2 / n) * z2
    estimate, se = _joined(first, second)
    return Trials(
        rejects=total > critical,
        estimate=estimate,
        se=se,
        patients=n1 + grown.astype(float),
        came=first[:, 3] * n1 + second[:, 3] * grown,
        also={"second stage grew": (grown > n2).astype(float)},
    )


def _joined(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Both stages' estimates by inverse variance (not corrected for the interim's choice)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.nan_to_num(np.stack([first[:, 1] ** -2, second[:, 1] ** -2]), nan=0.0, posinf=0.0)
        estimates = np.nan_to_num(np.stack([first[:, 0], second[:, 0]]), nan=0.0)
        total = weight.sum(axis=0)
        return np.asarray((weight * estimates).sum(axis=0) / total), np.asarray(total**-0.5)


def enrichment(bench: Bench, design: kinds.Enrichment, n: int) -> Trials:
    """Everybody, the subgroup, or nobody goes on; closed test of both hypotheses (`designs.enrichment`)."""
    stage = bench.stage
    sign, critical = benefit(stage.plan), tail_z(stage.plan.analysis.alpha)
    inside = stage.subgroup if stage.subgroup is not None else np.ones_like(bench.suitable)
    share = float(inside[bench.suitable].mean())
    n1, n2 = _stages(n, design.interim)
    w1, w2 = np.sqrt(n1 / n), np.sqrt(n2 / n)
    first = _by_stratum(bench, inside, n1, share, second=False)
    f1, s1, c1 = (sign * z for z in first.scores)
    goes_on = (f1 >= design.futile) | (s1 >= design.futile)
    only = goes_on & (c1 < design.enrich)
    whole = _by_stratum(bench, inside, n2, share, second=True)
    narrow = bench.table(n2, second=True, among=inside)
    f2, s2 = sign * whole.scores[0], sign * whole.scores[1]
    alone = sign * z_scores(narrow)
    both1 = np.array([intersection_z(a, b) for a, b in zip(f1, s1, strict=True)])
    both2 = np.array([intersection_z(a, b) for a, b in zip(f2, s2, strict=True)])
    both2 = np.where(only, alone, both2)
    joint = goes_on & (w1 * both1 + w2 * both2 >= critical)
    for_all = joint & ~only & (w1 * f1 + w2 * f2 >= critical)
    for_subgroup = joint & (w1 * s1 + w2 * np.where(only, alone, s2) >= critical)
    estimate, se = _joined(first.table, np.where(only[:, None], narrow, whole.table))
    return Trials(
        rejects=for_all | for_subgroup,
        estimate=np.where(goes_on, estimate, first.table[:, 0]),
        se=np.where(goes_on, se, first.table[:, 1]),
        patients=np.where(goes_on, float(n), float(n1)),
        came=first.table[:, 3] * n1 + np.where(only, narrow[:, 3], whole.table[:, 3]) * n2 * goes_on,
        also={
            "effect claimed in all": for_all.astype(float),
            "effect claimed in the subgroup": for_subgroup.astype(float),
            "went on with the subgroup alone": only.astype(float),
            "stopped at the interim": (~goes_on).astype(float),
        },
    )


class _Strata:
    """z of all, of the subgroup and of the others; and the joint table of all."""

    def __init__(self, inside: Floats, outside: Floats, share: float, n: int) -> None:
        s, c = z_scores(inside), z_scores(outside)
        self.scores = (np.sqrt(share) * s + np.sqrt(1 - share) * c, s, c)
        estimate, se = _joined(inside, outside)
        came = share * inside[:, 3] + (1 - share) * outside[:, 3]
        self.table = np.column_stack([estimate, se, np.full(estimate.size, np.inf), came])
        self.n = n


def _by_stratum(bench: Bench, inside: NDArray[np.bool_], n: int, share: float, *, second: bool) -> _Strata:
    """A stage with the subgroup's share of patients in it, each part analysed on its own (so that the test
    of all is stratified by the subgroup)."""
    part = min(max(6, round(n * share)), n - 6)
    return _Strata(
        bench.table(part, second=second, among=inside),
        bench.table(n - part, second=second, among=~inside),
        part / n,
        n,
    )
