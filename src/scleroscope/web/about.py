"""`/about`: what the data are, as of when, how much of the criteria is read."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from scleroscope.api.coverage import coverage
from scleroscope.web.kept import answer
from scleroscope.web.render import render
from scleroscope.web.state import State


def add(app: FastAPI, state: State) -> None:
    """The routes of the page about the site."""

    def facts() -> dict[str, Any]:
        with state.scope() as scope:
            view = scope.overview()
            read = coverage(scope.catalogue)
            books = scope.catalogue.imports()
        return {
            "trials": view.totals.trials,
            "as_of": view.as_of,
            "criteria": read,
            "imports": [{"what": each.kind, "when": each.started[:10]} for each in books[-5:]],
        }

    def page(request: Request) -> Response:
        key = (state.stamp(), "about")
        kept = state.shelf.get(key, "text/html; charset=utf-8", lambda: render("about.html", **facts()))
        return answer(request, kept)

    def data(request: Request) -> Response:
        key = (state.stamp(), "about.json")
        kept = state.shelf.get(key, "application/json", lambda: msgspec.json.encode(facts()))
        return answer(request, kept)

    app.add_api_route("/about", page, include_in_schema=False)
    app.add_api_route("/about.json", data, summary="What the data are and how much is read")
