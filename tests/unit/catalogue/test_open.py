"""Opening: what is not a catalogue, is too new, is locked or may not be written, is said in one line."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.invented import trial

from scleroscope.catalogue import open_catalogue, schema
from scleroscope.catalogue.database import default_path, only_writer
from scleroscope.catalogue.intake import import_files
from scleroscope.model.problem import NotFound, Problem

Lines = Callable[..., Path]


def one_line(error: pytest.ExceptionInfo[Problem], path: Path) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def test_a_catalogue_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    open_catalogue(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(Problem) as error:
            open_catalogue(path, read_only=read_only)
        assert "newer scleroscope" in one_line(error, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"<html>not found</html>" * 100, b"PK\x03\x04" * 500])
def test_a_file_that_is_not_sqlite_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(content)
    for read_only in (True, False):
        with pytest.raises(Problem) as error:
            open_catalogue(path, read_only=read_only)
        assert "not" in one_line(error, path)
    assert path.read_bytes() == content


def test_another_programs_sqlite_file_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE songs (title)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(Problem) as error:
        open_catalogue(path)
    assert "not a catalogue" in one_line(error, path)
    assert path.read_bytes() == before


def test_reading_a_catalogue_that_is_not_there_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.sqlite"
    with pytest.raises(NotFound) as error:
        open_catalogue(path, read_only=True)
    assert "scleroscope import" in one_line(error, path)
    assert not path.exists()


def test_a_second_import_at_once_is_refused_and_readers_are_not(tmp_path: Path, lines: Lines) -> None:
    path = tmp_path / "c.sqlite"
    file = lines("a.jsonl", trial())
    with open_catalogue(path) as first, open_catalogue(path) as second:
        with only_writer(path):
            with pytest.raises(Problem) as error:
                import_files(second, [file])
            assert "another import" in one_line(error, path)
            with open_catalogue(path, read_only=True) as reader:
                assert len(reader) == 0
        assert import_files(second, [file]).new == 1
        assert len(first) == 1


def test_a_full_disk_is_one_line_and_what_was_stored_stays(tmp_path: Path, lines: Lines) -> None:
    path = tmp_path / "c.sqlite"
    with open_catalogue(path) as catalogue:
        import_files(catalogue, [lines("a.jsonl", trial())])
        pages = catalogue.connection.execute("PRAGMA page_count").fetchone()[0]
        catalogue.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        more = [
            trial(f"NCT9100{n:04d}", descriptionModule__briefSummary=os.urandom(3000).hex())
            for n in range(200)
        ]
        with pytest.raises(Problem) as error:
            import_files(catalogue, [lines("b.jsonl", *more)])
        assert "disk is full" in one_line(error, path)
        catalogue.connection.execute("PRAGMA max_page_count = 1000000")
        assert catalogue.ids() == ["NCT90000001"]
        assert catalogue.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert import_files(catalogue, [lines("b.jsonl", *more)]).new == 200


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_can_still_be_read(tmp_path: Path, lines: Lines) -> None:
    path = tmp_path / "sealed" / "c.sqlite"
    with open_catalogue(path) as catalogue:
        import_files(catalogue, [lines("a.jsonl", trial())])
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with open_catalogue(path, read_only=True) as sealed:
            assert sealed.ids() == ["NCT90000001"]
        with pytest.raises(Problem) as error, open_catalogue(path) as sealed:
            import_files(sealed, [lines("b.jsonl", trial("NCT90000002"))])
        assert "may not be written" in one_line(error, path)
    finally:
        path.parent.chmod(0o755)
        path.chmod(0o644)


def test_the_environment_names_the_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCLEROSCOPE_CATALOGUE", str(tmp_path / "mine.sqlite"))
    assert default_path() == tmp_path / "mine.sqlite"
    monkeypatch.delenv("SCLEROSCOPE_CATALOGUE")
    assert default_path().name == "catalogue.sqlite"


def test_a_catalogue_of_the_first_version_is_read_as_it_is_and_brought_up_to_date(
    tmp_path: Path, lines: Lines
) -> None:
    path = tmp_path / "c.sqlite"
    with open_catalogue(path) as catalogue:
        import_files(catalogue, [lines("a.jsonl", trial())])
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TABLE remarks")
        raw.execute("ALTER TABLE imports DROP COLUMN in_part")
        raw.execute("PRAGMA user_version = 1")
    raw.close()
    with open_catalogue(path, read_only=True) as catalogue:
        assert [books.new for books in catalogue.imports()] == [1]
    with open_catalogue(path) as catalogue:
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "notes.txt").write_text("nothing")
        import_files(catalogue, [tmp_path / "more"])
    with open_catalogue(path, read_only=True) as catalogue:
        assert [books.new for books in catalogue.imports()] == [1, 0]
        assert "notes.txt" in catalogue.imports()[1].beside[0]
