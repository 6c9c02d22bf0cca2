"""Matching from Python, on a catalogue that changes while it is open."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.functional import invented_trials

from scleroscope.api.scope import Scope
from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.intake import import_files

PATIENT = {"id": "secret-4321", "age": 51, "mrss": 22}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with open_catalogue(tmp_path / "c.sqlite") as catalogue:
        import_files(catalogue, [invented_trials.write(tmp_path)])
    return tmp_path / "c.sqlite"


def test_a_patient_is_matched_from_keys_or_a_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("\n".join(f"{key}: {value}" for key, value in PATIENT.items()))
    with Scope(path) as scope:
        from_keys, from_file = scope.match(PATIENT), scope.match(tmp_path / "p.yaml")
        assert from_keys == from_file
        assert len(from_keys.trials) == len(scope.catalogue)
        assert len(scope.match(PATIENT, recruiting=True).trials) < len(from_keys.trials)


def test_a_trial_that_comes_later_is_matched_too(path: Path, tmp_path: Path) -> None:
    with Scope(path) as scope:
        before = len(scope.match(PATIENT).trials)
        record = invented_trials.record(4711, "A later trial", status="RECRUITING")
        (tmp_path / "later.json").write_text(json.dumps(record))
        with open_catalogue(path) as catalogue:
            import_files(catalogue, [tmp_path / "later.json"])
            assert len(scope.match(PATIENT).trials) == before + 1


def test_nothing_of_a_patient_is_logged_or_kept(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), Scope(path) as scope:
        scope.match({**PATIENT, "place": "Lyon, France"})
    assert "secret" not in caplog.text
    for file in tmp_path.rglob("*"):
        assert not (file.is_file() and b"secret-4321" in file.read_bytes()), file
