"""The site as an ASGI app."""

from __future__ import annotations

from pathlib import Path

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from scleroscope import __version__
from scleroscope.model.problem import NotFound, Problem
from scleroscope.web import about, design, feed, fhir, match, overview, screen, trial, trials
from scleroscope.web.asked import in_page_words
from scleroscope.web.headers import Secured
from scleroscope.web.kept import answer, pack
from scleroscope.web.render import environment, render, static
from scleroscope.web.state import State

PAGES = (overview, trials, trial, match, fhir, screen, design, feed, about)


def create_app(catalogue: Path | None = None) -> Secured:
    """The site on a catalogue (default: as `connect` says). NotFound when there is none."""
    state = State(catalogue)
    environment()
    static()
    app = FastAPI(
        title="scleroscope",
        version=__version__,
        description="The clinical trials of systemic sclerosis.",
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
    )
    for page in PAGES:
        page.add(app, state)
    app.add_api_route("/static/{name}", _static, include_in_schema=False)

    def problem(request: Request, error: Exception) -> Response:
        return _problem(request, error, str(state.path))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, problem)
    return Secured(app)


def _static(request: Request, name: str) -> Response:
    if name not in static():
        raise HTTPException(404)
    kind, body = static()[name]
    return answer(request, pack(body, kind), age="public, max-age=31536000, immutable")


def _problem(request: Request, error: Exception, path: str) -> Response:
    """A problem as a page, or as JSON where JSON was asked for; where our files lie is nobody's business."""
    if isinstance(error, HTTPException):
        status = error.status_code
        says = {
            404: "There is no such page.",
            413: "That is more than is taken in at once.",
            503: "Busy with another simulation; try again in a moment.",
        }.get(status, "This page cannot be asked so.")
    else:
        status = 404 if isinstance(error, NotFound) else 400
        says = in_page_words([str(error).replace(path, "this catalogue")])[0]
    if request.url.path.endswith((".json", ".csv", ".jsonl", ".parquet", ".atom", ".toml")):
        body, kind = msgspec.json.encode({"error": says}), "application/json"
    else:
        body, kind = render("problem.html", status=status, says=says).encode(), "text/html; charset=utf-8"
    return Response(body, status, {"Cache-Control": "no-store"}, kind)
