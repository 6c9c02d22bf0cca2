"""`/screen`: a cohort against the trials' criteria, whom each costs, and what if they were others.

The table comes by POST, is screened, and is deleted before the answer is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from scleroscope.api.match import PatientError
from scleroscope.api.screen import Screening, WhatIf, screen_cohort, whatif
from scleroscope.api.table import ROWS, brought_table
from scleroscope.web.asked import in_page_words
from scleroscope.web.bodies import Brought, table_form
from scleroscope.web.kept import pack
from scleroscope.web.match import HTML, NO_STORE, OPEN, sent
from scleroscope.web.render import render
from scleroscope.web.state import State

LARGEST = 50_000_000  # bytes of a table
VIRTUAL = 5_000  # people, where no table is brought
MOST_DROPPED = 60


class Wanted(NamedTuple):
    """What is asked of the cohort."""

    trial: str = ""
    every: bool = False
    drop: tuple[str, ...] = ()
    relax: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The screening, and what if some criteria were others where that was asked."""

    screening: Screening
    whatif: WhatIf | None = None


def add(app: FastAPI, state: State) -> None:
    """The routes of the cohort."""

    def page(request: Request) -> Response:
        kept = state.shelf.get((state.stamp(), "screen"), HTML, lambda: _page(None, Wanted(), virtual=False))
        return sent(request, kept)

    def told(request: Request, brought: Brought) -> Response:
        wanted = _wanted(brought.fields)
        found, virtual = _answer(state, brought, wanted)
        return sent(request, pack(_page(found, wanted, virtual=virtual), HTML))

    def told_as_data(brought: Brought) -> Response:
        found, _ = _answer(state, brought, _wanted(brought.fields))
        return Response(msgspec.json.encode(found), 200, NO_STORE, "application/json")

    async def post(request: Request) -> Response:
        async with table_form(request, LARGEST) as brought:
            return await run_in_threadpool(told, request, brought)

    async def data(request: Request) -> Response:
        async with table_form(request, LARGEST) as brought:
            return await run_in_threadpool(told_as_data, brought)

    app.add_api_route("/screen", page, include_in_schema=False)
    app.add_api_route("/screen", post, methods=["POST"], include_in_schema=False)
    app.add_api_route(
        "/screen.json", data, methods=["POST"], openapi_extra=_described(), summary="A cohort against trials"
    )


def _wanted(fields: Mapping[str, Sequence[str]]) -> Wanted:
    def one(name: str) -> str:
        return next(iter(fields.get(name, ())), "").strip()

    return Wanted(
        trial=one("trial"),
        every=one("trials") == "all",
        drop=tuple(fields.get("drop", ()))[:MOST_DROPPED],
        relax=tuple(line.strip() for line in one("relax").splitlines() if line.strip())[:MOST_DROPPED],
    )


def _answer(state: State, brought: Brought, wanted: Wanted) -> tuple[Answer, bool]:
    virtual = "virtual" in brought.fields.get("cohort", ())
    with state.scope() as scope, ExitStack() as stack:
        if virtual:
            file: BinaryIO = BytesIO(_virtual())
            name = "virtual.parquet"
        elif brought.file is None:
            raise PatientError("no file was chosen")
        else:
            file, name = brought.file, brought.name
        path = stack.enter_context(brought_table(file, name))
        if wanted.trial:
            studies: Sequence[str] = (wanted.trial,)
        else:
            studies = () if wanted.every else scope.trials(status=OPEN)["id"].to_list()
        screening = screen_cohort(scope.catalogue, path, studies=studies)
        if not (wanted.trial and (wanted.drop or wanted.relax)):
            return Answer(screening=screening), virtual
        other = whatif(scope.catalogue, wanted.trial, path, drop=wanted.drop, relax=wanted.relax)
        return Answer(screening=screening, whatif=other), virtual


@cache
def _virtual() -> bytes:
    """Virtual people, as a Parquet table."""
    from scleroscope.api.design import population

    table = BytesIO()
    population(VIRTUAL, seed=1).drop("true_mrss", strict=False).write_parquet(table)
    return table.getvalue()


def _page(found: Answer | None, wanted: Wanted, *, virtual: bool) -> str:
    return render(
        "screen.html",
        found=found,
        wanted=wanted,
        virtual=virtual,
        rows=ROWS,
        many=VIRTUAL,
        largest=LARGEST // 1_000_000,
        words=lambda text: in_page_words([text])[0],
        short=lambda text: re.sub(r"^You can(?:not)? take part (?:only )?if ", "", text).rstrip("."),
    )


def _described() -> dict[str, Any]:
    text = {"type": "string"}
    schema = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "A .csv or .parquet table."},
            "cohort": {"type": "string", "enum": ["file", "virtual"]},
            "trial": {**text, "description": "One trial, by id or acronym; without it those open, or all."},
            "trials": {"type": "string", "enum": ["open", "all"]},
            "drop": {
                "type": "array",
                "items": text,
                "description": "Criteria of the trial to leave out: E4.",
            },
            "relax": {**text, "description": "Other bounds, one a line: fvc_percent_predicted >= 45."},
        },
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
