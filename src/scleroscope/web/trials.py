"""`/trials`: search, facets with counts, filters, order, pages, and the same as files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from scleroscope.api.export import as_text
from scleroscope.api.filters import FILTERS
from scleroscope.api.search import Found
from scleroscope.web.asked import Asked, in_page_words, parameters, read
from scleroscope.web.kept import answer
from scleroscope.web.render import render
from scleroscope.web.state import State

PAGE = 20
FILES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
FEW = 6  # values of a facet that stand open
FACETS = {
    "status": "status", "phases": "phase", "families": "family", "targets": "target",
    "countries": "country", "sponsor_class": "sponsor_class",
}  # fmt: skip
"""Column of the search's facets → filter."""


def add(app: FastAPI, state: State) -> None:
    """The routes of the list."""

    def page(request: Request) -> Response:
        asked = read(request.query_params)

        def make() -> str:
            found = search(state, asked)
            last = max(1, -(-found.total // PAGE))
            return render(
                "trials.html",
                asked=asked,
                found=found,
                rows=found.trials.to_dicts(),
                facets=facets(found, asked),
                selects=_selects(),
                chosen=chosen(asked),
                notes=in_page_words(found.notes),
                page=asked.page,
                last=last,
                first=(asked.page - 1) * PAGE + 1,
                snippet=snippet,
            )

        key = (state.stamp(), "trials", *asked.pairs(page=asked.page))
        return answer(request, state.shelf.get(key, "text/html; charset=utf-8", make))

    def data(request: Request) -> Response:
        asked = read(request.query_params)

        def make() -> bytes:
            found = search(state, asked)
            return msgspec.json.encode({**found.to_dict(), "page": asked.page, "per_page": PAGE})

        key = (state.stamp(), "trials.json", *asked.pairs(page=asked.page))
        return answer(request, state.shelf.get(key, "application/json", make))

    def file(request: Request, kind: str) -> Response:
        asked = read(request.query_params)

        def make() -> str | bytes:
            return _file(state, asked, kind)

        media_type = FILES[kind]
        key = (state.stamp(), f"trials.{kind}", *asked.pairs())
        response = answer(request, state.shelf.get(key, media_type, make))
        response.headers["Content-Disposition"] = f'attachment; filename="trials.{kind}"'
        return response

    def csv(request: Request) -> Response:
        return file(request, "csv")

    def jsonl(request: Request) -> Response:
        return file(request, "jsonl")

    def parquet(request: Request) -> Response:
        return file(request, "parquet")

    about = {"parameters": parameters()}
    app.add_api_route("/trials", page, include_in_schema=False)
    app.add_api_route("/trials.json", data, openapi_extra=about, summary="Trials by words, place and filters")
    app.add_api_route("/trials.csv", csv, openapi_extra=about, summary="All trials of a search, as CSV")
    app.add_api_route(
        "/trials.jsonl", jsonl, openapi_extra=about, summary="All trials of a search, as JSON lines"
    )
    app.add_api_route(
        "/trials.parquet", parquet, openapi_extra=about, summary="All trials of a search, as Parquet"
    )


def search(state: State, asked: Asked, *, every: bool = False) -> Found:
    """One page of the trials that were asked for, or all of them."""
    with state.scope() as scope:
        return scope.search(
            asked.q, near=asked.near or None, within=asked.within or None, sort=asked.sort,
            limit=None if every else PAGE, offset=0 if every else (asked.page - 1) * PAGE, **asked.filters,
        )  # fmt: skip


def _file(state: State, asked: Asked, kind: str) -> str | bytes:
    """Every column of all trials of a search, not of one page."""
    ids = search(state, asked, every=True).trials["id"].to_list()
    with state.scope() as scope:
        trials = scope.trials()
    wanted = trials.filter(trials["id"].is_in(ids))
    if kind == "parquet":
        file = BytesIO()
        wanted.write_parquet(file)
        return file.getvalue()
    return as_text(wanted, "csv" if kind == "csv" else "jsonl")


def facets(found: Found, asked: Asked) -> list[dict[str, Any]]:
    """Each facet with its values: name, count, the address that adds or takes it, whether it is chosen."""
    made = []
    for column, name in FACETS.items():
        values = [
            {
                "name": shown,
                "count": count,
                "on": (identity or "not_stated") in asked.filters.get(name, ()),
                "link": asked.toggled(name, identity or "not_stated").address("/trials"),
            }
            for identity, shown, count in found.facets[column]
        ]
        made.append({"title": name.replace("_", " "), "few": values[:FEW], "rest": values[FEW:]})
    return made


def chosen(asked: Asked) -> list[dict[str, str]]:
    """The filters that are set, each with the address without it."""
    return [
        {
            "name": f"{name.replace('_', ' ')}: {value.replace('_', ' ')}",
            "link": asked.toggled(name, value).address("/trials"),
        }
        for name, values in asked.filters.items()
        for value in values
    ]


def _selects() -> list[dict[str, Any]]:
    """The filters that are no facet, as the form shows them."""
    return [
        {"name": each.name, "help": each.help, "values": sorted(each.known()) if each.known else None}
        for each in FILTERS
        if each.name not in FACETS.values()
    ]


def snippet(text: str) -> list[tuple[str, bool]]:
    """Search's `a [hit] b` as stretches, hits marked."""
    return [(part, number % 2 == 1) for number, part in enumerate(text.replace("]", "[").split("[")) if part]
