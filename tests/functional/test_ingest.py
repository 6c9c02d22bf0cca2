"""`scleroscope import` and `verify` as processes: the books, bad input, and exit codes."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.invented import trial

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.jsonl"
    other = trial(
        "NCT90000002",
        conditionsModule__conditions=["Breast Cancer"],
        identificationModule__briefTitle="Of something else",
    )
    path.write_text(json.dumps(trial()) + "\n" + json.dumps(other) + "\n")
    return path


def test_import_says_what_became_of_every_record(run: Run, good: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "c.sqlite"
    done = run("import", good, "--catalogue", catalogue)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "read 2 = stored 1 (1 new, 0 changed) + unchanged 0 + out of scope 1 + refused 0\n"
    )
    again = json.loads(run("import", good, "--catalogue", catalogue, "--all", "--json").stdout)
    assert (again["read"], again["new"], again["unchanged"], again["complete"]) == (2, 1, 1, True)


def test_a_folder_with_texts_beside_the_records_is_no_failure_and_says_what_it_passed_over(
    run: Run, good: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "download"
    folder.mkdir()
    good.rename(folder / good.name)
    for number in range(7):
        (folder / f"note {number}.txt").write_text("to do")
    done = run("import", folder, "--catalogue", tmp_path / "c.sqlite")
    assert done.returncode == 0
    assert "refused 0" in done.stdout
    assert "passed over, not records: 7 files" in done.stderr
    assert "note 0.txt: a text" in done.stderr
    assert "and 2 more" in done.stderr
    again = json.loads(run("import", folder, "--catalogue", tmp_path / "c.sqlite", "--json").stdout)
    assert len(again["beside"]) == 7


def test_the_default_place_and_the_environment_are_used(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCLEROSCOPE_CATALOGUE", raising=False)
    assert run("import", good).returncode == 0
    assert run("verify").stdout.startswith("1 trials in 1 versions")
    assert list(tmp_path.rglob("catalogue.sqlite"))
    monkeypatch.setenv("SCLEROSCOPE_CATALOGUE", str(tmp_path / "named.sqlite"))
    assert run("import", good).returncode == 0
    assert (tmp_path / "named.sqlite").exists()


def bad_file(kind: str, folder: Path) -> Path:
    path = folder / f"bad.{kind}"
    text = json.dumps(trial("NCT90000009")).encode()
    match kind:
        case "not.json":
            path.write_bytes(b"This is not JSON at all")
        case "cut.jsonl.gz":
            path.write_bytes(gzip.compress(text * 200, mtime=0)[:-20])
        case "traversal.zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("../../escaped.json", text)
        case "html.json":
            path.write_bytes(b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>")
        case "schema.json":
            path.write_text('{"songs": [1, 2]}')
        case "nul.json":
            path.write_bytes(b"\0" * 5000)
        case "empty.json":
            path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    "kind",
    ["not.json", "cut.jsonl.gz", "traversal.zip", "html.json", "schema.json", "nul.json", "empty.json"],
)
def test_a_bad_file_is_one_line_and_the_good_file_beside_it_is_stored(
    run: Run, good: Path, tmp_path: Path, kind: str
) -> None:
    catalogue = tmp_path / "c.sqlite"
    bad = bad_file(kind, tmp_path)
    done = run("import", bad, good, "--catalogue", catalogue)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(f"refused {bad}")
    assert "stored 1 (1 new" in done.stdout or kind == "cut.jsonl.gz"
    assert not (tmp_path.parent / "escaped.json").exists()
    checked = run("verify", "--catalogue", catalogue)
    assert checked.returncode == 0, checked.stderr


IN_PART = {
    "a day that does not exist": (
        {"statusModule__startDateStruct": {"date": "2019-02-30"}},
        "statusModule.startDateStruct.date: not a date: '2019-02-30'",
    ),
    "a negative enrolment": (
        {"designModule__enrollmentInfo": {"count": -5}},
        "designModule.enrollmentInfo.count: not a whole number from 0: -5",
    ),
    "half a surrogate pair": (
        {"identificationModule__briefTitle": "Thick \ud83d skin in scleroderma"},
        "U+FFFD",
    ),
    "a NUL": ({"identificationModule__briefTitle": "Thick \0 skin in scleroderma"}, "U+FFFD"),
    "another schema inside": ({"conditionsModule__conditions": "Scleroderma"}, "expected a list, found text"),
}


@pytest.mark.parametrize("kind", IN_PART)
def test_a_field_that_cannot_be_taken_over_is_one_line_and_the_rest_is_stored(
    run: Run, tmp_path: Path, kind: str
) -> None:
    changes, complaint = IN_PART[kind]
    (tmp_path / "odd.json").write_text(json.dumps(trial(**changes)))
    done = run("import", tmp_path / "odd.json", "--catalogue", tmp_path / "c.sqlite")
    assert done.returncode == 1
    assert "stored 1" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"taken in part NCT90000001 ({tmp_path / 'odd.json'}): ")
    assert complaint in line
    assert "import it again" in line
    assert run("verify", "--catalogue", tmp_path / "c.sqlite").returncode == 0


def test_what_is_out_of_scope_because_it_could_not_be_read_is_said(run: Run, tmp_path: Path) -> None:
    odd = trial(
        identificationModule__briefTitle=["Scleroderma"],
        conditionsModule__conditions="Scleroderma",
        descriptionModule__briefSummary=["Scleroderma"],
    )
    (tmp_path / "odd.json").write_text(json.dumps(odd))
    done = run("import", tmp_path / "odd.json", "--catalogue", tmp_path / "c.sqlite")
    assert "out of scope 1" in done.stdout
    assert done.returncode == 1
    assert "conditionsModule.conditions: expected a list" in done.stderr


def test_one_id_with_two_contents_is_said_and_both_are_kept(run: Run, tmp_path: Path) -> None:
    both = [trial(), trial(designModule__enrollmentInfo={"count": 7})]
    (tmp_path / "two.jsonl").write_text("\n".join(map(json.dumps, both)))
    done = run("import", tmp_path / "two.jsonl", "--catalogue", tmp_path / "c.sqlite")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"came before with other content NCT90000001 ({tmp_path / 'two.jsonl'}:2); both")
    assert run("verify", "--catalogue", tmp_path / "c.sqlite").stdout.startswith("1 trials in 2 versions")


def test_what_cannot_be_started_is_one_line(run: Run, good: Path, tmp_path: Path) -> None:
    missing = run("import", tmp_path / "nowhere.json", "--catalogue", tmp_path / "c.sqlite")
    assert missing.returncode == 3
    assert len(missing.stderr.splitlines()) == 1
    assert "no such file" in missing.stderr
    newer = tmp_path / "newer.sqlite"
    run("import", good, "--catalogue", newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    refused = run("import", good, "--catalogue", newer)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "newer scleroscope" in refused.stderr
    nothing = run("verify", "--catalogue", tmp_path / "none.sqlite")
    assert nothing.returncode == 3
    assert len(nothing.stderr.splitlines()) == 1


def test_a_full_disk_is_one_line_and_the_catalogue_is_whole(run: Run, good: Path, tmp_path: Path) -> None:
    import os

    resource = pytest.importorskip("resource")
    catalogue = tmp_path / "c.sqlite"
    run("import", good, "--catalogue", catalogue)
    more = tmp_path / "more.jsonl"
    with more.open("w") as file:
        for number in range(300):
            text = os.urandom(2000).hex()
            file.write(json.dumps(trial(f"NCT91{number:06d}", descriptionModule__briefSummary=text)) + "\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
    try:
        full = run("import", more, "--catalogue", catalogue)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert full.returncode == 1
    assert len(full.stderr.splitlines()) == 1, full.stderr
    assert "disk" in full.stderr
    assert "300 listed" not in full.stdout
    done = run("import", more, "--catalogue", catalogue)
    assert "read 300 = stored 300" in done.stdout, done.stderr
    assert run("verify", "--catalogue", catalogue).returncode == 0


def test_verify_compares_with_a_list(run: Run, good: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "c.sqlite"
    run("import", good, "--catalogue", catalogue)
    listed = tmp_path / "ids.tsv"
    listed.write_text("id\ttitle\nNCT90000001\tours\nNCT90000002\tother\nNCT90000003\tnever\n")
    done = run("verify", "--catalogue", catalogue, "--ids", listed, "--json")
    assert done.returncode == 1
    compared = json.loads(done.stdout)["comparison"]
    assert compared["extra"] == []
    assert compared["missing"]["NCT90000002"].endswith("out of scope")
    assert compared["missing"]["NCT90000003"] == "never read"
    listed.write_text("NCT90000001\n")
    assert run("verify", "--catalogue", catalogue, "--ids", listed).returncode == 0


def test_verify_says_what_is_not_sound(run: Run, good: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "c.sqlite"
    run("import", good, "--catalogue", catalogue)
    with sqlite3.connect(catalogue) as connection:
        connection.execute("UPDATE imports SET read = read + 1")
    connection.close()
    done = run("verify", "--catalogue", catalogue)
    assert done.returncode == 1
    assert "DOES NOT BALANCE" in done.stderr
    assert "NOT SOUND" in done.stdout


@pytest.mark.shared
def test_every_real_scleroderma_record_is_accounted_for(run: Run, shared: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "c.sqlite"
    folders = ["xml", "json_v2", "xml_transcribed", "xml_results"]
    done = run(
        "import", *(shared / "data" / "ssc" / each for each in folders), "--catalogue", catalogue, "--json"
    )
    # Two trials lie in these folders twice with different content: both are kept, and that is said.
    twice = [line for line in done.stderr.splitlines() if "came before with other content" in line]
    assert (done.returncode, len(twice)) == (1, 2), done.stderr
    books = json.loads(done.stdout)
    files = sum(
        1 for each in folders for path in (shared / "data" / "ssc" / each).iterdir() if path.is_file()
    )
    assert books["balanced"]
    assert books["read"] == files
    assert books["read"] == books["new"] + books["changed"] + books["unchanged"]
    assert run("verify", "--catalogue", catalogue).returncode == 0
