"""Designs that are not two arms compared once: one arm in two stages, a platform, a delayed start."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scleroscope.design import kinds
from scleroscope.design.conduct import Bench, Trials, fixed, tail_z, z_scores
from scleroscope.design.designs.platform import schedule
from scleroscope.design.designs.simon import TwoStage
from scleroscope.design.designs.simon import simon as find
from scleroscope.design.plan import Plan
from scleroscope.design.refuse import RefusedError

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def two_stage(design: kinds.Simon, alpha: float) -> TwoStage:
    """Simon's design of the plan: `alpha` is one-sided here, as his is."""
    optimal, minimax = find(design.poor, design.good, alpha=alpha, power=design.power)
    return optimal if design.choice == "optimal" else minimax


def simon(bench: Bench, design: kinds.Simon) -> Trials:
    """Responders counted in one treated arm; a missing response counts as none."""
    rule = two_stage(design, bench.stage.plan.analysis.alpha)
    table = bench.table(rule.n, part="simon")
    rate = table[:, 2] / table[:, 1]
    return Trials(
        rejects=table[:, 0] > 0,
        estimate=rate,
        se=np.sqrt(rate * (1 - rate) / table[:, 1]),
        patients=table[:, 1],
        came=table[:, 3] * table[:, 1],
        also={"stopped after the first stage": (table[:, 1] < rule.n).astype(float)},
    )


def platform_periods(plan: Plan, share: float) -> tuple[NDArray[np.int64], Floats]:
    """Whole patients by (period, arm), the control last, and the month in which each period starts."""
    design, sites = plan.design, plan.sites
    if not isinstance(design, kinds.Platform) or sites is None:
        raise RefusedError("sites", "a platform needs them")
    monthly = sites.count * sites.screened_per_month * share * (1 - sites.competing_share)
    counts, start = schedule(design.opens, design.patients, monthly, control_weight=design.control_weight)
    # Rounded so that every arm keeps its total.
    whole = np.diff(np.round(np.cumsum(np.vstack([np.zeros(counts.shape[1]), counts]), axis=0)), axis=0)
    return whole.astype(np.int64), start


def platform(bench: Bench, design: kinds.Platform) -> Trials:
    """Each treatment against its controls, at alpha each: the first is the plan's answer, all are told."""
    counts, _ = platform_periods(bench.stage.plan, float(bench.suitable.mean()))
    total = int(counts.sum())
    table = bench.table(total, part="platform")
    bound = tail_z(bench.stage.plan.analysis.alpha)
    also: dict[str, Floats] = {}
    any_claim = np.zeros(bench.count, np.bool_)
    rejects = any_claim.copy()
    for k in range(len(design.opens)):
        one = np.column_stack([table[:, 3 * k : 3 * k + 3], table[:, -1]])
        claim = np.abs(z_scores(one)) > bound
        if k == 0:
            rejects = claim
        any_claim |= claim
        also[f"difference claimed for treatment {k + 1}"] = claim.astype(float)
    also["difference claimed for any treatment"] = any_claim.astype(float)
    return Trials(
        rejects=rejects,
        estimate=table[:, 0],
        se=table[:, 1],
        patients=np.full(bench.count, float(total)),
        came=table[:, -1] * total,
        also=also,
    )


def delayed_start(bench: Bench, n: int) -> Trials:
    """Early against late starters at the switch (the plan's answer) and at the end."""
    before, after = fixed(bench, n, part="switch"), fixed(bench, n)
    return Trials(
        rejects=before.rejects,
        estimate=before.estimate,
        se=before.se,
        patients=before.patients,
        came=before.came,
        also={
            "difference still claimed at the end": after.rejects.astype(float),
            "difference at the end": after.estimate,
        },
    )
