"""`scleroscope criteria` and `scleroscope match PATIENTS --text FILE --json` as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]

TEXT = "Inclusion Criteria:\r\n\r\n* Good humour on Tuesdays\r\n"


def test_one_answer_a_line_in_the_patients_order(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(TEXT.encode())
    (tmp_path / "all.jsonl").write_text('{"id": "a"}\n{"id": "b", "age": 40}\n')
    done = run("match", tmp_path / "all.jsonl", "--text", tmp_path / "text.txt", "--json")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["possible", "possible"]
    humour = answers[0]["criteria"][-1]
    assert {"id", "kind", "text", "start", "end", "verdict", "why", "missing"} <= humour.keys()
    assert "Good humour" in TEXT[humour["start"] : humour["end"]]
    assert humour["verdict"] == "unknown"
    assert humour["missing"] == []
    assert "not understood" in humour["why"]


def test_a_mistake_in_a_patient_file_is_one_line_without_the_value(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT)
    (tmp_path / "one.json").write_text('{"id": "a", "age": 912}')
    done = run("match", tmp_path / "one.json", "--text", tmp_path / "text.txt", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "age: outside the plausible range 0 to 120 years" in done.stderr
    assert "912" not in done.stderr


def test_criteria_of_standard_input_as_json(run: Run) -> None:
    done = run("criteria", "-", "--json", stdin="Inclusion Criteria:\n\n* Good humour on Tuesdays\n")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    one = answer["criteria"][-1]
    assert {"id", "kind", "text", "start", "end", "reading", "plain", "tree"} <= one.keys()
    assert answer["coverage"]["criteria"] == len(answer["criteria"])
    assert one["tree"]["node"] == "opaque"
    assert answer["origin"]["how"] == "parsed"


def test_criteria_on_a_terminal_show_text_and_reading(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT)
    done = run("criteria", tmp_path / "text.txt")
    assert done.returncode == 0, done.stderr
    assert "Good humour" in done.stdout
    assert "study team must check" in done.stdout


def test_criteria_of_an_unknown_trial_is_one_line(run: Run) -> None:
    done = run("criteria", "NCT99999999")
    assert done.returncode == 3
    assert "NCT99999999" in done.stderr
    assert "Traceback" not in done.stderr


def test_criteria_leave_for_other_systems(run: Run) -> None:
    for form, sign in (("cql", "library criteria"), ("fhir-r4", '"Group"'), ("ti", "STUDYID,DOMAIN")):
        done = run("criteria", "-", "--export", form, stdin="Inclusion Criteria:\n\n* Age 18 or older\n")
        assert done.returncode == 0, done.stderr
        assert sign in done.stdout
    done = run("criteria", "-", "--export", "papyrus", stdin="x")
    assert done.returncode == 2
    assert "no such form: papyrus" in done.stderr


def test_criteria_find_a_trial_by_its_acronym_or_its_id_in_any_case(run: Run) -> None:
    wanted = json.loads(run("criteria", "NCT02453256", "--json").stdout)
    assert json.loads(run("criteria", "focussced", "--json").stdout) == wanted
    near = run("criteria", "NCT02453257")
    assert near.returncode == 3
    assert "NCT02453256" in near.stderr


def test_a_missing_text_is_told_as_a_missing_file_not_as_an_unknown_trial(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"id": "a"}')
    for gone in (tmp_path / "gone.txt", tmp_path / "nowhere"):
        read = run("criteria", gone)
        held = run("match", tmp_path / "one.json", "--text", gone)
        assert read.returncode == held.returncode == 3
        assert f"{gone}: no such file" in read.stderr
        assert read.stderr == held.stderr
    folder = run("criteria", tmp_path)
    assert (folder.returncode, "a folder" in folder.stderr) == (2, True)


def test_standard_input_that_is_no_text_is_refused_like_a_file(tmp_path: Path) -> None:
    raw = "Âge ≥ 18".encode("utf-16")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    (tmp_path / "wide.txt").write_bytes(raw)
    for what, where in ((str(tmp_path / "wide.txt"), tmp_path / "wide.txt"), ("-", "standard input")):
        command = [sys.executable, "-m", "scleroscope", "criteria", what]
        done = subprocess.run(command, input=raw, capture_output=True, check=False, env=env)
        assert done.returncode == 2
        assert done.stderr.decode() == f"scleroscope: {where}: not UTF-8 text (byte 0)\n"


def test_no_patients_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT)
    (tmp_path / "none.jsonl").write_text("")
    done = run("match", tmp_path / "none.jsonl", "--text", tmp_path / "text.txt", "--json")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no patient in it" in done.stderr
