"""Update: the registry's scleroderma studies, page by page, complete or loudly not.

A page and how far the update came with it are stored in one transaction. An update that was stopped,
however, goes on behind the last page that it stored, in the same books.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import msgspec

from scleroscope.catalogue.books import Books
from scleroscope.catalogue.catalogue import Catalogue
from scleroscope.catalogue.history import imports
from scleroscope.catalogue.intake import Intake, Progress, intake
from scleroscope.model.problem import Problem
from scleroscope.registries.client import BASE_URL, IncompleteError, State, pages, scleroderma_query
from scleroscope.registries.request import RegistryError, Request


def update(
    catalogue: Catalogue,
    *,
    base_url: str = BASE_URL,
    page_size: int = 500,
    request: Request | None = None,
    progress: Progress | None = None,
    notice: Callable[[str], None] = lambda _text: None,
    now: dt.datetime | None = None,
) -> Books:
    """Fetch every scleroderma study of the registry; only what changed is written.

    The books name what is amiss in `failures`: fewer or more studies than the registry announced, or
    studies that arrived and are not in the catalogue. Problem, with what arrived kept, if the registry
    cannot be reached or the catalogue not be written.
    """
    state, books = _left(catalogue, base_url)
    request = request or Request()
    with intake(catalogue, "update", base_url, everything=False, resumed=books, now=now) as taking:
        try:
            for page in pages(
                scleroderma_query(),
                state=state,
                base_url=base_url,
                page_size=page_size,
                request=request,
                notice=notice,
            ):
                state = page.state
                taking.books.announced = state.announced
                taking.store(page.records, also=partial(_keep, taking, base_url, state))
                if progress:
                    progress(taking.books)
        except IncompleteError as error:
            taking.fail(str(error))
        except RegistryError as error:
            raise Problem(str(error)) from None
        if state is not None:
            for failure in _missing(catalogue, state):
                taking.fail(failure)
        catalogue.connection.execute("DELETE FROM resume WHERE source = ?", (base_url,))
    return taking.books


def _left(catalogue: Catalogue, source: str) -> tuple[State | None, Books | None]:
    """Where an update from this source was stopped, and its books; None if none was."""
    row = catalogue.connection.execute(
        "SELECT import, state FROM resume WHERE source = ?", (source,)
    ).fetchone()
    if row is None:
        return None, None
    number, packed = row
    state = msgspec.json.decode(packed, type=State)
    # Other knowledge asks another question: what has arrived stays, the update starts again.
    if state.query != scleroderma_query() or state.next_token is None:
        return None, None
    return state, next((books for books in imports(catalogue.connection) if books.number == number), None)


def _keep(taking: Intake, source: str, state: State) -> None:
    taking.connection.execute(
        "INSERT OR REPLACE INTO resume (source, import, state) VALUES (?, ?, ?)",
        (source, taking.books.number, msgspec.json.encode(state).decode()),
    )


def _missing(catalogue: Catalogue, state: State) -> list[str]:
    """What arrived must be stored or known as out of scope, by the catalogue's own tables."""
    known = "SELECT 1 FROM trials WHERE id = ?1 UNION ALL SELECT 1 FROM passed_over WHERE id = ?1"
    run = catalogue.connection.execute
    lost = [trial for trial in state.ids if run(known, (trial,)).fetchone() is None]
    return (
        [f"{len(lost):,} studies arrived and are not in the catalogue: {', '.join(lost[:5])}"] if lost else []
    )
