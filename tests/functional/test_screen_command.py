"""`scleroscope screen` and `whatif` as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from scleroscope.design.population import draw_population

Run = Callable[..., subprocess.CompletedProcess[str]]
TRIALS = ("--study", "NCT02453256", "--study", "NCT01532869")


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.parquet"
    draw_population(300, seed=2).drop("true_mrss").write_parquet(path)
    return path


def test_verdicts_add_up_and_the_file_says_the_same(run: Run, cohort: Path, tmp_path: Path) -> None:
    done = run("screen", cohort, *TRIALS, "--json", "--out", tmp_path / "verdicts.parquet")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    rows = pl.read_parquet(tmp_path / "verdicts.parquet")
    assert rows.height == 600
    assert rows.columns == ["id", "trial", "verdict", "not_met", "unknown"]
    for trial in answer["trials"]:
        of_trial = rows.filter(pl.col("trial") == trial["trial"])
        counted = dict(of_trial["verdict"].cast(pl.String).value_counts().iter_rows())
        assert counted == {verdict: count for verdict, count in trial["counts"].items() if count}
        assert of_trial.filter(pl.col("not_met") != 0).height == trial["counts"]["ineligible"]
        for place, step in enumerate(trial["attrition"]):
            assert of_trial.filter(pl.col("not_met") == 1 << place).height == step["alone"]
    changed = json.loads(run("whatif", "NCT02453256", cohort, "--drop", "I5", "--json").stdout)
    alone = {step["id"]: step["alone"] for step in
             next(one for one in answer["trials"] if one["trial"] == "NCT02453256")["attrition"]}  # fmt: skip
    assert changed["gained"] == alone["I5"] > 0
    assert run("whatif", "focuSSced", cohort, "--relax", "10 <= mrss <= 51").returncode == 0
    wrong = run("whatif", "NCT02453256", cohort, "--drop", "E99")
    assert wrong.returncode == 2
    assert "I1, I2" in wrong.stderr


def test_an_error_leaves_no_file_and_tells_no_value(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    for content, said in (
        ("id,mrrs\na,4321\n", "did you mean mrss"),
        ("id,mrss\na,4321\n", "outside the plausible range 0 to 51"),
        ("id,country\na,FR\n", "no column that a criterion looks at"),
    ):
        path.write_text(content)
        done = run("screen", path, "--study", "NCT02453256", "--out", tmp_path / "verdicts.parquet")
        assert done.returncode == 2
        assert said in done.stderr
        assert "4321" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        for file in tmp_path.rglob("*"):
            assert "verdicts" not in file.name
            assert "screening" not in file.name
            assert not (file.is_file() and file != path and b"4321" in file.read_bytes()), file


def test_a_report_draws_who_is_left_and_what_rules_out_together(
    run: Run, cohort: Path, tmp_path: Path
) -> None:
    done = run("screen", cohort, *TRIALS[:2], "--html", tmp_path / "r.html")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert text.count("<svg") == 4  # two figures, wide and narrow
    assert "what rules out together" in text
    assert "qualif" not in text.lower()
    assert "<script" not in text
    found = json.loads(run("screen", cohort, *TRIALS[:2], "--html", tmp_path / "r.html", "--json").stdout)
    (trial,) = found["trials"]
    sums = {step["id"]: step["alone"] for step in trial["attrition"]}
    for one in trial["together"]:
        if len(one["criteria"]) == 1:
            assert one["patients"] == sums[one["criteria"][0]]
    assert trial["best"][0]["gained"] == max(sums.values())


def test_a_screen_that_is_killed_leaves_nothing_after_the_next(
    run: Run, cohort: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    script = (
        "import os, signal, sys, pathlib\n"
        "from scleroscope.api import batches, screen\n"
        "from scleroscope.api.scope import connect\n"
        "def die(*_):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "screen.aside = die\n"
        "with connect() as scope:\n"
        "    screen.screen_cohort(scope.catalogue, pathlib.Path(sys.argv[1]), studies=['NCT02453256'],\n"
        "                         out=pathlib.Path(sys.argv[2]))\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, cohort, folder / "v.parquet"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -9
    left = list(folder.iterdir())
    assert [one.name.split("-")[0] for one in left] == [".screening"]
    assert run("screen", cohort, *TRIALS[:2], "--out", folder / "v.parquet").returncode == 0
    assert [one.name for one in folder.iterdir()] == ["v.parquet"]
