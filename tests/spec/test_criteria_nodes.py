"""What each kind of criterion means: a table of patients, one answer each, the same on every engine.

The tables are also the manual: they render docs/reference/criteria.md. After changing one, write the
page with `SCLEROSCOPE_WRITE_DOCS=1 pytest tests/spec/test_criteria_nodes.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from scleroscope.criteria.compile import screen
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.explain import explain
from scleroscope.criteria.notation import parse
from scleroscope.knowledge.fields import fields
from scleroscope.model.truth import Truth
from scleroscope.patients.profile import patient

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "criteria.md"


class Table(NamedTuple):
    title: str
    says: str
    line: str
    answers: list[tuple[dict[str, Any], str]]


def drug(name: str, **keys: Any) -> dict[str, Any]:
    return {"treatments": [{"name": name, **keys}]}


NONE: dict[str, Any] = {"treatments": [], "complete": ["treatments"]}

TABLES = [
    Table(
        "A yes/no fact",
        "A fact that is not given is unknown, never no.",
        "ild",
        [({"ild": True}, "yes"), ({"ild": False}, "no"), ({}, "unknown")],
    ),
    Table(
        "A fact that follows",
        "What follows by definition from given facts is known.",
        "acr_eular_2013",
        [({"ssc": False}, "no"), ({"ssc": True}, "unknown"), ({"acr_eular_2013": True}, "yes")],
    ),
    Table(
        "A bound",
        "A bound belongs to the range.",
        "mrss >= 15",
        [({"mrss": 15}, "yes"), ({"mrss": 14.9}, "no"), ({}, "unknown")],
    ),
    Table(
        "An open bound",
        "`<` and `>` leave the bound out.",
        "fvc_percent_predicted < 50",
        [({"fvc_percent_predicted": 49.9}, "yes"), ({"fvc_percent_predicted": 50}, "no"), ({}, "unknown")],
    ),
    Table(
        "A range",
        "Both ends belong to it.",
        "15 <= mrss <= 40",
        [({"mrss": 15}, "yes"), ({"mrss": 40}, "yes"), ({"mrss": 41}, "no"), ({}, "unknown")],
    ),
    Table(
        "A named value",
        "One of the values.",
        "subset in (diffuse, limited)",
        [({"subset": "limited"}, "yes"), ({"subset": "sine"}, "no"), ({"ssc": False}, "no"), ({}, "unknown")],
    ),
    Table(
        "And",
        "No as soon as one part is no, whatever is unknown.",
        "ild and mrss >= 15",
        [
            ({"ild": True, "mrss": 20}, "yes"),
            ({"ild": False}, "no"),
            ({"mrss": 10}, "no"),
            ({"ild": True}, "unknown"),
        ],
    ),
    Table(
        "Or",
        "Yes as soon as one part is yes.",
        "ild or mrss >= 15",
        [({"ild": True}, "yes"), ({"ild": False, "mrss": 10}, "no"), ({"ild": False}, "unknown")],
    ),
    Table(
        "Not",
        "Unknown stays unknown.",
        "not pregnant",
        [({"pregnant": False}, "yes"), ({"pregnant": True}, "no"), ({"sex": "male"}, "yes"), ({}, "unknown")],
    ),
    Table(
        "At least",
        "Settled as soon as the unknown parts cannot change it.",
        "at least 2 of (ild, pah, ana)",
        [
            ({"ild": True, "ana": True}, "yes"),
            ({"ild": False, "pah": False}, "no"),
            ({"ild": True}, "unknown"),
        ],
    ),
    Table(
        "If … then",
        "Asks nothing of those whom the condition does not concern.",
        "if childbearing_potential then contraception",
        [
            ({"sex": "male"}, "yes"),
            ({"childbearing_potential": True, "contraception": False}, "no"),
            ({"contraception": True}, "yes"),
            ({"childbearing_potential": True}, "unknown"),
        ],
    ),
    Table(
        "A treatment now",
        "A treatment that is not listed is unknown, unless the list is complete.",
        "taking rituximab",
        [
            (drug("MabThera", taking=True), "yes"),
            (drug("rituximab", weeks_since_last=9), "no"),
            (drug("methotrexate", taking=True), "unknown"),
            (NONE, "no"),
            ({}, "unknown"),
        ],
    ),
    Table(
        "A class of treatments",
        "A class stands for its members.",
        "taking endothelin_receptor_antagonist",
        [(drug("bosentan", taking=True), "yes"), (drug("bosentan", taking=False), "unknown"), (NONE, "no")],
    ),
    Table(
        "A window",
        "Taken at some time in the window that ends now.",
        "taking rituximab within 6 months",
        [
            (drug("rituximab", weeks_since_last=20), "yes"),
            (drug("rituximab", weeks_since_last=30), "no"),
            (drug("rituximab", taking=True), "yes"),
            (drug("rituximab", taking=False), "unknown"),
        ],
    ),
    Table(
        "A dose",
        "Counted a day; the list need not be complete for a listed drug.",
        "prednisone > 10 mg/day",
        [
            (drug("prednisone", taking=True, dose="10 mg/day"), "no"),
            (drug("prednisone", taking=True, dose="10 mg twice daily"), "yes"),
            (drug("prednisone", taking=True), "unknown"),
        ],
    ),
    Table(
        "A dose of before",
        "A low dose now leaves a high dose before open, until it is stable for the window.",
        "taking prednisone within 8 weeks at > 10 mg/day",
        [
            (drug("prednisone", taking=True, dose="5 mg/day"), "unknown"),
            (drug("prednisone", taking=True, dose="5 mg/day", stable_weeks=8), "no"),
            (drug("prednisone", taking=True, dose="20 mg/day"), "yes"),
        ],
    ),
    Table(
        "Stability",
        "At the same dose for so long; never longer than the whole course.",
        "taking methotrexate stable for >= 12 weeks",
        [
            (drug("methotrexate", taking=True, stable_weeks=12), "yes"),
            (drug("methotrexate", taking=True, total_weeks=6), "no"),
            (drug("methotrexate", taking=True), "unknown"),
        ],
    ),
    Table(
        "Intolerance",
        "Having taken a drug says nothing of it.",
        "intolerant of cyclophosphamide",
        [
            (drug("cyclophosphamide", intolerant=True), "yes"),
            (drug("cyclophosphamide", taking=True), "unknown"),
            (drug("cyclophosphamide", intolerant=False), "no"),
        ],
    ),
    Table(
        "Text that was not understood",
        "Always unknown; it never excludes and never admits.",
        'ild and "in good general health"',
        [({"ild": True}, "unknown"), ({"ild": False}, "no")],
    ),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_the_meaning(table: Table) -> None:
    tree = parse(table.line)
    for facts, answer in table.answers:
        assert evaluate(tree, patient({"id": "x", **facts})) is Truth(answer), facts


TREATMENT = {
    "name": pl.String, "taking": pl.Boolean, "dose": pl.String, "stable_weeks": pl.Float64,
    "weeks_since_last": pl.Float64, "total_weeks": pl.Float64, "route": pl.String, "intolerant": pl.Boolean,
}  # fmt: skip
TYPES = {"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}
SCHEMA = {
    "id": pl.String,
    **{one.id: TYPES[one.type] for one in fields().values()},
    "treatments": pl.List(pl.Struct(TREATMENT)),
    "complete": pl.List(pl.String),
}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_engine_gives_these_answers(engine: str) -> None:
    """All tables at once: each patient is asked everything, and their own table is looked at."""
    people = [(number, facts, answer) for number, one in enumerate(TABLES) for facts, answer in one.answers]
    rows = [
        {**dict.fromkeys(SCHEMA), **facts, "id": str(place)} for place, (_, facts, _) in enumerate(people)
    ]
    for row in rows:
        row["treatments"] = [{**dict.fromkeys(TREATMENT), **one} for one in row["treatments"] or []]
    cohort = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    trees = {f"t{number}": parse(one.line) for number, one in enumerate(TABLES)}
    if engine == "polars":
        found = screen(cohort, trees)
    else:
        duckdb = pytest.importorskip("duckdb")
        table = cohort.to_arrow()
        with duckdb.connect() as connection:
            found = screen(connection.from_arrow(table), trees).pl()
    answers = {row["id"]: row for row in found.to_dicts()}
    said = {True: "yes", False: "no", None: "unknown"}
    for place, (number, facts, answer) in enumerate(people):
        assert said[answers[str(place)][f"t{number}"]] == answer, (TABLES[number].title, facts)


def render() -> str:
    lines = [
        "# What each criterion means",
        "",
        "Made from the tests: every line below holds on every engine.",
        "",
    ]
    for table in TABLES:
        lines += [f"## {table.title}", "", table.says, "", f"`{table.line}`", ""]
        lines += [f"As an inclusion, in plain words: {explain(parse(table.line), 'inclusion')}", ""]
        lines += ["| known of the patient | answer |", "|---|---|"]
        lines += [f"| `{json.dumps(facts)}` | {answer} |" for facts, answer in table.answers]
        lines.append("")
    return "\n".join(lines)


def test_the_reference_page_is_current() -> None:
    if os.environ.get("SCLEROSCOPE_WRITE_DOCS"):
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(render(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == render(), "write it with SCLEROSCOPE_WRITE_DOCS=1"
