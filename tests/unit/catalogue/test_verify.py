"""Verify finds what is wrong with a catalogue, whoever did it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.invented import trial

from scleroscope.catalogue import Catalogue
from scleroscope.catalogue.intake import import_files
from scleroscope.catalogue.verify import read_ids, verify
from scleroscope.model.problem import BadRequest

Lines = Callable[..., Path]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("DELETE FROM trials", "records without their trial"),
        ("DELETE FROM labels", "trials without labels"),
        ("DELETE FROM texts", "full-text index lacks"),
        ("DELETE FROM versions", "points to nothing"),
        ("UPDATE imports SET read = read + 1", "DOES NOT BALANCE"),
        ("UPDATE imports SET new = new + 1, unchanged = unchanged - 1", "the books say 3 versions"),
        ("DELETE FROM refused", "refused, the catalogue holds"),
        ("UPDATE versions SET raw = x'28b52ffd'", "is damaged"),
        ("UPDATE imports SET finished = NULL", "was interrupted"),
    ],
)
def test_damage_is_found(catalogue: Catalogue, lines: Lines, damage: str, complaint: str) -> None:
    import_files(catalogue, [lines("a.jsonl", trial(), trial("NCT90000002"), "{}")])
    assert verify(catalogue).problems == ()
    catalogue.connection.execute("PRAGMA foreign_keys = OFF")
    catalogue.connection.execute(damage)
    verdict = verify(catalogue)
    assert not verdict.sound
    assert complaint in "\n".join(verdict.problems)


def test_an_interrupted_import_is_forgotten_once_it_was_finished(catalogue: Catalogue, lines: Lines) -> None:
    path = lines("a.jsonl", trial())
    import_files(catalogue, [path])
    catalogue.connection.execute("UPDATE imports SET finished = NULL")
    assert not verify(catalogue).sound
    import_files(catalogue, [path])
    assert verify(catalogue).sound


def test_a_list_of_ids_is_read_with_or_without_heading_and_titles(tmp_path: Path) -> None:
    path = tmp_path / "ids"
    path.write_text('\ufeffnct id,title\nNCT90000001,One\n\n# a note\n"NCT90000002"\tTwo\nNCT90000001\n')
    assert read_ids(path) == ["NCT90000001", "NCT90000002"]
    path.write_text("NCT90000003")
    assert read_ids(path) == ["NCT90000003"]
    with pytest.raises(BadRequest, match="cannot be read"):
        read_ids(tmp_path / "nowhere")
