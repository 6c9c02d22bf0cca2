"""`scleroscope match PATIENT` over a whole catalogue, as a process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

TOML = 'id = "a"\nage = 51\nsex = "female"\nsubset = "diffuse"\nmrss = 22\nplace = "Lyon, France"\n'


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    path = tmp_path / "patient.toml"
    path.write_text(TOML)
    return path


def test_every_trial_has_an_answer_and_counts_add_up(filled: Run, patient: Path) -> None:
    done = filled("match", patient, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    whole = json.loads(filled("overview", "--json").stdout)
    assert sum(answer["counts"].values()) == len(answer["trials"]) == whole["totals"]["trials"]
    assert "no medical advice" in answer["disclaimer"]


def test_near_ranks_and_within_leaves_out(filled: Run, patient: Path) -> None:
    far = json.loads(filled("match", patient, "--json", "--near", "Boston, US").stdout)
    near = json.loads(filled("match", patient, "--json", "--within", "200km").stdout)
    placed = [one["nearest"]["distance_km"] for one in near["trials"]]
    assert placed
    assert max(placed) <= 200
    assert any(one["nearest"] and one["nearest"]["distance_km"] > 5000 for one in far["trials"])


def test_yaml_and_json_say_the_same(filled: Run, patient: Path, tmp_path: Path) -> None:
    record = {"id": "a", "age": 51, "sex": "female", "subset": "diffuse", "mrss": 22, "place": "Lyon, France"}
    (tmp_path / "p.json").write_text(json.dumps(record))
    (tmp_path / "p.yaml").write_text("\n".join(f"{key}: {value}" for key, value in record.items()))
    said = {filled("match", path, "--json").stdout for path in
            (patient, tmp_path / "p.json", tmp_path / "p.yaml")}  # fmt: skip
    assert len(said) == 1


def test_a_screen_never_says_that_somebody_qualifies(filled: Run, patient: Path) -> None:
    done = filled("match", patient, "--limit", "0")
    assert done.returncode == 0, done.stderr
    assert "possible" in done.stdout or "not known" in done.stdout
    assert "qualif" not in done.stdout.lower()
    assert "no medical advice" in done.stdout


def test_why_of_an_unknown_trial_is_not_found(filled: Run, patient: Path) -> None:
    done = filled("match", patient, "--why", "NCT00000000")
    assert (done.returncode, done.stdout) == (3, "")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", "id = secretly\n", "not TOML"),
        ("a.yaml", "id: [secretly\n", "not YAML"),
        ("a.json", '{"id": secretly}', "not JSON"),
        ("b.toml", 'id = "secretly"\nage = 912\n', "outside the plausible range"),
        ("c.yaml", "id: secretly\nmrrs: 912\n", "did you mean mrss"),
        ("d.json", '[{"id": "secretly"}, {"id": "b"}]', "2 patients"),
        ("e.toml", 'id = "a"\nplace = "secretly"\n', "place"),
    ],
)
def test_no_value_of_a_patient_is_in_an_error_or_left_on_the_disk(
    filled: Run, tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    done = filled("match", path)
    assert said in done.stderr
    assert "secretly" not in done.stderr + done.stdout
    assert "912" not in done.stderr
    for file in tmp_path.rglob("*"):
        if file.is_file() and file != path:
            assert b"secretly" not in file.read_bytes(), file


def test_questions_one_by_one_narrow_the_trials_and_store_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text('{"id": "a"}')
    done = run("match", path, "--interactive", "--json", stdin="4321\n" * 2 + "\n" * 2 + "q\n")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["ask_next"]
    assert "Nothing is stored" in done.stderr
    assert "4321" not in done.stderr
    for file in tmp_path.rglob("*"):
        assert not (file.is_file() and b"4321" in file.read_bytes()), file


def test_a_page_to_print_is_whole_and_never_says_that_somebody_qualifies(
    filled: Run, patient: Path, tmp_path: Path
) -> None:
    done = filled("match", patient, "--html", tmp_path / "page.html")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    answer = json.loads(filled("match", patient, "--json").stdout)
    assert all(one["id"] in text for one in answer["trials"])
    assert "no medical advice" in text
    assert "qualif" not in text.lower()
    assert "<script" not in text
