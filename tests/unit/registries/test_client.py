"""The client against a real HTTP server that misbehaves in every way that a registry can."""

import email.utils
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from scleroscope.registries.client import IncompleteError, Page, State, pages, scleroderma_query
from scleroscope.registries.record import RawRecord, Refusal
from scleroscope.registries.request import RegistryError, Request
from scleroscope.registries.scope import might_be_scleroderma

Answer = Callable[[BaseHTTPRequestHandler], None]


def study(number: int) -> dict[str, object]:
    ids = {"nctId": f"NCT9{number:07d}", "briefTitle": f"Invented trial {number}"}
    return {"protocolSection": {"identificationModule": ids}}


class Registry:
    """Serves 7 invented studies, three a page; `mischief` is answered first, one for each request."""

    def __init__(self) -> None:
        self.studies: list[list[dict[str, object]]] = [
            [study(1), study(2), study(3)],
            [study(4), study(5), study(6)],
            [study(7)],
        ]
        self.total: int | None = 7
        self.mischief: list[Answer | None] = []
        self.asked: list[dict[str, list[str]]] = []
        self.tokens = {"": 0, "second": 1, "third": 2}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                registry.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v2"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        self.asked.append(asked)
        mischief = self.mischief.pop(0) if self.mischief else None
        if mischief:
            mischief(handler)
            return
        token = asked.get("pageToken", [""])[0]
        if token not in self.tokens:
            send(handler, b'{"message": "unknown pageToken"}', status=400)
            return
        number = self.tokens[token]
        page: dict[str, object] = {"studies": self.studies[number]}
        if number == 0 and self.total is not None:
            page["totalCount"] = self.total
        following = [name for name, place in self.tokens.items() if place == number + 1]
        if following:
            page["nextPageToken"] = following[0]
        send(handler, json.dumps(page).encode())


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def busy(status: int, **headers: str) -> Answer:
    return lambda handler: send(handler, b"<html>busy</html>", status=status, **headers)


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"studies": [')
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)
    handler.close_connection = True


def trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass  # the client has had enough
    handler.close_connection = True


@pytest.fixture
def registry() -> Iterator[Registry]:
    found = Registry()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


class Update:
    """An update that has run, with what it waited for and what it said."""

    def __init__(self, registry: Registry, state: State | None = None, **options: float) -> None:
        self.waited: list[float] = []
        self.notices: list[str] = []
        self.pages: list[Page] = []
        self.error: RegistryError | None = None
        request = msgspec.structs.replace(Request(timeout=0.3, longest=0.5), **options)
        stream = pages(
            "invented",
            state=state,
            base_url=registry.url,
            request=request,
            wait=self.waited.append,
            notice=self.notices.append,
        )
        try:
            for page in stream:
                self.pages.append(page)
        except RegistryError as error:
            self.error = error

    @property
    def ids(self) -> list[str]:
        return [one.id for page in self.pages for one in page.records if isinstance(one, RawRecord)]


WANTED = [f"NCT9{number:07d}" for number in range(1, 8)]


def test_all_pages_arrive_and_the_count_is_the_announced_one(registry: Registry) -> None:
    update = Update(registry)
    assert update.error is None
    assert update.ids == WANTED
    assert [page.state.complete for page in update.pages] == [False, False, True]
    first = registry.asked[0]
    assert (first["query.cond"], first["countTotal"], "pageToken" in first) == (["invented"], ["true"], False)
    assert [asked.get("pageToken") for asked in registry.asked[1:]] == [["second"], ["third"]]


def test_records_arrive_byte_for_byte(registry: Registry) -> None:
    record = Update(registry).pages[0].records[0]
    assert isinstance(record, RawRecord)
    assert json.loads(record.raw) == study(1)


def test_retry_after_is_obeyed(registry: Registry) -> None:
    soon = email.utils.formatdate(time.time() + 30, usegmt=True)
    registry.mischief = [
        busy(429, Retry_After="7"),
        busy(429, Retry_After=soon),
        busy(429, Retry_After="9999"),
    ]
    update = Update(registry)
    assert (update.error, update.ids) == (None, WANTED)
    assert update.waited[0] == 7
    assert 25 < update.waited[1] <= 30
    assert update.waited[2] == 120, "nobody waits for hours"
    assert "429" in update.notices[0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_delays_double_while_the_registry_is_busy(registry: Registry, status: int) -> None:
    registry.mischief = [busy(status)] * 4
    update = Update(registry)
    assert (update.error, update.ids, update.waited) == (None, WANTED, [1, 2, 4, 8])


@pytest.mark.parametrize("trouble", [cut, hang_up, silent, trickle])
def test_broken_and_slow_answers_are_asked_for_again(registry: Registry, trouble: Answer) -> None:
    registry.mischief = [None, trouble]
    update = Update(registry)
    assert (update.error, update.ids, update.waited) == (None, WANTED, [1])
    assert len(registry.asked) == 4


def test_a_registry_that_stays_broken_is_given_up_with_clear_words(registry: Registry) -> None:
    registry.mischief = [None] + [busy(503)] * 6
    update = Update(registry)
    assert update.ids == WANTED[:3], "what arrived before is kept"
    assert update.error is not None
    assert "HTTP 503" in str(update.error)
    assert "given up after 6 attempts" in str(update.error)


def test_a_repeated_study_is_not_counted_twice(registry: Registry) -> None:
    registry.studies[1].insert(0, study(3))
    update = Update(registry)
    assert update.error is None
    assert [page.repeated for page in update.pages] == [0, 1, 0]
    assert list(update.pages[-1].state.ids) == WANTED


@pytest.mark.parametrize("total", [9, 6])
def test_another_number_than_announced_fails_loudly_behind_the_last_page(
    registry: Registry, total: int
) -> None:
    registry.total = total
    update = Update(registry)
    assert update.ids == WANTED
    assert isinstance(update.error, IncompleteError)
    assert f"announced {total} studies and 7 arrived" in str(update.error)
    assert not update.pages[-1].state.complete


def test_no_announced_number_fails_loudly(registry: Registry) -> None:
    registry.total = None
    update = Update(registry)
    assert isinstance(update.error, IncompleteError)
    assert "did not say" in str(update.error)


def test_an_update_goes_on_where_it_was_killed(registry: Registry) -> None:
    for stop in (1, 2):
        registry.asked.clear()
        stream = pages("invented", base_url=registry.url)
        before = [next(stream) for _ in range(stop)]
        stream.close()  # type: ignore[attr-defined]
        stored = msgspec.json.encode(before[-1].state)
        update = Update(registry, msgspec.json.decode(stored, type=State))
        assert update.error is None
        assert len(registry.asked) == 3, "no page is asked for twice"
        assert list(update.pages[-1].state.ids) == WANTED


def test_an_expired_place_starts_again(registry: Registry) -> None:
    state = State(query="invented", next_token="of last year", announced=40, ids=("NCT90000099",))
    update = Update(registry, state)
    assert (update.error, update.ids) == (None, WANTED)
    assert "starts again" in update.notices[0]


def test_a_complete_state_means_a_new_update(registry: Registry) -> None:
    done = Update(registry).pages[-1].state
    assert Update(registry, done).ids == WANTED


def test_the_state_of_another_query_is_not_gone_on_with(registry: Registry) -> None:
    assert Update(registry, State(query="another", next_token="third", announced=1)).ids == WANTED


def test_a_study_that_is_none_is_refused_and_counted(registry: Registry) -> None:
    registry.studies[2] = [{"message": "no study"}]
    update = Update(registry)
    assert update.error is None
    (refused,) = update.pages[-1].records
    assert isinstance(refused, Refusal)
    assert refused.source.endswith("/studies[6]")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda handler: send(handler, b"<html>Log in, please</html>"), "is no JSON"),
        (lambda handler: send(handler, b'{"studies": 7}'), "no page of studies"),
        (lambda handler: send(handler, b'{"studies": ['), "no page of studies"),
        (lambda handler: send(handler, b"bad  query\n", status=400), "(HTTP 400): bad query"),
        (lambda handler: send(handler, b"", status=404), "HTTP 404"),
    ],
)
def test_nonsense_is_named(registry: Registry, answer: Answer, said: str) -> None:
    registry.mischief = [answer] * 6
    update = Update(registry)
    assert said in str(update.error)
    assert "\n" not in str(update.error)


def test_a_page_that_names_itself_as_the_next_ends_the_update(registry: Registry) -> None:
    registry.tokens = {"": 0, "second": 1}
    same = json.dumps({"studies": [study(4)], "nextPageToken": "second"}).encode()
    registry.mischief = [None, lambda handler: send(handler, same)]
    assert "over and over" in str(Update(registry).error)


def test_an_endless_answer_is_stopped(registry: Registry) -> None:
    registry.mischief = [lambda handler: send(handler, b"{" + b" " * 5000)]
    assert "longer than" in str(Update(registry, largest=4000).error)


def test_offline_is_said_soon_and_in_words(registry: Registry) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        registry.url = f"http://127.0.0.1:{probe.getsockname()[1]}/api/v2"
    update = Update(registry)
    assert "offline?" in str(update.error)
    assert sum(update.waited) <= 3


def test_the_query_finds_whatever_is_in_scope() -> None:
    wordings = [part.strip('"') for part in scleroderma_query().split(" OR ")]
    assert len(scleroderma_query()) < 4000, "addresses have limits"
    assert len(wordings) == len(set(wordings)) > 10
    for wording in wordings:
        assert might_be_scleroderma(json.dumps(study(1)).replace("Invented", wording).encode())
