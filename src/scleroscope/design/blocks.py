"""Trials in blocks: on threads, on any executor, kept on disk as they are finished.

A block is named by all that it depends on (plan, version, who may enter, sizes), so a run that is broken off
and started again with the same `keep` folder reads what is there and goes on. The answers are the same for
any number of workers, since every trial has its own random numbers.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design.run import block_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scleroscope.design.stage import Stage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sizes = NDArray[np.int64]
_BLOCK = 500


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Where trials run, and where finished blocks are kept.

    `executor` is any of `concurrent.futures` (or a dask client's `get_executor()`); threads on all cores when
    None. `keep` is a folder, `release` the version of the program: no other version reads what this one
    wrote. `note` is called after each block with the trials that it held.
    """

    executor: Executor | None = None
    keep: Path | None = None
    release: str = ""
    note: Callable[[int], None] | None = None

    @contextmanager
    def pool(self) -> Iterator[Executor]:
        """The executor; threads of our own are ended afterwards, an executor that was given is left alone."""
        if self.executor is not None:
            yield self.executor
            return
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            yield threads


def run_blocks(
    stage: Stage, part: str, suitable: Flags, sizes: Sizes, workers: Workers, *, offset: int = 0
) -> Floats:
    """Trials offset … offset + sizes.size − 1 → one row each; `part` says what of the plan runs (`run`)."""
    spans = [(first, sizes[first : first + _BLOCK]) for first in range(0, sizes.size, _BLOCK)]
    packed = np.packbits(suitable)
    names = [_name(workers.release, stage, part, packed, offset + first, own) for first, own in spans]
    kept = [_kept(workers.keep, name) for name in names]
    with workers.pool() as pool:
        jobs: list[Floats | Future[Floats]] = [
            pool.submit(block_table, stage, part, suitable, offset + first, own) if old is None else old
            for (first, own), old in zip(spans, kept, strict=True)
        ]
        tables = []
        try:
            for name, job in zip(names, jobs, strict=True):
                table = job if isinstance(job, np.ndarray) else _finished(job, workers.keep, name)
                tables.append(table)
                if workers.note is not None:
                    workers.note(table.shape[0])
        except BaseException:
            for job in jobs:
                if not isinstance(job, np.ndarray):
                    job.cancel()
            raise
    return np.concatenate(tables)


def _finished(job: Future[Floats], keep: Path | None, name: str) -> Floats:
    table = job.result()
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        part = keep / f"{name}.part"
        with part.open("wb") as file:
            np.save(file, table)
        part.replace(keep / f"{name}.npy")  # whole or not at all
    return table


def _kept(keep: Path | None, name: str) -> Floats | None:
    if keep is None or not (keep / f"{name}.npy").is_file():
        return None
    table: Floats = np.load(keep / f"{name}.npy", allow_pickle=False)
    return table


def _name(release: str, stage: Stage, part: str, packed: NDArray[np.uint8], first: int, sizes: Sizes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for piece in (
        msgspec.json.encode(msgspec.structs.replace(stage.plan, trials=1)),
        f"{release} {part} {first}".encode(),
        packed.tobytes(),
        sizes.tobytes(),
    ):
        digest.update(piece)
    return digest.hexdigest()
