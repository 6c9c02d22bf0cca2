"""Reading in several processes gives what reading in one gives, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.generated import write_lines
from tests.invented import trial

from scleroscope.catalogue import open_catalogue, readers
from scleroscope.catalogue.intake import import_files
from scleroscope.catalogue.read import read_record
from scleroscope.registries.record import RawRecord

ROOT = Path(__file__).resolve().parents[3]
Lines = Callable[..., Path]

SCRIPT = """
import time
from scleroscope.catalogue.readers import Readers
from scleroscope.registries.record import RawRecord
record = RawRecord(source="here", form="v2", id="NCT90000001", raw=b"{}")
started = Readers(everything=True)
[future.result() for future in started.submit([record] * 400)]
processes = [started._idle.get() for _ in range(started._idle.qsize())]
print(*(each.pid for each in processes), flush=True)
time.sleep(60)
"""


def contents(path: Path) -> list[str]:
    with open_catalogue(path, read_only=True) as catalogue:
        lines = list(catalogue.connection.iterdump())
    return [line for line in lines if not line.startswith('INSERT INTO "imports"')]


def test_several_processes_store_what_one_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    path = write_lines(tmp_path / "records.jsonl", 150, scleroderma=0.3)
    path.write_bytes(path.read_bytes() + b'{"protocolSection": {}}\n{"x"\n')
    books = []
    for name, worthwhile in (("one", 10**9), ("several", 1)):
        monkeypatch.setattr(readers, "WORTHWHILE", worthwhile)
        with open_catalogue(tmp_path / f"{name}.sqlite") as catalogue:
            books.append(import_files(catalogue, [path], everything=True, now=moment))
    assert (books[0].new, books[0].refused) == (books[1].new, books[1].refused) == (150, 2)
    assert contents(tmp_path / "one.sqlite") == contents(tmp_path / "several.sqlite")


def test_a_reader_that_dies_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    monkeypatch.setattr(readers, "WORTHWHILE", 1)
    raw = json.dumps(trial()).encode()
    records = [RawRecord(source=f"{n}", form="v2", id="NCT90000001", raw=raw) for n in range(90)]
    pool = readers.Readers(everything=True)
    try:
        first = [result for future in pool.submit(records) for result in future.result()]
        process = pool._idle.get()
        process.kill()
        process.wait()
        pool._idle.put(process)
        second = [result for future in pool.submit(records) for result in future.result()]
    finally:
        pool.close()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
    assert first == second == [read_record(each, everything=True) for each in records]


def test_an_import_that_is_killed_leaves_no_reader_behind() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    children = [int(word) for word in parent.stdout.readline().split()]
    assert children
    parent.send_signal(signal.SIGKILL)
    parent.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(alive(child) for child in children):
        time.sleep(0.05)
    assert not any(alive(child) for child in children)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # Where nobody waits for orphans they stay as zombies, which have ended all the same.
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")
