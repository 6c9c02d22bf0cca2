"""The design commands as a trialist uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

PLAN = """
title = "a small trial"
trials = 400
[population]
size = 20000
[criteria]
inclusion = ["subset = diffuse", "10 <= mrss <= 40", "months_since_first_non_raynaud <= 60"]
exclusion = ["prednisone > 10 mg/day"]
[endpoint]
measure = "mrss_change"
week = 52
[arms]
n = 120
[effect]
mrss = -4
[sites]
count = 20
screened_per_month = 1
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_plan_is_simulated_and_every_criterion_has_its_cost(run: Run, plan: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run("design", plan, "--json", "--html", page)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert 0.05 < answer["plan"]["eligible"]["value"] < 0.3
    assert 0.3 < answer["plan"]["power"]["value"] < 0.95
    assert {tuple(cost["criteria"]) for cost in answer["costs"]} == {("I1",), ("I2",), ("I3",), ("E1",)}
    assert all(cost["eligible"]["value"] >= 0 and cost["months"] <= 0 for cost in answer["costs"])
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "a small trial" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_the_same_seed_gives_the_same_answer(run: Run, plan: Path) -> None:
    assert run("design", plan, "--json").stdout == run("design", plan, "--json").stdout


def test_a_sweep_prints_each_point_and_more_patients_bring_more_power(run: Run, plan: Path) -> None:
    done = run("design", plan, "--sweep", "arms.n=60,240", "--json")
    few, many = json.loads(done.stdout)
    assert (few["values"], many["values"]) == ({"arms.n": 60}, {"arms.n": 240})
    assert many["answer"]["power"]["value"] > few["answer"]["power"]["value"] + 0.1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("n = 120|n = 3", "arms.n"),
        ("subset = diffuse|subset = difuse", "criteria.inclusion[0]"),
        ("10 <= mrss <= 40|mrss > 51", "criteria"),
        ("count = 20|count = 0", "sites.count"),
        ("week = 52|weak = 52", "weak"),
    ],
)
def test_a_fault_in_the_plan_is_one_line_with_its_place(run: Run, plan: Path, change: str, said: str) -> None:
    old, new = change.split("|")
    plan.write_text(PLAN.replace(old, new), encoding="utf-8")
    done = run("design", plan)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_example_plan_can_be_saved_and_run(run: Run, tmp_path: Path) -> None:
    assert "focussced" in run("design").stdout.split()
    text = run("design", "--like", "NCT02453256").stdout
    path = tmp_path / "like.toml"
    path.write_text(text, encoding="utf-8")
    assert run("design", path, "--trials", "100").returncode == 0


def test_the_population_is_described_and_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "people.parquet"
    done = run("population", "--n", "3000", "--describe", "--json", "--out", out)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert all(row["source"] for row in rows)
    assert out.exists()


def test_people_that_were_written_can_be_screened(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "people.parquet"
    assert run("population", "--n", "200", "--out", out).returncode == 0
    done = run("screen", out, "--study", "NCT02453256", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trials"][0]["trial"] == "NCT02453256"


def test_a_plan_is_begun_from_any_trial_of_the_catalogue_with_criteria(run: Run, tmp_path: Path) -> None:
    done = run("design", "--like", "NCT06470048")
    assert 'like = "NCT06470048"' in done.stdout
    path = tmp_path / "like.toml"
    path.write_text(done.stdout, encoding="utf-8")
    again = run("design", path, "--trials", "50", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["plan"]["patients"] == 200


def test_competition_lengthens_recruitment(run: Run, plan: Path) -> None:
    alone = json.loads(run("design", plan, "--json", "--trials", "50").stdout)
    found = json.loads(run("design", plan, "--json", "--trials", "50", "--competition").stdout)
    assert 0 < found["competition"]["share"] < 1
    months = found["answer"]["plan"]["recruitment"]["mean"]
    lost = found["competition"]["share"]
    assert months == pytest.approx(alone["plan"]["recruitment"]["mean"] / (1 - lost), rel=0.05)


def test_kept_parts_are_read_again(run: Run, plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    first = run("design", plan, "--json", "--keep", folder)
    files = sorted(folder.iterdir())
    assert files
    assert run("design", plan, "--json", "--keep", folder).stdout == first.stdout
    assert sorted(folder.iterdir()) == files


@pytest.mark.parametrize(
    "design",
    [
        'kind = "boin"\ntoxicity = [0.05, 0.1, 0.25, 0.4]\ntarget = 0.25',
        'kind = "crm"\ntoxicity = [0.05, 0.1, 0.25, 0.4]\ntarget = 0.25',
        'kind = "three_plus_three"\ntoxicity = [0.05, 0.1, 0.25, 0.4]',
    ],
)
def test_a_dose_is_found_from_a_plan(run: Run, tmp_path: Path, design: str) -> None:
    path, page = tmp_path / "plan.toml", tmp_path / "page.html"
    path.write_text(
        f'title = "doses"\ntrials = 500\n[population]\nsize = 5000\n[design]\n{design}\n', "utf-8"
    )
    done = run("design", path, "--json", "--html", page)
    assert done.returncode == 0, done.stderr
    doses = json.loads(done.stdout)["plan"]["doses"]
    assert sum(row["selected"] for row in doses["rows"]) + doses["none"] == pytest.approx(1)
    assert ("table" in doses) == ("boin" in design)
    assert "dose is chosen" in page.read_text("utf-8")
    assert run("design", path).returncode == 0


def test_a_sweep_draws_its_front(run: Run, plan: Path, tmp_path: Path) -> None:
    page = tmp_path / "sweep.html"
    done = run("design", plan, "--sweep", "arms.n=60,120,240", "--html", page, "--json")
    assert [point["front"] for point in json.loads(done.stdout)] == [True, True, True]
    assert "Duration against power" in page.read_text("utf-8")
