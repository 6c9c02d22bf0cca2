"""`/trials/NCT…`: one trial in plain words, its criteria, sites, results, history and sources."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from scleroscope.api.trial import FORMS, Reach, Told, criteria_file, reach, tell
from scleroscope.model.problem import BadRequest
from scleroscope.web import criteria, history
from scleroscope.web.asked import LONGEST, in_page_words
from scleroscope.web.kept import answer
from scleroscope.web.outcome import harms, results
from scleroscope.web.render import render
from scleroscope.web.state import State

NAMES = {
    "json": "JSON", "cql": "CQL", "fhir-r4": "FHIR R4 Group", "fhir-r5": "FHIR R5 Group",
    "ti": "SDTM TI (CSV)",
}  # fmt: skip
TYPES = {
    "json": "application/json", "fhir.json": "application/fhir+json", "cql": "text/cql", "csv": "text/csv",
}  # fmt: skip


def add(app: FastAPI, state: State) -> None:
    """The routes of a trial."""

    def data(request: Request, trial: str) -> Response:
        def make() -> bytes:
            with state.scope() as scope:
                return msgspec.json.encode(tell(scope.catalogue, trial))

        key = (state.stamp(), "trial.json", trial)
        return answer(request, state.shelf.get(key, "application/json", make))

    def page(request: Request, trial: str) -> Response:
        near = request.query_params.get("near", "").strip()

        def make() -> str:
            with state.scope() as scope:
                told = tell(scope.catalogue, trial)
                way, wrong = None, ""
                try:
                    way = reach(scope.catalogue, told.shown.study.id, near) if near else None
                except BadRequest as error:
                    wrong = in_page_words([str(error)])[0].removeprefix("near ")
            return render("trial.html", **values(told), near=near, reach=_reached(way), wrong=wrong)

        if len(near) > LONGEST:
            raise BadRequest(f"near: longer than {LONGEST} characters")
        key = (state.stamp(), "trial", trial, near)
        return answer(request, state.shelf.get(key, "text/html; charset=utf-8", make))

    def file(request: Request, trial: str, form: str) -> Response:
        def make() -> str:
            with state.scope() as scope:
                return criteria_file(scope.catalogue, trial, form)

        ending = FORMS.get(form, "json")
        kept = state.shelf.get((state.stamp(), "criteria", form, trial), TYPES[ending], make)
        response = answer(request, kept)
        name = re.sub(r"[^A-Za-z0-9-]", "-", trial)  # a header takes no other signs
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-criteria.{ending}"'
        return response

    app.add_api_route(
        "/trials/{trial:path}/criteria/{form}", file,
        summary=f"A trial's criteria for another system: {', '.join(FORMS)}",
    )  # fmt: skip
    app.add_api_route("/trials/{trial:path}.json", data, summary="One trial in full")
    app.add_api_route("/trials/{trial:path}", page, include_in_schema=False)


def values(told: Told) -> dict[str, Any]:
    """What the template shows."""
    shown = told.shown
    study, labels, names = shown.study, shown.labels, shown.names
    roles: dict[str, list[str]] = {"tested": [], "comparator": [], "background": []}
    for each in labels.treatments:
        if names[each.id] not in roles[each.role]:
            roles[each.role].append(names[each.id])
    text = study.eligibility.text if study.eligibility else None
    places = Counter(site.country or "country not stated" for site in study.sites)
    return {
        "told": told,
        "study": study,
        "labels": labels,
        "names": names,
        "roles": roles,
        "about": [names[each] for each in (*labels.disease.manifestations, *labels.disease.subsets)],
        "who": _who(told),
        "design": _design(told),
        "rows": criteria.rows(told.criteria, text) if told.criteria else [],
        "text": text,
        "forms": [(form, NAMES[form]) for form in FORMS] if told.criteria else [],
        "places": places.most_common(),
        "sites": sorted(study.sites, key=lambda site: (site.status != "recruiting", site.country or "")),
        "line": history.line(study),
        "changes": history.changes(shown.versions),
        "results": results(shown.published) if shown.published else [],
        "harms": harms(shown.published) if shown.published else [],
    }


def _reached(way: Reach | None) -> dict[str, Any] | None:
    return None if way is None else msgspec.structs.asdict(way)


def _who(told: Told) -> list[str]:
    eligibility = told.shown.study.eligibility
    if eligibility is None:
        return []
    found = []
    low, high = (bound.age if bound else None for bound in (eligibility.minimum_age, eligibility.maximum_age))
    if low and high:
        found.append(f"aged {low.value:g} to {high.value:g} {high.unit}s")
    elif low or high:
        age = low or high
        found.append(f"aged {age.value:g} {age.unit}s or {'older' if low else 'younger'}" if age else "")
    if eligibility.sex:
        found.append({"all": "any sex", "female": "women only", "male": "men only"}[eligibility.sex])
    return found


def _design(told: Told) -> list[str]:
    design = told.shown.study.design
    if design is None:
        return []
    parts = (design.allocation, design.intervention_model, design.masking and f"masking: {design.masking}")
    return [each.replace("_", " ") for each in parts if each]
