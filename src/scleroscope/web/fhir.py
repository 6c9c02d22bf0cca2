"""`POST /fhir/ResearchStudy/$match`: a FHIR Bundle in, a searchset of ResearchStudy with match grades out."""

from __future__ import annotations

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from scleroscope.api.brought import PatientError, bring_fhir
from scleroscope.api.match_fhir import outcome, searchset
from scleroscope.web.bodies import body
from scleroscope.web.match import LARGEST_FILE, NO_STORE, ask
from scleroscope.web.state import State

TYPE = "application/fhir+json"
TYPES = (TYPE, "application/json")


def add(app: FastAPI, state: State) -> None:
    """The route of the service."""

    def told(data: bytes, *, every: bool) -> Response:
        try:
            found = ask(state, bring_fhir(data).patient, every=every)
        except PatientError as error:
            return _sent(msgspec.json.encode(outcome(str(error))), 400)
        with state.scope() as scope:
            phases = dict(scope.catalogue.trials().select("id", "phases").iter_rows())
        return _sent(msgspec.json.encode(searchset(found, phases)))

    async def match(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith(TYPES):
            return _sent(msgspec.json.encode(outcome(f"send {TYPE}", "not-supported")), 415)
        every = request.query_params.get("trials") == "all"
        data = await body(request, LARGEST_FILE)
        return await run_in_threadpool(lambda: told(data, every=every))

    app.add_api_route(
        "/fhir/ResearchStudy/$match", match, methods=["POST"], openapi_extra=_described(),
        summary="Trials for the patient of a FHIR R4 Bundle, each with a match grade",
    )  # fmt: skip


def _sent(data: bytes, status: int = 200) -> Response:
    return Response(data, status, NO_STORE, TYPE)


def _described() -> dict[str, object]:
    bundle = {
        "type": "object",
        "required": ["resourceType", "entry"],
        "properties": {
            "resourceType": {"const": "Bundle"},
            "entry": {"type": "array", "items": {"type": "object", "properties": {"resource": {
                "type": "object", "properties": {"resourceType": {"type": "string"}},
            }}}},
        },
    }  # fmt: skip
    which = {"type": "string", "enum": ["open", "all"], "default": "open"}
    return {
        "description": "The grade is the extension http://hl7.org/fhir/StructureDefinition/match-grade: "
        "`probable` (every criterion known here is met), `possible` (none stands in the way, some are open, "
        "or the criteria are not known here), `certainly-not` (one stands in the way; the notes say which). "
        "`certain` is never given. The score is the share of criteria that are met. Nothing of the Bundle is "
        "kept.",
        "parameters": [{"name": "trials", "in": "query", "schema": which}],
        "requestBody": {"required": True, "content": {TYPE: {"schema": bundle}}},
        "responses": {
            "200": {"description": "A searchset", "content": {TYPE: {"schema": bundle}}},
            "400": {"description": "No Bundle of one patient: an OperationOutcome", "content": {TYPE: {}}},
        },
    }
