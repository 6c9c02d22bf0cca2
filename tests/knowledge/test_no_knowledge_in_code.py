"""Disease knowledge is data: no drug and no measure is named in a string of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import scleroscope
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases

SOURCES = sorted(Path(scleroscope.__file__).parent.rglob("*.py"))
KEY = re.compile(r"[\w.]+")
MEDICINES = {"drug", "biologic", "cell"}


@pytest.fixture(scope="module")
def drug_names():
    # Short forms (MMF, EPO) cannot be told from other abbreviations.
    return Phrases(
        (
            (wording, row["id"])
            for row in rows("drugs")
            if row["kind"] in MEDICINES
            for wording in (row["name"], *cells(row["aliases"]))
            if len(wording) > 4
        ),
        first_wins=True,
    )


@pytest.fixture(scope="module")
def measure_names():
    return Phrases((row["name"], row["id"]) for row in rows("instruments") if not row["general"])


def strings(path: Path) -> list[tuple[int, str]]:
    """The string constants of a module that are not docstrings, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def test_no_drug_and_no_measure_is_named_in_code(drug_names, measure_names):
    found = []
    for path in SOURCES:
        for line, text in strings(path):
            # A key into the tables ("albumin_g_dl") may hold a drug's name, but not be one.
            named = [drug_names.exact(text)] if KEY.fullmatch(text) else drug_names.ids(text)
            named += [] if KEY.fullmatch(text) else measure_names.ids(text)
            found += [f"{path.name}:{line}: {one}" for one in named if one]
    assert found == [], "a row of knowledge/data, not a string in the code"


def test_the_test_sees_what_it_forbids(drug_names, measure_names):
    assert drug_names.ids("unless on rituximab") == ["rituximab"]
    assert drug_names.exact("rituximab") == "rituximab"
    assert measure_names.ids("the modified Rodnan skin score") == ["mrss"]
