"""Whole trials a second, drawn and analysed, on all cores; beside what a user would run instead.

    python benchmarks/design_speed.py [--seconds 2] [--threads 2]

Every row names the design, our rate by the clock, our rate by processor time (what the cores would do
if they were free), the aim, the peer's rate by processor time in the same run, and the ratio. The peer
gets the data of its trial ready made. A peer that is not installed is skipped with a word.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np

from scleroscope.design.analyses.ancova import simulate_ancova
from scleroscope.design.analyses.logrank import simulate_logrank
from scleroscope.design.analyses.mmrm import simulate_mmrm
from scleroscope.design.analyses.wins import simulate_wins
from scleroscope.design.designs.boin import boin, simulate_boin
from scleroscope.design.designs.crm import simulate_crm, skeleton
from scleroscope.design.random import spans

Draw = Callable[[int, int], object]  # (first trial, count)
TRUTH = np.array([0.05, 0.12, 0.25, 0.4, 0.55])
COVARIANCE = 56 * 0.6 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))


def kernels() -> dict[str, tuple[int, Draw]]:
    """Name → (aim in trials a second, how to draw and analyse a run of trials)."""
    start, hazard = np.array([0.0, 12.0]), np.array([0.02, 0.01])
    low, none, dropout = np.linalg.cholesky(COVARIANCE), np.zeros(4), np.full(4, 0.03)
    rules, prior = boin(0.25, 30), np.array(skeleton(0.06, 0.25, 2, 5))
    tables = (rules.escalate, rules.deescalate, rules.eliminate)
    hazards, ones, effects, exact = np.array([0.01, 0.01]), np.ones(2), np.zeros(3), np.zeros(5)
    return {
        "ANCOVA, 200 patients": (
            300_000,
            lambda f, c: simulate_ancova(1, f, c, 100, 100, 1.0, 7.5, 6.0, -0.3),
        ),
        "log-rank, piecewise exponential, 200": (
            80_000,
            lambda f, c: simulate_logrank(1, f, c, 100, 100, start, hazard, hazard, 0.005, 18.0, 36.0),
        ),
        "MMRM, 4 visits, 200": (4_000, lambda f, c: simulate_mmrm(1, f, c, 100, 100, none, low, dropout)),
        "win ratio, 36 v 39, 5 endpoints": (
            50_000,
            lambda f, c: simulate_wins(1, f, c, 36, 39, hazards, ones, effects, exact, 54.0),
        ),
        "CRM, 5 doses, 30 patients": (
            3_000,
            lambda f, c: simulate_crm(1, f, c, TRUTH, prior, 0.25, 1.34**0.5, 1, 30, 0.95),
        ),
        "BOIN, 5 doses, 30 patients": (
            300_000,
            lambda f, c: simulate_boin(1, f, c, TRUTH, 0.25, 3, 10, *tables),
        ),
    }


def peers() -> dict[str, tuple[str, Callable[[], object]]]:
    """Name of a kernel → (peer, one trial analysed with it)."""
    rng = np.random.default_rng(1)
    arm = np.repeat([1.0, 0.0], 100)
    baseline, outcome = rng.normal(size=(2, 200))
    time_, event = rng.exponential(10, 200), rng.integers(0, 2, 200)
    found: dict[str, tuple[str, Callable[[], object]]] = {}
    if find_spec("statsmodels"):
        import statsmodels.api as sm

        design = np.column_stack([np.ones(200), arm, baseline])
        found["ANCOVA, 200 patients"] = ("statsmodels OLS", lambda: sm.OLS(outcome, design).fit().pvalues[1])
        visits = np.tile(np.arange(4.0), 200)
        groups, random = np.repeat(np.arange(200), 4), np.column_stack([np.ones(800), visits])
        fixed = np.column_stack([np.ones(800), visits, np.repeat(arm, 4), np.repeat(arm, 4) * visits])
        own = rng.normal(size=(200, 2)) @ np.array([[3.0, 0.5], [0.0, 1.0]])
        long = own[groups, 0] + own[groups, 1] * visits + rng.normal(size=800)
        found["MMRM, 4 visits, 200"] = (
            "statsmodels MixedLM, random slope",
            lambda: sm.MixedLM(long, fixed, groups, exog_re=random).fit(),
        )
    if find_spec("lifelines"):
        from lifelines.statistics import logrank_test

        one = arm == 1
        found["log-rank, piecewise exponential, 200"] = (
            "lifelines logrank_test",
            lambda: logrank_test(time_[one], time_[~one], event[one], event[~one]).p_value,
        )
    composite = rng.normal(size=(3, 75))

    def numpy_wins() -> float:
        won = np.zeros((36, 39))
        for column in composite:
            gap = np.sign(column[:36, None] - column[None, 36:])
            won = np.where(won == 0, gap, won)
        return float(won.mean())

    found["win ratio, 36 v 39, 5 endpoints"] = ("numpy outer differences (no error)", numpy_wins)
    return found


def rate(draw: Draw, seconds: float, threads: int) -> tuple[float, float]:
    """Trials a second by the clock and, free of other load, by processor time; after a run that compiles."""
    draw(0, 2)
    began = time.perf_counter()
    draw(0, 50)
    each = max((time.perf_counter() - began) / 50, 1e-7)
    trials = max(threads, int(seconds / each * threads))
    with ThreadPoolExecutor(threads) as pool:
        began, spent = time.perf_counter(), time.process_time()
        list(pool.map(lambda span: draw(*span), spans(trials, threads * 4)))
        wall, spent = time.perf_counter() - began, time.process_time() - spent
        return trials / wall, trials / spent * threads


def peer_rate(once: Callable[[], object], seconds: float) -> float:
    once()
    runs, began = 0, time.thread_time()
    while time.thread_time() - began < seconds:
        once()
        runs += 1
    return runs / (time.thread_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    beside = peers()
    heads = f"{'clock':>11}{'free cores':>12}{'aim':>10}{'':>7}{'peer':>10}{'ratio':>9}"
    print(f"{'whole trials a second':<38}{heads}")
    for name, (aim, draw) in kernels().items():
        clock, ours = rate(draw, options.seconds, options.threads)
        line = f"{name:<38}{clock:>11,.0f}{ours:>12,.0f}{aim:>10,}{'met' if ours >= aim else 'short':>7}"
        if name in beside:
            peer, once = beside[name]
            theirs = peer_rate(once, options.seconds / 2)
            line += f"{theirs:>10,.0f}{ours / theirs:>8,.0f}×  {peer}"
        else:
            line += "         –        –  no peer in Python installed"
        print(line, flush=True)
    if shutil.which("Rscript") is None:
        print("R (rpact, survival, nlme): not on this machine, skipped")
    print(f"{options.threads} threads, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
