"""`/design`: a published trial's plan; one moves its entry criteria, size and effect, and sees what comes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from scleroscope import __version__
from scleroscope.api.design import example_names
from scleroscope.api.plan_form import PEOPLE, TRIALS, Values, as_toml, preview, spoken, values_of
from scleroscope.model.problem import BadRequest
from scleroscope.web.kept import answer
from scleroscope.web.render import render
from scleroscope.web.state import State

HTML = "text/html; charset=utf-8"
LINES, LONGEST = 40, 400
WAIT = 30  # seconds for another's simulation to end
EFFECTS = {
    "mrss": ("skin score", "points", -10, 10, 0.1),
    "fvc_ml": ("lung volume (FVC)", "mL", -300, 300, 1),
    "haq_di": ("daily-life score (HAQ-DI)", "points", -2, 2, 0.01),
    "patient_global": ("patient's global", "points", -10, 10, 0.1),
    "physician_global": ("physician's global", "points", -10, 10, 0.1),
}
"""Key in the plan → what it is, its unit, and how far the page lets one move it."""


class Number(NamedTuple):
    """A number of the plan that the page lets one move."""

    name: str  # in the address
    label: str
    unit: str
    low: float
    high: float
    step: float
    value: float | None


class Moved(NamedTuple):
    """A plan as asked for in an address."""

    name: str
    values: Values
    changed: bool

    def pairs(self) -> list[tuple[str, str]]:
        """The address that asks for it again."""
        if not self.changed:
            return [("plan", self.name)]
        found = [
            ("plan", self.name),
            *((each.name, f"{each.value:.10g}") for each in numbers(self.values) if each.value is not None),
        ]
        criteria = self.values.get("criteria", {})
        return [
            *found,
            *(("inclusion", line) for line in criteria.get("inclusion", ())),
            *(("exclusion", line) for line in criteria.get("exclusion", ())),
        ]


def add(app: FastAPI, state: State) -> None:
    """The routes of the design."""
    lock = Lock()

    def found(values: Values) -> Any:
        # One simulation at a time: each takes all processors.
        if not lock.acquire(timeout=WAIT):
            raise HTTPException(503)
        try:
            return preview(values)
        finally:
            lock.release()

    def kept(request: Request, kind: str, media: str, make: Callable[[Moved], str | bytes]) -> Response:
        moved = read(request.query_params)
        key = ("design", kind, *moved.pairs())
        return answer(request, state.shelf.get(key, media, lambda: make(moved)))

    def page(request: Request) -> Response:
        if "plan" not in request.query_params:
            return answer(request, state.shelf.get(("design",), HTML, _start))
        return kept(request, "page", HTML, lambda moved: _page(moved, found))

    def data(request: Request) -> Response:
        return kept(
            request, "json", "application/json", lambda moved: msgspec.json.encode(found(moved.values))
        )

    def toml(request: Request) -> Response:
        response = kept(request, "toml", "application/toml", lambda moved: as_toml(
            moved.values, f"From scleroscope {__version__}, /design, after the plan {moved.name}"
        ))  # fmt: skip
        response.headers["Content-Disposition"] = 'attachment; filename="plan.toml"'
        return response

    about = {"parameters": _parameters()}
    app.add_api_route("/design", page, include_in_schema=False)
    app.add_api_route("/design.json", data, openapi_extra=about, summary="What a plan would show")
    app.add_api_route("/design.toml", toml, openapi_extra=about, summary="The plan, to keep and to run")


def numbers(values: Values) -> list[Number]:
    """The numbers of a plan that may be moved; effects are those that the plan names."""
    sites = values.get("sites", {})
    effects = [name for name in EFFECTS if isinstance(values.get("effect", {}).get(name), int | float)]
    return [
        Number("n", "patients in all", "", 6, 2000, 1, values.get("arms", {}).get("n")),
        *(Number(name, *EFFECTS[name], values["effect"][name]) for name in effects),
        Number("sites", "sites", "", 1, 1000, 1, sites.get("count")),
        Number("rate", "screened a month and site", "", 0.01, 50, 0.01, sites.get("screened_per_month")),
    ]


def read(query: QueryParams) -> Moved:
    """The plan of an address; BadRequest names what it cannot mean."""
    name = query.get("plan", "")
    if name not in example_names():
        raise BadRequest(f"plan: one of {', '.join(example_names())}")
    values = values_of(name)
    known = numbers(values)
    allowed = {"plan", "inclusion", "exclusion", *(each.name for each in known)}
    if strange := next((key for key in query if key not in allowed), None):
        raise BadRequest(f"{strange[:40]}: unknown; this plan has {', '.join(sorted(allowed))}")
    if set(query) == {"plan"}:
        return Moved(name, values, changed=False)
    for each in known:
        _move(values, each, query.get(each.name, ""))
    criteria = values.setdefault("criteria", {})
    for kind in ("inclusion", "exclusion"):
        lines = [line.strip() for line in query.getlist(kind) if line.strip()]
        if len(lines) > LINES or any(len(line) > LONGEST for line in lines):
            raise BadRequest(f"{kind}: at most {LINES} criteria of {LONGEST} characters")
        criteria[kind] = lines
    return Moved(name, values, changed=True)


def _move(values: Values, each: Number, text: str) -> None:
    if not text.strip():
        return
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not each.low <= value <= each.high or (
        each.step == 1 and each.name != "fvc_ml" and value != int(value)
    ):
        raise BadRequest(f"{each.name}: a number from {each.low:g} to {each.high:g}")
    match each.name:
        case "n":
            values["arms"]["n"] = int(value)
        case "sites":
            values.setdefault("sites", {})["count"] = int(value)
        case "rate":
            values.setdefault("sites", {})["screened_per_month"] = value
        case name:
            values["effect"][name] = value


def _start() -> str:
    plans = [(name, values_of(name)) for name in example_names()]
    return render("design.html", plans=plans, moved=None, found=None)


def _page(moved: Moved, found: Callable[[Values], Any]) -> str:
    planned = found(values_of(moved.name))
    return render(
        "design.html",
        plans=[],
        moved=moved,
        found=found(moved.values) if moved.changed else planned,
        planned=planned.plan,
        numbers=numbers(moved.values),
        query=urlencode(moved.pairs()),
        criteria=[
            (kind, [(line, _said(line, kind)) for line in moved.values.get("criteria", {}).get(kind, ())])
            for kind in ("inclusion", "exclusion")
        ],
        people=PEOPLE,
        trials=TRIALS,
        signed=lambda value: f"{value:+.1f}".replace("-", "−"),
        percent=lambda share: f"{share:.1%}".replace("%", " %"),
    )


def _said(line: str, kind: Any) -> str:
    said = re.sub(r"^You can(?:not)? take part (?:only )?if ", "", spoken(line, kind))
    return said[:1].upper() + said[1:]


def _parameters() -> list[dict[str, Any]]:
    number, text = {"type": "number"}, {"type": "string", "maxLength": LONGEST}
    lines = {"type": "array", "items": text, "maxItems": LINES}
    named = {
        "plan": {"type": "string", "enum": list(example_names())},
        "inclusion": lines,
        "exclusion": lines,
    }
    named |= dict.fromkeys(("n", *EFFECTS, "sites", "rate"), number)
    return [
        {"name": name, "in": "query", "required": name == "plan", "schema": schema}
        for name, schema in named.items()
    ]
