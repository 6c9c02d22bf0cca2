"""`scleroscope evidence` on the shipped catalogue: what a reader sees first can be followed to its source."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_il6_receptor_tells_both_tocilizumab_trials_with_harms_and_sources(run: Run) -> None:
    done = run("evidence", "--target", "IL6R", "--by", "target")
    assert done.returncode == 0
    told = " ".join(done.stdout.split())
    for part in ("focuSSced", "difference −1.73 (−3.78 to 0.32)", "faSScinate", "serious adverse event",
                 "https://"):  # fmt: skip
        assert part in told


def test_transplant_trials_tell_survival_and_deaths(run: Run) -> None:
    told = " ".join(run("evidence", "--family", "cell_therapy").stdout.split())
    for part in ("ASTIS", "hazard ratio 0.34 (0.16 to 0.74)", "SCOT", "ASSIST", "treatment-related death"):
        assert part in told


@pytest.mark.parametrize("by", ["family", "class", "target"])
def test_json_has_every_result_once_with_its_address(run: Run, by: str) -> None:
    view = json.loads(run("evidence", "--by", by, "--json").stdout)
    told = [row for group in view["groups"] for row in group["told"]]
    assert all(row["source"] and row["finding"] for row in told)
    assert len({json.dumps(row, sort_keys=True) for row in told}) == len(told)
    names = {group["id"]: group for group in view["groups"]}
    assert {"family": "jak", "class": "jak_inhibitor", "target": "JAK1"}[by] in names


def test_the_overview_tells_a_table_and_where_the_rest_is(run: Run) -> None:
    shown = run("overview").stdout
    section = shown[shown.index("WHAT WAS TRIED") : shown.index("STARTS A YEAR")]
    assert len(section.splitlines()) < 80
    assert "scleroscope evidence" in section
    for trial in ("SENSCIS", "focuSSced", "ASTIS", "SCOT"):
        assert trial in section
