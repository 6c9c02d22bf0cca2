"""Records read by several processes at once, for inputs of which many are to be stored.

Reading and classifying a record takes longer than storing it. The readers are processes of their own
(`python -m scleroscope.catalogue.readers`) that get records on stdin and give prepared ones on stdout;
they touch no catalogue, need nothing of the program that calls, and end when their stdin does, so that
a killed import leaves none behind. Where one cannot be started or fails, its records are read here.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

import msgspec

from scleroscope.catalogue.prepare import PassedOver, Prepared, Refused
from scleroscope.catalogue.read import read_record
from scleroscope.registries.record import RawRecord

WORTHWHILE = 200  # records to be read in a batch; for fewer, starting processes takes longer than it saves
MOST = 4
_CHUNK = 40
_LENGTH = 8

Result = Prepared | PassedOver | Refused


class _Task(msgspec.Struct, array_like=True):
    everything: bool
    records: list[RawRecord]


_encode = msgspec.msgpack.Encoder().encode
_decode_task = msgspec.msgpack.Decoder(_Task).decode
_decode_results = msgspec.msgpack.Decoder(list[Result]).decode


class Readers:
    """Reads lists of records, in this process or, when it is worthwhile, in several. Close it after use."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self._threads: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def submit(self, records: Sequence[RawRecord]) -> list[Future[list[Result]]]:
        """Begin to read; the results come in the order of the records."""
        if self._threads is None and len(records) < WORTHWHILE:
            done: Future[list[Result]] = Future()
            done.set_result(self._here(records))
            return [done]
        if self._threads is None:
            count = min(os.cpu_count() or 1, MOST)
            self._threads = ThreadPoolExecutor(count)
            for _ in range(count):
                with suppress(OSError):
                    self._idle.put(_start())
        chunks = [records[at : at + _CHUNK] for at in range(0, len(records), _CHUNK)]
        return [self._threads.submit(self._elsewhere, chunk) for chunk in chunks]

    def close(self) -> None:
        """End the other processes."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            process = self._idle.get()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()
            process.wait()

    def _here(self, records: Sequence[RawRecord]) -> list[Result]:
        return [read_record(record, everything=self._everything) for record in records]

    def _elsewhere(self, records: Sequence[RawRecord]) -> list[Result]:
        if self._idle.empty():
            return self._here(records)
        process = self._idle.get()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # What a record is about was looked at here; it need not travel.
            bare = [msgspec.structs.replace(record, about=None) for record in records]
            _send(process.stdin, _encode(_Task(self._everything, bare)))
            results = _decode_results(_receive(process.stdout) or b"")
        except (OSError, msgspec.MsgspecError):
            process.kill()
            process.wait()
            return self._here(records)
        self._idle.put(process)
        return results


def _start() -> subprocess.Popen[bytes]:
    # The same modules as here, wherever this program found them.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-m", "scleroscope.catalogue.readers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        # Ctrl-C is for the import, which then closes this process's stdin.
        start_new_session=True,
    )


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH) + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next message; None at the end of the stream."""
    head = stream.read(_LENGTH)
    return stream.read(int.from_bytes(head)) if len(head) == _LENGTH else None


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Read what comes until there is no more."""
    # Records are trees, freed as soon as they are sent: looking for cycles among them takes a fifth of the
    # time and finds none. What an error's traceback may leave is collected between the messages.
    gc.collect()
    gc.freeze()
    gc.disable()
    while (message := _receive(incoming)) is not None:
        _send(outgoing, _answer(message))
        gc.collect()


def _answer(message: bytes) -> bytes:
    task = _decode_task(message)
    return _encode([read_record(each, everything=task.everything) for each in task.records])


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
