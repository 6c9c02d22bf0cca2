"""Batches on all processors: in order, flat, and nothing of a patient left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scleroscope.api.batches import in_order, parts_beside
from scleroscope.model.problem import Problem


def test_results_come_in_order_and_few_batches_wait() -> None:
    taken: list[int] = []

    def batches() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    for number, found in enumerate(in_order(lambda one: one * one, batches())):
        assert found == number * number
        assert len(taken) <= number + 2 + (os.cpu_count() or 1)


def test_an_error_of_one_batch_is_raised_and_no_thread_stays() -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda one: 1 // (one - 3), range(20)))
    assert threading.active_count() == before


def test_what_a_killed_process_left_is_cleared_and_a_running_one_keeps_its_own(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    left = tmp_path / f".screening-{killed.pid}-abc"
    running = tmp_path / f".screening-{os.getppid()}-abc"
    for folder in (left, running):
        folder.mkdir()
        (folder / "000000.parquet").write_bytes(b"a patient")
    with parts_beside(tmp_path / "out.parquet") as folder:
        assert folder.is_dir()
        assert not left.exists()
    assert [one.name for one in tmp_path.iterdir()] == [running.name]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no folder"), parts_beside(tmp_path / "none" / "out.parquet"):
        pass
