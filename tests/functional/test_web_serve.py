"""`serve` as a process: its logs hold nothing of anybody, and an import meanwhile breaks no page."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.functional import invented_trials
from tests.functional.browser import site

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")

MARK = "Zyxwvut8317"  # what nobody else would say


class Served:
    """A server that runs, and what it has written so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.catalogue = site.catalogue(folder)
        self.log = folder / "log"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "TMPDIR": str(folder / "tmp"),
        }
        (folder / "tmp").mkdir()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scleroscope", "serve", "--port", "0", "--json", "--catalogue",
                 str(self.catalogue), *options],
                stdout=subprocess.PIPE, stderr=log, env=environment, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        with self.process.stdout as told:
            line = told.readline()
        assert line, self.log.read_text(encoding="utf-8")
        self.port = int(json.loads(line)["address"].rstrip("/").rsplit(":", 1)[1])

        for _ in range(300):  # it listens in a moment
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)

    def ask(self, path: str, body: str | None = None, kind: str = "", method: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": kind or "application/x-www-form-urlencoded"} if body is not None else {}
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, text

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        finally:
            self.process.kill()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path)
    yield server
    server.stop()


def test_what_people_send_is_in_no_log_and_no_file(served: Served, tmp_path: Path) -> None:
    multipart = (
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x.{ending}"\r\n\r\n{text}\r\n--b--\r\n'
    )
    kind = "multipart/form-data; boundary=b"
    assert served.ask("/match", f"malignancy_type={MARK}&age={MARK}")[0] == 400
    assert served.ask("/match", f"malignancy_type={MARK}&age=50")[0] == 200
    assert served.ask("/match.json", f'{{"malignancy_type": "{MARK}"', "application/json")[0] == 400
    assert served.ask("/match/file", multipart.format(ending="json", text=f'{{"{MARK}": 1}}'), kind)[0] == 400
    assert (
        served.ask("/screen", multipart.format(ending="csv", text=f"id,age\n{MARK},{MARK}"), kind)[0] == 400
    )
    assert served.ask("/fhir/ResearchStudy/$match", f'{{"x": "{MARK}"}}', "application/fhir+json")[0] == 400
    assert served.ask(f"/trials?q={MARK}")[0] == 200
    assert served.ask(f"/{MARK}")[0] == 404
    assert served.ask("/trials", MARK, method=MARK)[0] in (400, 405)
    served.stop()
    assert MARK not in served.log.read_text(encoding="utf-8")
    left = [each for each in tmp_path.rglob("*") if each.is_file() and MARK.encode() in each.read_bytes()]
    assert not left
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/app.py",
        "/trials/../../etc/passwd", "/trials/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "//etc/passwd",
        "/trials/a%0d%0aSet-Cookie:%20a=b", "/trials/a%00b", "/trials/NCT99000001/criteria/..%2f..%2fx",
        "/trials/a%0d%0aX/criteria/cql", "/figures/..%2f..%2fx-wide.svg",
    ],
)  # fmt: skip
def test_paths_and_headers_cannot_be_broken_out_of(running: Served, path: str) -> None:
    status, text = running.ask(path)
    assert status in (400, 404)
    assert "root:" not in text
    assert "Set-Cookie" not in text.split("<body", 1)[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("serve"))
    yield server
    server.stop()


@pytest.mark.slow
def test_an_import_in_another_process_never_breaks_a_page(served: Served, tmp_path: Path) -> None:
    wrong: list[tuple[str, int]] = []
    seen: set[int] = set()
    done = threading.Event()

    def reader(path: str) -> None:
        while not done.is_set():
            status, text = served.ask(path)
            if status != 200:
                wrong.append((path, status))
            if path == "/trials.json":
                seen.add(json.loads(text)["total"])

    paths = ("/", "/trials", "/trials.json", "/trials/NCT99000001", "/about", "/trials.atom")
    threads = [threading.Thread(target=reader, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            source = tmp_path / f"more-{number}.json"
            command = [sys.executable, "-m", "scleroscope", "import", str(source)]
            records = [invented_trials.record(100 + 40 * number + each, f"More {each}") for each in range(40)]
            source.write_text(json.dumps({"studies": records}), encoding="utf-8")
            subprocess.run(
                [*command, "--catalogue", str(served.catalogue)],
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=True, capture_output=True,
            )  # fmt: skip
        served.ask("/trials.json")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert json.loads(served.ask("/trials.json")[1])["total"] == 124
    assert seen <= {4, 44, 84, 124}  # a whole import or none of it


@pytest.mark.slow
def test_several_processes_answer_alike(tmp_path: Path) -> None:
    server = Served(tmp_path, "--workers", "2")
    try:
        assert {server.ask("/trials")[0] for _ in range(12)} == {200}
        assert len({server.ask("/trials.json")[1] for _ in range(12)}) == 1
    finally:
        server.stop()
