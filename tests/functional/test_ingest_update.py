"""`scleroscope update` against a real HTTP server on loopback."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.invented import trial, updated

from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.update import update
from scleroscope.catalogue.verify import verify
from scleroscope.model.problem import Problem
from scleroscope.registries.request import Request

Run = Callable[..., subprocess.CompletedProcess[str]]
HASTY = Request(attempts=2, first_delay=0.01, timeout=2.0)


class Registry:
    """Speaks as much of the API as an update needs: pages of two studies, tokens, totalCount."""

    def __init__(self) -> None:
        self.studies: list[dict[str, Any]] = [trial(f"NCT9000000{n}") for n in range(5)]
        self.extra = 0  # announced and never delivered
        self.broken_from: int | None = None  # the first page that is answered with an error
        self.asked: list[int] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v2"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        number = int(asked.get("pageToken", ["0"])[0])
        self.asked.append(number)
        if self.broken_from is not None and number >= self.broken_from:
            handler.send_error(503)
            return
        page: dict[str, Any] = {
            "studies": self.studies[number * 2 : number * 2 + 2],
            "totalCount": len(self.studies) + self.extra,
        }
        if (number + 1) * 2 < len(self.studies):
            page["nextPageToken"] = str(number + 1)
        body = json.dumps(page).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def registry() -> Iterator[Registry]:
    served = Registry()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


def test_an_update_brings_everything_and_then_only_what_changed(
    run: Run, registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "c.sqlite"
    done = run("update", "--registry", registry.url, "--catalogue", path, "--json")
    assert done.returncode == 0, done.stderr
    books = json.loads(done.stdout)
    assert (books["read"], books["new"], books["announced"], books["complete"]) == (5, 5, 5, True)
    registry.studies[3] = trial(
        "NCT90000003", **updated("2026-02-02"), statusModule__overallStatus="COMPLETED"
    )
    again = json.loads(run("update", "--registry", registry.url, "--catalogue", path, "--json").stdout)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 1, 4)
    assert run("verify", "--catalogue", path).returncode == 0


def test_fewer_studies_than_announced_fail_loudly_and_are_kept(
    run: Run, registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "c.sqlite"
    registry.extra = 2
    done = run("update", "--registry", registry.url, "--catalogue", path)
    assert done.returncode == 1
    assert "announced 7 studies and 5 arrived" in done.stderr
    assert "interrupted" in run("verify", "--catalogue", path).stderr
    registry.extra = 0
    assert run("update", "--registry", registry.url, "--catalogue", path).returncode == 0
    assert run("verify", "--catalogue", path).returncode == 0


def test_a_stopped_update_goes_on_behind_the_last_stored_page(registry: Registry, tmp_path: Path) -> None:
    with open_catalogue(tmp_path / "c.sqlite") as catalogue:
        registry.broken_from = 1
        with pytest.raises(Problem, match="kept"):
            update(catalogue, base_url=registry.url, request=HASTY)
        assert catalogue.ids() == ["NCT90000000", "NCT90000001"]
        registry.broken_from = None
        registry.asked.clear()
        books = update(catalogue, base_url=registry.url, request=HASTY)
        assert registry.asked == [1, 2]
        assert (books.read, books.new, books.complete) == (5, 5, True)
        assert len(catalogue.imports()) == 1
        assert verify(catalogue).sound
        registry.asked.clear()
        assert update(catalogue, base_url=registry.url, request=HASTY).unchanged == 5
        assert registry.asked == [0, 1, 2]


def test_an_update_that_is_killed_between_pages_goes_on(registry: Registry, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(_books: object) -> None:
        raise Killed

    with open_catalogue(tmp_path / "c.sqlite") as catalogue, pytest.raises(Killed):
        update(catalogue, base_url=registry.url, request=HASTY, progress=kill)
    with open_catalogue(tmp_path / "c.sqlite") as catalogue:
        assert len(catalogue) == 2
        registry.asked.clear()
        assert update(catalogue, base_url=registry.url, request=HASTY).complete
        assert registry.asked == [1, 2]


def test_a_study_on_two_pages_is_counted_once_and_a_shift_is_noticed(
    registry: Registry, tmp_path: Path
) -> None:
    registry.studies.insert(2, trial("NCT90000001"))
    with open_catalogue(tmp_path / "c.sqlite") as catalogue:
        books = update(catalogue, base_url=registry.url, request=HASTY)
        assert (books.read, books.new, books.unchanged, books.repeated) == (6, 5, 1, 1)
        assert not books.complete
        assert "announced 6 studies and 5 arrived" in books.failures[0]


def test_offline_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    done = run("update", "--registry", "http://127.0.0.1:9/api/v2", "--catalogue", tmp_path / "c.sqlite")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "offline" in done.stderr.splitlines()[-1]
