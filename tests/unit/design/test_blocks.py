"""Where trials run does not matter: threads, processes, a cluster; broken off and taken up again."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.design.plans import ANALYSES, BASE, ONE_SIDED

from scleroscope.design.blocks import Workers
from scleroscope.design.plan import Plan, plan
from scleroscope.design.sensitivity import criterion_costs
from scleroscope.design.simulate import run_trials, simulate
from scleroscope.design.stage import set_up


@pytest.fixture(scope="module")
def small() -> Plan:
    return plan(BASE | ANALYSES["ancova, stratified"] | {"trials": 1700, "population": {"size": 4000}})


@pytest.fixture(scope="module")
def adaptive() -> Plan:
    """Sizes that differ from trial to trial."""
    return plan(BASE | ONE_SIDED["re-estimation"] | {"trials": 1200, "population": {"size": 4000}})


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_gives_the_same_answer(small: Plan, adaptive: Plan, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for each in (small, adaptive):
            assert simulate(each, workers=Workers(executor=pool)) == simulate(each)


@pytest.mark.slow
def test_processes_give_the_same_answer(small: Plan) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert simulate(small, workers=Workers(executor=pool)) == simulate(small)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the cluster's own
def test_a_cluster_of_two_workers_gives_the_same_answer(small: Plan, adaptive: Plan) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        workers = Workers(executor=client.get_executor())
        for each in (small, adaptive):
            assert simulate(each, workers=workers) == simulate(each)


class _Broken(Executor):
    """Runs the first jobs at once, then is interrupted, as by Ctrl-C."""

    def __init__(self, good: int) -> None:
        self.good = good

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.good:
            self.good -= 1
            future.set_result(fn(*args, **more))
        else:
            future.set_exception(KeyboardInterrupt())
        return future


def test_a_run_that_was_broken_off_goes_on_where_it_was(small: Plan, tmp_path: Path) -> None:
    stage = set_up(small)
    everybody = stage.entry.suitable()
    with pytest.raises(KeyboardInterrupt):
        run_trials(stage, everybody, workers=Workers(executor=_Broken(2), keep=tmp_path))
    assert len(list(tmp_path.glob("*.npy"))) == 2
    whole = run_trials(stage, everybody, workers=Workers(executor=_Broken(2), keep=tmp_path))
    once = run_trials(stage, everybody)
    assert whole is not None
    assert once is not None
    assert np.array_equal(whole.estimate, once.estimate)


def test_kept_parts_of_another_plan_or_release_are_not_read(small: Plan, tmp_path: Path) -> None:
    stage = set_up(small)
    everybody = stage.entry.suitable()
    run_trials(stage, everybody, workers=Workers(keep=tmp_path, release="1"))
    files = len(list(tmp_path.iterdir()))
    run_trials(stage, everybody, workers=Workers(keep=tmp_path, release="2"))
    assert len(list(tmp_path.iterdir())) == 2 * files
    run_trials(stage, everybody, trials=1000, workers=Workers(keep=tmp_path, release="1"))
    assert len(list(tmp_path.iterdir())) == 2 * files  # the first 1000 trials are the same trials


def test_progress_counts_the_trials_and_the_criteria(small: Plan) -> None:
    trials: list[int] = []
    steps: list[tuple[int, int]] = []
    criterion_costs(
        set_up(small),
        trials=600,
        workers=Workers(note=trials.append),
        progress=lambda done, total: steps.append((done, total)),
    )
    assert sum(trials) == 3 * 600  # the plan and each of two criteria left out
    assert steps == [(1, 3), (2, 3), (3, 3)]
