"""`/`: the field at a glance, and its figures."""

from __future__ import annotations

import base64
import hashlib
import re

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from scleroscope.charts.report import NARROW, WIDE
from scleroscope.charts.svg import standalone
from scleroscope.web import field
from scleroscope.web.asked import in_page_words, parameters, read
from scleroscope.web.headers import policy
from scleroscope.web.kept import answer
from scleroscope.web.render import render
from scleroscope.web.state import State

HTML = "text/html; charset=utf-8"
WIDTHS = {"wide": WIDE, "narrow": NARROW}


def add(app: FastAPI, state: State) -> None:
    """The routes of the overview."""

    def page(request: Request) -> Response:
        asked = read(request.query_params, only_filters=True)

        def make() -> str:
            with state.scope() as scope:
                view = scope.overview(**asked.filters)
            return render(
                "overview.html",
                view=view,
                parts=field.parts(view, asked),
                asked=asked,
                notes=in_page_words(view.notes),
            )

        key = (state.stamp(), "overview", *asked.pairs())
        return answer(request, state.shelf.get(key, HTML, make))

    def data(request: Request) -> Response:
        asked = read(request.query_params, only_filters=True)

        def make() -> bytes:
            with state.scope() as scope:
                return msgspec.json.encode(scope.overview(**asked.filters).to_dict())

        key = (state.stamp(), "overview.json", *asked.pairs())
        return answer(request, state.shelf.get(key, "application/json", make))

    def figure(request: Request, name: str, width: str) -> Response:
        asked = read(request.query_params, only_filters=True)
        if width not in WIDTHS:
            raise HTTPException(404)

        def make() -> str:
            with state.scope() as scope:
                section = field.section(scope.overview(**asked.filters), name, asked)
            if section is None or section.figure is None:
                raise HTTPException(404)
            # A policy forbids style attributes; the width is an attribute of its own.
            drawn = re.sub(
                r' style="[^"]*max-width:(\d+)px[^"]*"',
                r' width="\1"',
                section.figure.draw(WIDTHS[width]),
                count=1,
            )
            return standalone(drawn)

        key = (state.stamp(), "figure", name, width, *asked.pairs())
        kept = state.shelf.get(key, "image/svg+xml", make)
        response = answer(request, kept)
        response.headers["Content-Security-Policy"] = _figure_policy(kept.body.decode())
        return response

    about = {"parameters": parameters(only_filters=True)}
    app.add_api_route("/", page, include_in_schema=False)
    app.add_api_route("/overview.json", data, openapi_extra=about, summary="The field at a glance")
    app.add_api_route("/figures/{name}-{width}.svg", figure, include_in_schema=False)


def _figure_policy(svg: str) -> str:
    """A figure that is opened alone may use the one style sheet inside it, named by its hash."""
    found = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    text = found[1] if found else ""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return policy({"style-src": f"'sha256-{digest}'", "script-src": "'none'"})
