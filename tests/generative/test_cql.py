"""Exported CQL, translated and run by the reference engines, gives the answers of `evaluate`.

Needs Node and `make cql` (which installs the engines from npm); skipped, with a word, without them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.exchange.cql import facts_for_cql, to_cql
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Clause, Criterion, Eligibility
from scleroscope.model.truth import truth
from scleroscope.patients.profile import patient

ENGINE = Path(__file__).resolve().parents[1] / "functional" / "cql"
needs_engine = pytest.mark.skipif(
    shutil.which("node") is None or not (ENGINE / "node_modules" / "cql-execution").is_dir(),
    reason="the CQL engines are not installed; `make cql` installs them (needs Node)",
)

TREES = (
    "15 <= mrss <= 40",
    "10 < mrss < 40",
    "ssc and not acr_1980",
    "subset = diffuse or subset in (limited, sine)",
    'malignancy_type = melanoma or "elsewhere"',
    "at least 2 of (ild, pah, ana)",
    "all of () and any of (ild)",
    "not (active_infection or pregnant) and childbearing_potential",
    "digital_ulcer_history and active_digital_ulcers < 3",
    'if ild then fvc_percent_predicted >= 45 and not "frail"',
)


def clause(number: int, tree: Criterion) -> Clause:
    kind: Any = "exclusion" if number % 2 else "inclusion"
    return Clause(id=f"C{number}", kind=kind, text="", start=0, end=0, tree=tree, reading="computable")


def run(trees: list[Criterion], records: list[dict[str, Any]]) -> list[dict[str, bool | None]]:
    library = to_cql(Eligibility(clauses=tuple(clause(n, tree) for n, tree in enumerate(trees))), "NCT1 test")
    given = {"cql": library, "patients": [facts_for_cql(patient(record)) for record in records]}
    done = subprocess.run(
        ["node", "run.mjs"],
        cwd=ENGINE, input=json.dumps(given), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:2000]
    answers: list[dict[str, bool | None]] = json.loads(done.stdout)
    return answers


def agree(trees: list[Criterion], records: list[dict[str, Any]]) -> None:
    for record, answers in zip(records, run(trees, records), strict=True):
        for number, tree in enumerate(trees):
            meant = evaluate(tree, patient(record))
            assert truth(answers[f"C{number}"]) is meant, (tree, record)
            if number % 2:
                assert truth(answers[f"C{number} met"]) is ~meant


def random_facts(chance: Random) -> dict[str, Any]:
    whole = {
        "mrss": chance.choice((10.0, 15.0, 40.0, 50.0)),
        "fvc_percent_predicted": chance.choice((44.0, 45.0)),
        "active_digital_ulcers": chance.choice((0.0, 3.0)),
        "subset": chance.choice(("diffuse", "limited", "sine")),
        "malignancy_type": chance.choice(("melanoma", "lymphoma", "a lump")),
        "sex": chance.choice(("female", "male")),
        **{
            name: chance.random() < 0.5
            for name in ("ssc", "acr_1980", "ild", "pah", "ana", "pregnant", "active_tuberculosis")
        },
    }
    return {"id": "x", **{name: value for name, value in whole.items() if chance.random() < 0.5}}


@needs_engine
@pytest.mark.slow
def test_cql_agrees_on_facts() -> None:
    chance = Random(7)
    agree([parse(line) for line in TREES], [random_facts(chance) for _ in range(150)])


@needs_engine
@pytest.mark.slow
def test_cql_agrees_on_treatments(some: SimpleNamespace) -> None:
    chance = Random(8)
    leaves = [some.random_taking(chance) for _ in range(40)]
    agree(leaves, [some.random_treated(chance) for _ in range(30)])


def test_the_library_is_named_and_typed() -> None:
    text = to_cql(Eligibility(clauses=(clause(0, parse("mrss >= 15")),)), "NCT02453256")
    assert text.startswith("library NCT02453256 version '1'")
    assert "mrss Decimal" in text
    assert 'define "C0":\n  ("mrss" >= 15.0)' in text
