"""kill -9 at random moments of an import: nothing that was stored is lost, and the next run finishes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.generated import write_lines

from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.verify import verify

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 120

# One process that has everything imported and forks a child an import, so that the time goes into
# imports rather than into starting Python. Small batches, so that a kill falls into, between and right
# after transactions.
SCRIPT = """
import os, sys
from pathlib import Path
from scleroscope.catalogue import intake, open_catalogue, readers
from scleroscope.catalogue.relabel import fingerprint
from scleroscope.knowledge.load import rows
intake.BATCH_RECORDS = 8
readers.WORTHWHILE = int(sys.argv[1])
fingerprint()
for line in sys.stdin:
    target, records = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        with open_catalogue(Path(target)) as catalogue:
            books = intake.import_files(catalogue, [Path(records)], everything=True)
        os._exit(0 if books.complete else 3)
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Importer:
    """Starts imports, one at a time."""

    def __init__(self, worthwhile: int) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(worthwhile)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self, catalogue: Path, records: Path, kill_after: float | None = None) -> int:
        """The child's exit code, or minus the signal that ended it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{catalogue}\t{records}\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        # Only now is the child waited for, so that its id could not have become another process's.
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return os.waitstatus_to_exitcode(int(self.process.stdout.readline()))


@pytest.fixture
def importer(request: pytest.FixtureRequest) -> Iterator[Importer]:
    started = Importer(request.param)
    yield started
    assert started.process.stdin is not None
    assert started.process.stdout is not None
    started.process.stdin.close()
    started.process.wait(timeout=60)
    started.process.stdout.close()


def content(path: Path) -> list[tuple[object, ...]]:
    """What a catalogue holds, but for the numbers and moments of its imports."""
    with open_catalogue(path, read_only=True) as catalogue:
        run = catalogue.connection.execute
        trials = run("SELECT * FROM trials ORDER BY id").fetchall()
        columns = [each[0] for each in run("SELECT * FROM trials").description]
        kept = [at for at, name in enumerate(columns) if name not in ("first_seen", "last_changed")]
        return [
            *(tuple(row[at] for at in kept) for row in trials),
            *run("SELECT id, digest, spelling, raw FROM versions ORDER BY number"),
            *run("SELECT number, labels FROM labels ORDER BY number"),
            *run("SELECT number, facility, city FROM sites ORDER BY rowid"),
            *run("SELECT rowid, id, title, eligibility FROM texts ORDER BY rowid"),
        ]


ALONE, SEVERAL = 10**9, 1  # records in a batch for which several processes read


@pytest.mark.parametrize(
    ("importer", "kills"),
    [
        (ALONE, 10),
        pytest.param(ALONE, 60, marks=pytest.mark.slow),
        pytest.param(SEVERAL, 15, marks=pytest.mark.slow),
    ],
    indirect=["importer"],
)
def test_a_killed_import_loses_nothing_and_the_next_run_finishes(
    importer: Importer, tmp_path: Path, kills: int
) -> None:
    records = write_lines(tmp_path / "records.jsonl", RECORDS, scleroderma=0.5)
    whole = tmp_path / "whole.sqlite"
    importer.run(tmp_path / "warm.sqlite", records)
    began = time.monotonic()
    assert importer.run(whole, records) == 0
    duration = time.monotonic() - began
    wanted = content(whole)

    chance = random.Random(kills)
    killed = rounds = 0
    while killed < kills:
        rounds += 1
        path = tmp_path / f"{rounds}.sqlite"
        stored: set[str] = set()
        while killed < kills:
            code = importer.run(path, records, kill_after=chance.uniform(0, duration * 0.9))
            if code == 0:
                break
            assert code == -signal.SIGKILL
            killed += 1
            stored = check_after_kill(path, stored)
        assert importer.run(path, records) == 0
        assert content(path) == wanted
        with open_catalogue(path) as catalogue:
            assert verify(catalogue).problems == ()
            assert catalogue.imports()[-1].read == RECORDS


def check_after_kill(path: Path, before: set[str]) -> set[str]:
    """The ids that are stored: those of before and more, in a file without fault."""
    if not path.exists() or path.stat().st_size == 0:
        assert not before
        return before
    with open_catalogue(path) as catalogue:
        stored = set(catalogue.ids())
        assert before <= stored
        assert all(books.balanced for books in catalogue.imports())
        problems = [each for each in verify(catalogue).problems if "was interrupted" not in each]
        assert problems == []
    return stored
