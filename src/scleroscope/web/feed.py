"""`/trials.atom`: the newest changes among the trials of a search, to subscribe to."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import FastAPI, Request, Response

from scleroscope.web.asked import Asked, parameters, read
from scleroscope.web.kept import answer
from scleroscope.web.render import render
from scleroscope.web.state import State
from scleroscope.web.trials import search

MOST = 50
NEVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


def add(app: FastAPI, state: State) -> None:
    """The route of the feed."""

    def feed(request: Request) -> Response:
        asked = read(request.query_params)

        def make() -> str:
            found = entries(state, asked)
            newest = max((each["at"] for each in found), default=NEVER)
            text = render("feed.xml", asked=asked, entries=found, newest=newest, identity=_identity)
            # XML has no place for control characters, and a record may hold any.
            return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)

        key = (state.stamp(), "atom", *asked.pairs())
        return answer(request, state.shelf.get(key, "application/atom+xml", make))

    about = {"parameters": parameters()}
    app.add_api_route(
        "/trials.atom", feed, openapi_extra=about, summary="What changed among the trials of a search"
    )


def entries(state: State, asked: Asked) -> list[dict[str, Any]]:
    """The trials, the latest change first: when, and whether the trial itself was new then."""
    ids = search(state, asked, every=True).trials["id"].to_list()
    with state.scope() as scope:
        trials = scope.trials()
    found = [
        {
            **row,
            "at": row["last_changed"] or row["first_seen"] or NEVER,
            "new": row["last_changed"] in (None, row["first_seen"]),
        }
        for row in trials.filter(trials["id"].is_in(ids)).to_dicts()
    ]
    return sorted(found, key=lambda row: (row["at"], row["id"]), reverse=True)[:MOST]


def _identity(*parts: str) -> str:
    """An id that stays, whatever machine shows the pages."""
    return uuid5(NAMESPACE_URL, "scleroscope/" + "/".join(parts)).urn
