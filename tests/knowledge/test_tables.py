"""The knowledge files are sound."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain

TABLES = (
    "classes", "conditions", "drugs", "families", "instruments", "mismatches", "purposes",
    "sponsor_words", "sponsors", "targets",
)  # fmt: skip
WORDED = ("classes", "conditions", "drugs", "instruments", "sponsors", "targets")


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_unique_and_snake_case(name):
    ids = [row["id"] for row in rows(name)]
    assert len(ids) == len(set(ids))
    if name != "targets":
        assert [one for one in ids if not re.fullmatch(r"\w+", one) or one != one.lower()] == []


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source(name):
    assert [row["id"] for row in rows(name) if not row["source"].strip()] == []


@pytest.mark.parametrize("name", WORDED)
def test_no_wording_has_two_meanings(name):
    meaning: dict[str, str] = {}
    clashes = []
    for row in rows(name):
        for wording in {row["name"], *cells(row["aliases"])} if name != "classes" else cells(row["aliases"]):
            other = meaning.setdefault(plain(wording), row["id"])
            if other != row["id"]:
                clashes.append((wording, other, row["id"]))
    assert clashes == []


def test_no_class_has_the_id_of_a_drug():
    assert drugs.drugs().keys() & drugs.classes().keys() == set()


def test_classes_targets_and_families_resolve():
    families = {row["id"] for row in rows("families")}
    targets = {row["id"] for row in rows("targets")}
    for row in rows("drugs"):
        assert cells(row["classes"]), row["id"]
        assert set(cells(row["classes"])) <= drugs.classes().keys(), row["id"]
        assert set(cells(row["targets"])) <= targets, row["id"]
    for row in rows("classes"):
        assert set(cells(row["parent"])) <= drugs.classes().keys(), row["id"]
        assert set(cells(row["family"])) <= families, row["id"]
        assert row["family"], row["id"]


def test_no_class_is_above_itself():
    def above(one, path=()):
        assert one not in path, (*path, one)
        for parent in cells(drugs.classes()[one]["parent"]):
            above(parent, (*path, one))

    for one in drugs.classes():
        above(one)


def test_every_file_is_named_in_the_tests():
    present = {path.name.removesuffix(".csv") for path in (files("scleroscope.knowledge") / "data").iterdir()}
    others = {  # looked after by test_fields
        "fields", "units", "unit_factors", "implications", "text_values", "routes", "dose_forms",
    }  # fmt: skip
    assert {one for one in present if not one.startswith("phrases_")} - others == set(TABLES)
