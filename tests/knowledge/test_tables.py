"""The knowledge files are sound."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain

TABLES = (
    "classes", "conditions", "drugs", "families", "half_lives", "instruments", "mismatches",
    "not_treatments", "purposes", "sponsor_words", "sponsors", "steroid_equivalents", "synonyms", "targets",
)  # fmt: skip
WORDED = ("classes", "conditions", "drugs", "instruments", "sponsors", "targets")


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_unique_and_snake_case(name):
    ids = [next(iter(row.values())) for row in rows(name)]
    assert len(ids) == len(set(ids))
    if name != "targets":
        assert [one for one in ids if not re.fullmatch(r"\w+", one) or one != one.lower()] == []


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source(name):
    assert [row for row in rows(name) if not row["source"].strip()] == []


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


@pytest.mark.parametrize("name", WORDED)
def test_no_wording_stands_twice_in_a_row(name):
    for row in rows(name):
        keys = [plain(wording) for wording in cells(row["aliases"])]
        assert len(keys) == len(set(keys)), row["id"]


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


def test_the_tables_are_there():
    present = {path.name.removesuffix(".csv") for path in (files("scleroscope.knowledge") / "data").iterdir()}
    assert set(TABLES) <= present


def test_the_tables_are_as_large_as_promised():
    assert len([row for row in rows("drugs") if row["source"]]) >= 250
    assert len([row for row in rows("targets") if row["source"] and row["hgnc"]]) >= 80


def test_hgnc_ids_are_unique_and_well_formed():
    ids = [row["hgnc"] for row in rows("targets") if row["hgnc"]]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(r"HGNC:\d+", one)] == []


def test_every_target_is_hit_by_some_drug():
    hit = {target for row in rows("drugs") for target in cells(row["targets"])}
    assert {row["id"] for row in rows("targets")} == hit


def test_atc_codes_are_well_formed():
    codes = [(row["id"], code) for row in rows("drugs") for code in cells(row["atc"])]
    assert [one for one in codes if not re.fullmatch(r"[A-Z]\d\d[A-Z][A-Z]\d\d", one[1])] == []


def test_half_lives_and_steroid_equivalents_are_numbers_of_known_drugs():
    for row in rows("half_lives"):
        assert row["drug"] in drugs.drugs()
        assert 0 < float(row["days"]) < 100
    for row in rows("steroid_equivalents"):
        assert row["drug"] in drugs.expand("corticosteroid")
        assert 0 < float(row["mg_equal_to_prednisone_5_mg"]) < 100


def test_broader_measures_are_measures():
    known = {row["id"] for row in rows("instruments")}
    assert {row["broader"] for row in rows("instruments")} - {""} <= known
