"""Work in batches: on all processors, in order, and with what is unfinished in a folder that is cleared."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from scleroscope.model.problem import Problem

In = TypeVar("In")
Out = TypeVar("Out")

_PREFIX = ".screening-"  # and the number of the process that writes there
_DAY = 24 * 60 * 60  # seconds


def in_order(work: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]:
    """What `work` makes of each batch, in the batches' order.

    As many threads as processors; of batches that wait there are never more than that, so memory stays
    flat however many there are.
    """
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Out]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(work, batch))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


@contextmanager
def parts_beside(out: Path | None) -> Iterator[Path]:
    """A folder beside a file to be, for its parts; gone at the end.

    Those that killed processes left there hold patients' data: they are cleared away first.
    """
    if out is None:
        yield Path()  # nothing is written
        return
    if not out.parent.is_dir():
        raise Problem(f"{out}: there is no folder {out.parent}; make it, or name another place")
    for left in out.parent.glob(f"{_PREFIX}*"):
        if _is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=out.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether the process that made it runs no more; where that cannot be asked, whether it is a day old."""
    process = folder.name.removeprefix(_PREFIX).partition("-")[0]
    if os.name != "posix":
        return time.time() - folder.stat().st_mtime > _DAY
    if not process.isdigit():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's, and it runs
    return False
