"""`/match`: which trials may fit a person. What is typed comes by POST, is answered, and is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from scleroscope.api.match import Matches, PatientError, answered, match_patient
from scleroscope.api.patients import one_patient
from scleroscope.api.questions import TREATMENTS, Field, questions
from scleroscope.model.patient import Patient
from scleroscope.model.problem import BadRequest
from scleroscope.web.asked import in_page_words
from scleroscope.web.kept import Kept, answer, pack
from scleroscope.web.render import render
from scleroscope.web.state import State

LARGEST = 65_536  # bytes of a request
MOST = 400  # answers of a form
NEXT = 6  # questions that stand open at a time
FIRST = 10  # at the start
OPEN = ["recruiting", "not_yet_recruiting", "enrolling_by_invitation"]
HTML = "text/html; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}


def add(app: FastAPI, state: State) -> None:
    """The routes of the match."""

    def ask(patient: Patient, *, every: bool) -> Matches:
        with state.scope() as scope:
            return match_patient(scope.catalogue, patient, wanted={} if every else {"status": OPEN})

    def start() -> str:
        found = ask(Patient(id="you"), every=False)
        groups = _groups({}, [each.field for each in found.ask_next[:FIRST]])
        return render("match.html", found=None, groups=groups, errors={}, every=False, said=[])

    def page(request: Request) -> Response:
        # The empty form holds nothing of anybody, so it may be kept here; the browser keeps no match page.
        return sent(request, state.shelf.get((state.stamp(), "match"), HTML, start))

    def told(request: Request, form: Mapping[str, str]) -> Response:
        patient, errors = _patient(form)
        every = form.get("trials") == "all"
        found = None if errors else ask(patient, every=every)
        first = [each.field for each in found.ask_next[:NEXT]] if found else [*errors]
        text = render(
            "match.html",
            found=found,
            groups=_groups(form, first),
            errors=errors,
            every=every,
            said=[(questions()[name], value) for name, value in form.items() if name in questions()],
            by_verdict=_by_verdict(found) if found else {},
            names={name: each.name for name, each in questions().items()},
            notes=[
                line.replace("(status “not stated” lists them)", "(choose “all” to see them)")
                for line in in_page_words(found.notes if found else ())
            ],
        )
        return sent(request, pack(text, HTML), 400 if errors else 200)

    async def post(request: Request) -> Response:
        pairs = _form(await _body(request))
        return await run_in_threadpool(told, request, pairs)

    def told_as_data(body: bytes) -> Response:
        try:
            record = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadRequest("the body is not JSON; send one patient with the keys of the contract") from None
        if isinstance(record, dict):
            record.setdefault("id", "you")
        found = ask(one_patient(record), every=False)
        return Response(msgspec.json.encode(found), 200, NO_STORE, "application/json")

    async def data(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise HTTPException(415)
        return await run_in_threadpool(told_as_data, await _body(request))

    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}}
    app.add_api_route("/match", page, include_in_schema=False)
    app.add_api_route("/match", post, methods=["POST"], include_in_schema=False)
    app.add_api_route(
        "/match.json", data, methods=["POST"], openapi_extra=body, summary="Open trials for one patient"
    )


def sent(request: Request, kept: Kept, status: int = 200) -> Response:
    """An answer that no one keeps: without a tag."""
    response = answer(request, kept, age="no-store", status=status)
    del response.headers["etag"]
    return response


async def _body(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise HTTPException(413)
        parts.append(part)
    return b"".join(parts)


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=MOST)
    except ValueError:
        raise BadRequest("the form could not be read") from None
    return {name: value.strip() for name, value in pairs if value.strip() and len(value) <= 2_000}


def _patient(form: Mapping[str, str]) -> tuple[Patient, dict[str, str]]:
    """The person as far as the answers can be meant, and what is wrong with the others."""
    patient, errors = Patient(id="you"), {}
    for name, typed in form.items():
        if name not in questions():
            continue
        try:
            patient = answered(patient, name, typed)
        except PatientError as error:
            errors[name] = str(error).removeprefix(f"{name}: ")
    return patient, errors


class _Asked(msgspec.Struct, frozen=True):
    """A question with its answer so far."""

    field: Field
    value: str


def _groups(form: Mapping[str, str], first: list[str]) -> dict[str, list[_Asked]]:
    """The questions by group: those asked now under `next`; the others by the contract's groups."""
    groups: dict[str, list[_Asked]] = {"next": []}
    for name in [*dict.fromkeys(first), *(each for each in questions() if each not in first)]:
        field, value = questions()[name], form.get(name, "")
        group = "next" if name in first else "said" if value else field.group
        groups.setdefault(group, []).append(_Asked(field, value))
    return groups


def _by_verdict(found: Matches) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {name: [] for name in ("eligible", "possible", "not_known", "ineligible")}
    for each in found.trials:
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
