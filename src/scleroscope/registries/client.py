"""Records from the ClinicalTrials.gov API, page by page, complete or loudly not.

The caller stores a page and, in the same transaction, the page's `State`; after a kill it hands the state
back and goes on behind that page. The API: https://clinicaltrials.gov/data-api/api
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain
from scleroscope.registries.record import RawRecord, Refusal, record
from scleroscope.registries.request import RegistryError, Request, get

BASE_URL = "https://clinicaltrials.gov/api/v2"
_TOKEN_REFUSED = 400


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far an update has come; plain data (`msgspec.json.encode`) that outlives the process."""

    query: str
    next_token: str | None = None
    announced: int | None = None  # how many studies the registry said that there are
    ids: tuple[str, ...] = ()  # of the studies that have arrived, each once
    refused: int = 0
    complete: bool = False  # the last page has arrived, and as many studies as announced


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page: its records, and the state to be kept with them."""

    records: tuple[RawRecord | Refusal, ...]
    state: State
    repeated: int  # studies that an earlier page held already; they are among the records


class IncompleteError(RegistryError):
    """Fewer or more studies arrived than the registry announced."""


class _Answer(msgspec.Struct):
    studies: list[msgspec.Raw]
    nextPageToken: str | None = None  # noqa: N815 - the registry's names
    totalCount: int | None = None  # noqa: N815


_answer = msgspec.json.Decoder(_Answer)


def scleroderma_query() -> str:
    """The condition search for all wordings of the diseases in scope, from the knowledge files.

    The API's condition search looks at conditions, titles, MeSH terms and keywords, which are what
    decides whether a study is in scope.
    """
    wordings = {
        plain(alias): alias for row in rows("conditions") if row["group"] for alias in cells(row["aliases"])
    }
    # A wording within another finds whatever the longer one would.
    kept = [
        alias
        for key, alias in sorted(wordings.items())
        if not any(f" {other} " in f" {key} " for other in wordings if other != key)
    ]
    return " OR ".join(f'"{alias}"' for alias in kept)


def pages(
    query: str | None = None,
    *,
    state: State | None = None,
    base_url: str = BASE_URL,
    page_size: int = 500,
    request: Request | None = None,
    wait: Callable[[float], None] = time.sleep,
    notice: Callable[[str], None] = lambda _text: None,
) -> Iterator[Page]:
    """Every study that the query finds, page by page; with `state`, from where it was left.

    `query` is the API's condition search (all of scleroderma by default), `wait` sleeps for so many
    seconds, `notice` is told why it waits. `RegistryError` when the registry cannot be reached or answers
    nonsense; `IncompleteError`, behind the last page, when the number of studies is not the announced one.
    """
    if state is None or state.complete or (query is not None and state.query != query):
        state = State(query=query or scleroderma_query())
    request = request or Request()
    with httpx.Client(timeout=request.timeout, follow_redirects=True) as client:
        while True:
            url = f"{base_url}/studies"
            try:
                body = get(client, url, _parameters(state, page_size), request, wait=wait, notice=notice)
            except RegistryError as error:
                if error.status != _TOKEN_REFUSED or state.next_token is None:
                    raise
                # A token lives for a while only; what has been stored stays and is met again unchanged.
                notice("the registry no longer knows where this update stopped: it starts again")
                state = State(query=state.query)
                continue
            page = _page(body, state, url)
            state = page.state
            yield page
            if state.next_token is None:
                break
    _check(state)


def _parameters(state: State, page_size: int) -> dict[str, str]:
    chosen = {"query.cond": state.query, "pageSize": str(page_size), "countTotal": "true", "format": "json"}
    return chosen | ({"pageToken": state.next_token} if state.next_token else {})


def _page(body: bytes, state: State, url: str) -> Page:
    try:
        answer = _answer.decode(body)
    except msgspec.DecodeError as error:
        raise RegistryError(f"{url} answered something that is no page of studies: {error}") from None
    seen, known = list(state.ids), set(state.ids)
    found = tuple(
        record(f"{url}[{len(seen) + position}]", bytes(study))
        for position, study in enumerate(answer.studies)
    )
    repeated = refused = 0
    for one in found:
        if isinstance(one, Refusal):
            refused += 1
        elif one.id in known:
            repeated += 1
        else:
            known.add(one.id)
            seen.append(one.id)
    if answer.nextPageToken is not None and answer.nextPageToken == state.next_token:
        raise RegistryError(f"{url} sends the same page over and over: stopped")
    announced = answer.totalCount if answer.totalCount is not None else state.announced
    refused += state.refused
    arrived = len(seen) + refused
    after: dict[str, Any] = {
        "next_token": answer.nextPageToken,
        "announced": announced,
        "ids": tuple(seen),
        "refused": refused,
        "complete": answer.nextPageToken is None and announced == arrived,
    }
    return Page(records=found, state=msgspec.structs.replace(state, **after), repeated=repeated)


def _check(state: State) -> None:
    arrived = len(state.ids) + state.refused
    if state.announced is None:
        raise IncompleteError(
            f"the registry did not say how many studies there are; {arrived:,} arrived and are kept, but "
            "nothing proves that these are all. Run the update again."
        )
    if state.announced != arrived:
        raise IncompleteError(
            f"the registry announced {state.announced:,} studies and {arrived:,} arrived. Those are kept, "
            "but the update is not complete. Run it again."
        )
