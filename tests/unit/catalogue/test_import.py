"""Importing files: what becomes of each record, and that the books say so."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.invented import trial, updated

from scleroscope.catalogue import Catalogue
from scleroscope.catalogue.intake import import_files
from scleroscope.model.problem import NotFound

Lines = Callable[..., Path]

BREAST_CANCER = {
    "conditionsModule__conditions": ["Breast Cancer"],
    "identificationModule__briefTitle": "Other",
}


def test_every_record_is_stored_out_of_scope_or_refused(catalogue: Catalogue, lines: Lines) -> None:
    path = lines(
        "a.jsonl",
        trial(),
        trial("NCT90000002", **BREAST_CANCER),
        '{"protocolSection": 3}',
        "{not json",
        trial("X"),
    )
    books = import_files(catalogue, [path])
    assert (books.read, books.new, books.out_of_scope, books.refused) == (5, 1, 1, 3)
    assert books.balanced
    assert books.complete
    assert catalogue.ids() == ["NCT90000001"]
    assert [each.source.rsplit(":", 1)[1] for each in catalogue.refused()] == ["3", "4", "5"]
    assert all(each.reason for each in catalogue.refused())
    assert catalogue.refused()[1].raw == b"{not json"


def test_importing_again_changes_nothing(catalogue: Catalogue, lines: Lines) -> None:
    path = lines("a.jsonl", trial(), trial("NCT90000002", **BREAST_CANCER), trial("NCT90000003"))
    import_files(catalogue, [path])
    before = list(catalogue.connection.iterdump())
    books = import_files(catalogue, [path])
    after = list(catalogue.connection.iterdump())
    assert (books.stored, books.unchanged, books.out_of_scope) == (0, 2, 1)
    changed = [
        line for line in set(before) ^ set(after) if "imports" not in line and "passed_over" not in line
    ]
    assert changed == []


def test_all_stores_any_disease(catalogue: Catalogue, lines: Lines) -> None:
    path = lines("a.jsonl", trial(), trial("NCT90000002", **BREAST_CANCER))
    assert import_files(catalogue, [path]).out_of_scope == 1
    books = import_files(catalogue, [path], everything=True)
    assert (books.new, books.unchanged) == (1, 1)
    assert catalogue.labels("NCT90000002").disease.group == "other"


def test_a_changed_record_adds_a_version_and_the_first_plan_is_remembered(
    catalogue: Catalogue, lines: Lines
) -> None:
    import_files(catalogue, [lines("a.jsonl", trial())], now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    reached = trial(
        **updated("2024-07-01"),
        statusModule__overallStatus="COMPLETED",
        designModule__enrollmentInfo={"count": 83, "type": "ACTUAL"},
    )
    books = import_files(catalogue, [lines("b.jsonl", reached)], now=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    assert (books.new, books.changed) == (0, 1)
    first, second = catalogue.versions("NCT90000001")
    assert (first.enrolment, first.enrolment_kind, first.updated) == (120, "anticipated", "2020-01-01")
    assert (second.enrolment, second.enrolment_kind, second.updated) == (83, "actual", "2024-07-01")
    assert first.digest != second.digest
    row = catalogue.trials().row(0, named=True)
    assert (row["enrolment"], row["planned_enrolment"], row["status"]) == (83, 120, "completed")
    assert row["first_seen"].month == 1
    assert row["last_changed"].month == 2
    assert catalogue.raw("NCT90000001", first.number) != catalogue.raw("NCT90000001")


def test_an_older_download_is_history_and_does_not_displace_the_newer(
    catalogue: Catalogue, lines: Lines
) -> None:
    new = trial(**updated("2024-07-01"), designModule__enrollmentInfo={"count": 83, "type": "ACTUAL"})
    import_files(catalogue, [lines("new.jsonl", new)])
    assert catalogue.trials()["planned_enrolment"].to_list() == [None]
    import_files(catalogue, [lines("old.jsonl", trial())])
    assert [each.updated for each in catalogue.versions("NCT90000001")] == ["2020-01-01", "2024-07-01"]
    assert catalogue.trials().select("enrolment", "planned_enrolment").row(0) == (83, 120)


def test_the_same_id_with_other_content_in_one_input_is_counted(catalogue: Catalogue, lines: Lines) -> None:
    other = trial(**updated("2021-01-01"), statusModule__overallStatus="TERMINATED")
    cancer = trial("NCT90000002", **BREAST_CANCER)
    path = lines("a.jsonl", trial(), other, trial(), cancer, cancer)
    books = import_files(catalogue, [path])
    assert (books.new, books.changed, books.unchanged, books.out_of_scope) == (1, 1, 1, 2)
    assert (books.repeated, books.differing) == (3, 2)
    assert books.balanced
    assert catalogue.trials()["status"].to_list() == ["terminated"]
    again = import_files(catalogue, [path])
    assert (again.stored, again.unchanged) == (0, 3)
    assert catalogue.trials()["status"].to_list() == ["terminated"]


def test_the_spelling_of_a_record_does_not_matter(catalogue: Catalogue, lines: Lines, tmp_path: Path) -> None:
    import json

    import_files(catalogue, [lines("a.jsonl", trial())])
    stamped = {**trial(), "derivedSection": {"miscInfoModule": {"versionHolder": "2026-01-01"}}}
    (tmp_path / "spaced.json").write_text(json.dumps(stamped, indent=3))
    books = import_files(catalogue, [tmp_path / "spaced.json"])
    assert (books.read, books.unchanged) == (1, 1)
    assert len(catalogue.versions("NCT90000001")) == 1


def test_a_trial_that_leaves_the_landscape_is_still_followed(catalogue: Catalogue, lines: Lines) -> None:
    import_files(catalogue, [lines("a.jsonl", trial())])
    books = import_files(catalogue, [lines("b.jsonl", trial(**BREAST_CANCER, **updated("2025-01-01")))])
    assert (books.changed, books.out_of_scope) == (1, 0)
    assert catalogue.trials()["disease"].to_list() == ["other"]
    assert len(catalogue.versions("NCT90000001")) == 2


def test_a_reader_that_fails_refuses_its_record_only(
    catalogue: Catalogue, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scleroscope.catalogue import read

    true_reader = read.classify

    def broken(study: object) -> object:
        if study.id == "NCT90000001":  # type: ignore[attr-defined]
            raise ZeroDivisionError("broken")
        return true_reader(study)  # type: ignore[arg-type]

    monkeypatch.setattr(read, "classify", broken)
    books = import_files(catalogue, [lines("a.jsonl", trial(), trial("NCT90000002"))])
    assert (books.new, books.refused) == (1, 1)
    assert "ZeroDivisionError" in catalogue.refused()[0].reason


def test_a_path_that_is_not_there_is_said_before_anything_is_imported(
    catalogue: Catalogue, lines: Lines
) -> None:
    with pytest.raises(NotFound, match="nothing was imported"):
        import_files(catalogue, [lines("a.jsonl", trial()), Path("nowhere.json")])
    assert len(catalogue) == 0
    assert catalogue.imports() == []


def test_a_batch_is_stored_whole_or_not_at_all(
    catalogue: Catalogue, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scleroscope.catalogue import intake

    monkeypatch.setattr(intake, "BATCH_RECORDS", 2)
    path = lines("a.jsonl", *(trial(f"NCT9000000{n}") for n in range(5)))
    true_settle = intake.Writer.settle

    def stops(self: intake.Writer, item: object) -> object:
        if item.id == "NCT90000003":  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return true_settle(self, item)  # type: ignore[arg-type]

    monkeypatch.setattr(intake.Writer, "settle", stops)
    with pytest.raises(KeyboardInterrupt):
        import_files(catalogue, [path])
    assert catalogue.ids() == ["NCT90000000", "NCT90000001"]
    (books,) = catalogue.imports()
    assert (books.finished, books.read, books.new, books.balanced) == (None, 2, 2, True)
    monkeypatch.setattr(intake.Writer, "settle", true_settle)
    books = import_files(catalogue, [path])
    assert (books.new, books.unchanged) == (3, 2)


def test_new_knowledge_relabels_what_is_stored_without_adding_versions(
    catalogue: Catalogue, lines: Lines
) -> None:
    path = lines("a.jsonl", trial())
    import_files(catalogue, [path])
    catalogue.connection.execute("UPDATE trials SET disease = 'stale'")
    catalogue.connection.execute("UPDATE meta SET value = 'older'")
    import_files(catalogue, [path])
    assert catalogue.trials()["disease"].to_list() == ["systemic_sclerosis"]
    assert len(catalogue.versions("NCT90000001")) == 1
    assert catalogue.search([["antibody"]]).total == 1


def test_what_an_import_said_is_kept_in_its_books(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "readme.md").write_text("about these records")
    day = trial("NCT90000001")
    day["protocolSection"]["statusModule"]["startDateStruct"] = {"date": "2019-02-30"}
    other = trial("NCT90000002")
    again = {**trial("NCT90000002"), "hasResults": True}
    again["protocolSection"]["identificationModule"]["briefTitle"] = "Another title in scleroderma"
    texts = [json.dumps(each) for each in (day, other, again)]
    (folder / "a.jsonl").write_text("\n".join(texts))
    books = import_files(catalogue, [folder])
    assert (len(books.beside), len(books.notes), len(books.doubles), books.in_part) == (1, 1, 1, 1)
    assert catalogue.imports() == [books]
