"""Asking a catalogue: frame, study, search, facets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.invented import trial

from scleroscope.catalogue import Catalogue, schema
from scleroscope.catalogue.intake import import_files
from scleroscope.catalogue.search import match_expression
from scleroscope.model.problem import BadRequest, NotFound

Lines = Callable[..., Path]


@pytest.fixture
def filled(catalogue: Catalogue, lines: Lines) -> Catalogue:
    other = trial(
        "NCT90000002",
        identificationModule__briefTitle="Warm gloves in Raynaud phenomenon",
        identificationModule__acronym=None,
        conditionsModule__conditions=["Raynaud Phenomenon"],
        descriptionModule__briefSummary="Gloves.",
        statusModule__overallStatus="COMPLETED",
        contactsLocationsModule__locations=[],
        eligibilityModule__maximumAge="6 Months",
    )
    import_files(catalogue, [lines("a.jsonl", trial(), other)])
    return catalogue


def test_the_frame_has_the_promised_columns_and_types(filled: Catalogue) -> None:
    frame = filled.trials()
    assert tuple(frame.columns) == (*schema.TRIAL_COLUMNS, "has_published_results")
    assert frame.schema["phases"] == pl.List(pl.String)
    assert frame.schema["start"] == pl.Date
    assert frame.schema["enrolment"] == pl.Int64
    assert frame.schema["repurposed"] == pl.Boolean
    row = frame.row(0, named=True)
    assert row["start"] == dt.date(2019, 2, 1)
    assert row["completion"] == dt.date(2024, 5, 6)
    assert row["countries"] == ["FR", "GB"]
    assert (row["sites"], row["recruiting_sites"]) == (2, 1)
    assert (row["minimum_age"], row["maximum_age"]) == (18.0, None)
    assert row["has_results"] is False


def test_absent_is_null_in_the_frame_never_a_default(filled: Catalogue) -> None:
    row = filled.trials().row(1, named=True)
    assert (row["acronym"], row["sites"], row["why_stopped"], row["masking"]) == (None, None, None, None)
    assert row["maximum_age"] == pytest.approx(0.5)
    assert row["countries"] == []


def test_an_empty_catalogue_gives_an_empty_frame_with_the_same_columns(catalogue: Catalogue) -> None:
    frame = catalogue.trials()
    assert frame.shape == (0, len(schema.TRIAL_COLUMNS) + 1)
    assert frame.schema["targets"] == pl.List(pl.String)


def test_study_and_raw_are_those_of_the_registry(filled: Catalogue) -> None:
    study = filled.study("NCT90000001")
    assert study.acronym == "INVENT"
    assert study.eligibility is not None
    assert study.eligibility.text == "Inclusion Criteria:\n\n* mRSS >= 15"
    assert b"mRSS \\\\>= 15" in filled.raw("NCT90000001")
    assert [each.id for each in filled.studies()] == ["NCT90000001", "NCT90000002"]


@pytest.mark.parametrize("question", ["study", "labels", "raw", "versions"])
def test_an_unknown_trial_is_not_found(filled: Catalogue, question: str) -> None:
    with pytest.raises(NotFound, match="NCT99999999"):
        getattr(filled, question)("NCT99999999")


def test_every_group_must_be_met_by_one_of_its_phrases(filled: Catalogue) -> None:
    def found(*groups: list[str]) -> list[str]:
        return [hit.id for hit in filled.search(groups).hits]

    assert found(["glove", "mitten"]) == ["NCT90000002"]  # stems: gloves
    assert found(["antibody", "gloves"], ["skin"]) == ["NCT90000001"]
    assert found(["thick skin"]) == ["NCT90000001"]
    assert found(["skin thick"]) == []
    assert found(["2019-001234-18"])
    assert found(["antib*"]) == ["NCT90000001"]
    assert found(["NCT90000002"]) == ["NCT90000002"]


def test_search_marks_the_words_and_stays_within_the_wanted_ids(filled: Catalogue) -> None:
    hits = filled.search([["gloves"]])
    assert hits.total == 1
    assert hits.hits[0].snippet is not None
    assert "[gloves]" in hits.hits[0].snippet.lower()
    assert filled.search([["gloves"]], within=["NCT90000001"]).total == 0
    assert filled.search([["sclerosis", "raynaud"]], limit=1).total == 2
    assert len(filled.search([["sclerosis", "raynaud"]], limit=1).hits) == 1
    assert len(filled.search([["sclerosis", "raynaud"]], limit=None).hits) == 2


@pytest.mark.parametrize(
    "typed",
    ['"', "AND", "skin OR", "a NEAR(b", "title:", "*", "(", "\x00", "\ud800", "-skin", "^x", "{a b}: c"],
)
def test_nothing_that_a_person_types_is_an_operator(filled: Catalogue, typed: str) -> None:
    filled.search([[typed, "skin"]])


def test_a_search_for_nothing_is_a_bad_request(filled: Catalogue) -> None:
    assert match_expression([["+"], []]) is None
    with pytest.raises(BadRequest):
        filled.search([["+"]])


def test_facets_count_values_of_lists_and_of_text(filled: Catalogue) -> None:
    counted = filled.facets(["status", "countries"])
    assert counted == {"status": {"completed": 1, "recruiting": 1}, "countries": {"FR": 1, "GB": 1}}
    assert filled.facets(["status"], groups=[["gloves"]]) == {"status": {"completed": 1}}
    assert filled.facets(["status"], within=["NCT90000001"]) == {"status": {"recruiting": 1}}
    with pytest.raises(BadRequest, match="no facet 'colour'"):
        filled.facets(["colour"])


def test_sites_come_with_their_trial(filled: Catalogue) -> None:
    assert filled.sites().select("id", "city", "status").rows() == [
        ("NCT90000001", "Lyon", "recruiting"),
        ("NCT90000001", "Leeds", "completed"),
    ]
