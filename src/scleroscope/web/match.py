"""`/match`: which trials may fit a person. What is told comes by POST, is answered, and is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from scleroscope.api.brought import Brought, bring
from scleroscope.api.match import Matches, PatientError, match_patient
from scleroscope.api.patients import one_patient
from scleroscope.api.questions import TREATMENTS, questions
from scleroscope.model.patient import Patient
from scleroscope.model.problem import BadRequest
from scleroscope.web import answers
from scleroscope.web.asked import in_page_words
from scleroscope.web.bodies import FORM, body, form
from scleroscope.web.kept import Kept, answer, pack
from scleroscope.web.render import render
from scleroscope.web.state import State

LARGEST_FILE = 20_000_000  # bytes of a patient file or Bundle
NEXT = 6  # questions that stand open at a time
FIRST = 10  # at the start
OPEN = ["recruiting", "not_yet_recruiting", "enrolling_by_invitation"]
VERDICTS = ("eligible", "possible", "not_known", "ineligible")
HTML = "text/html; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}


def add(app: FastAPI, state: State) -> None:
    """The routes of the match."""

    def start() -> str:
        found = ask(state, Patient(id="you"))
        groups = answers.groups({}, [each.field for each in found.ask_next[:FIRST]])
        return render(
            "match.html",
            found=None,
            open=len(found.trials),
            groups=groups,
            errors={},
            every=False,
            carried="",
        )

    def page(request: Request) -> Response:
        # The empty form holds nothing of anybody, so it may be kept here; the browser keeps no match page.
        return sent(request, state.shelf.get((state.stamp(), "match"), HTML, start))

    def read_file(request: Request, data: bytes, name: str, fields: Mapping[str, str]) -> Response:
        if not data:
            raise PatientError("no file was chosen")
        found = bring(data, name)
        patient = msgspec.structs.replace(found.patient, id="you")
        form = {**answers.write(patient), "trials": fields.get("trials", "open")}
        return _told(state, request, form, found)

    async def post(request: Request) -> Response:
        return await run_in_threadpool(_told, state, request, (await form(request)).fields)

    async def post_file(request: Request) -> Response:
        given = await form(request, LARGEST_FILE)
        return await run_in_threadpool(read_file, request, given.data, given.name, given.fields)

    def told_as_data(data: bytes) -> Response:
        try:
            record = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BadRequest("the body is not JSON; send one patient with the keys of the contract") from None
        if isinstance(record, dict):
            record.setdefault("id", "you")
        found = ask(state, one_patient(record))
        return Response(msgspec.json.encode(found), 200, NO_STORE, "application/json")

    async def data(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise HTTPException(415)
        return await run_in_threadpool(told_as_data, await body(request, FORM))

    described = {"requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}}
    app.add_api_route("/match", page, include_in_schema=False)
    app.add_api_route("/match", post, methods=["POST"], include_in_schema=False)
    app.add_api_route("/match/file", post_file, methods=["POST"], include_in_schema=False)
    app.add_api_route(
        "/match.json", data, methods=["POST"], openapi_extra=described, summary="Open trials for one patient"
    )


def ask(state: State, patient: Patient, *, every: bool = False) -> Matches:
    """The open trials, or all, for a patient."""
    with state.scope() as scope:
        return match_patient(scope.catalogue, patient, wanted={} if every else {"status": OPEN})


def _told(
    state: State, request: Request, fields: Mapping[str, str], brought: Brought | None = None
) -> Response:
    """The page with the answers that were given, and the trials if they can be meant."""
    patient, errors = answers.read(fields)
    every = fields.get("trials") == "all"
    found = None if errors else ask(state, patient, every=every)
    first = [each.field for each in found.ask_next[:NEXT]] if found else [*errors]
    notes = in_page_words(found.notes if found else ())
    text = render(
        "match.html",
        found=found,
        open=0,
        groups=answers.groups(fields, first),
        errors=errors,
        every=every,
        carried=fields.get(answers.CARRIED, ""),
        said=answers.said(fields, patient),
        brought=brought,
        by_verdict=_by_verdict(found) if found else {},
        names={name: each.name for name, each in questions().items()},
        notes=[
            line.replace("(status “not stated” lists them)", "(choose “all” to see them)") for line in notes
        ],
    )
    return sent(request, pack(text, HTML), 400 if errors else 200)


def sent(request: Request, kept: Kept, status: int = 200) -> Response:
    """An answer that no one keeps: without a tag."""
    response = answer(request, kept, age="no-store", status=status)
    del response.headers["etag"]
    return response


def _by_verdict(found: Matches) -> dict[str, list[Any]]:
    """The trials of each verdict, those open to patients first."""
    groups: dict[str, list[Any]] = {name: [] for name in VERDICTS}
    for each in sorted(found.trials, key=lambda one: one.status not in OPEN):
        groups[each.verdict].append(each)
    return groups


def _schema() -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "bool": {"type": "boolean"},
        "number": {"type": "number"},
        "text": {"type": "string"},
    }
    fields = {name: kinds[each.type] for name, each in questions().items() if name != TREATMENTS}
    return {"type": "object", "properties": {**fields, TREATMENTS: {"type": "array"}}}
