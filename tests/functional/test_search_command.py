"""`scleroscope search`, `show`, `export` and `gaps` as people run them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl

Run = Callable[..., subprocess.CompletedProcess[str]]


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [row["id"] for row in json.loads(done.stdout)["trials"]]


def test_a_target_finds_the_drugs_that_act_on_it_and_says_so(filled: Run) -> None:
    done = filled("search", "anti-IL6", "skin", "--json")
    assert ids(done) == ["NCT99000001"]
    assert "tocilizumab" in done.stderr.lower()
    assert json.loads(done.stdout)["expansion"][0]["typed"] == "anti-IL6"


def test_facets_count_all_hits_not_only_the_listed_ones(filled: Run) -> None:
    found = json.loads(filled("search", "--limit", "1", "--json").stdout)
    assert (found["total"], len(found["trials"])) == (4, 1)
    assert sum(row["trials"] for row in found["facets"]["status"]) == 4


def test_near_sorts_by_distance_and_within_cuts(filled: Run) -> None:
    done = filled("search", "--near", "Lyon, France", "--within", "200km", "--json")
    assert ids(done) == ["NCT99000001", "NCT99000002"]
    first, second = json.loads(done.stdout)["trials"]
    assert first["distance_km"] < 1
    assert 100 < second["distance_km"] < 130  # Lyon to Geneva, placed by the gazetteer
    assert "1 of 4 trials have no sites in this catalogue" in done.stderr


def test_an_ambiguous_place_is_listed(filled: Run) -> None:
    done = filled("search", "--near", "Paris")
    assert done.returncode == 2
    assert "Paris, France" in done.stderr
    assert "Paris, TX, United States" in done.stderr


def test_nothing_found_is_an_answer_not_a_failure(filled: Run) -> None:
    done = filled("search", "zzyzx")
    assert done.returncode == 0
    assert done.stdout.startswith("0 trials")


def test_show_takes_an_id_in_any_case_or_an_acronym(filled: Run) -> None:
    for name in ("nct99000001", "NCT99000001", "soft"):
        done = filled("show", name)
        assert done.returncode == 0
        assert "Tocilizumab for skin fibrosis" in done.stdout


def test_an_unknown_id_suggests_near_ones(filled: Run) -> None:
    done = filled("show", "NCT9900001")
    assert (done.returncode, done.stdout) == (3, "")
    assert "NCT99000001" in done.stderr


def test_show_as_json_is_the_whole_study(filled: Run) -> None:
    shown = json.loads(filled("show", "SOFT", "--json").stdout)
    assert shown["study"]["id"] == "NCT99000001"
    assert shown["labels"]["targets"] == ["IL6R"]


def test_export_writes_each_format_with_the_same_trials(filled: Run, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("export").stdout)))
    lines = [json.loads(line) for line in filled("export", "--format", "jsonl").stdout.splitlines()]
    filled("export", "--to", tmp_path / "trials.parquet")
    table = pl.read_parquet(tmp_path / "trials.parquet")
    assert [row["id"] for row in rows] == [line["id"] for line in lines] == table["id"].to_list()
    assert rows[0]["countries"] == "FR | US" or rows[0]["countries"] == "US | FR"


def test_export_to_an_unknown_kind_of_file_is_refused(filled: Run, tmp_path: Path) -> None:
    done = filled("export", "--to", tmp_path / "trials.docx")
    assert done.returncode == 2
    assert ".parquet" in done.stderr
    assert not (tmp_path / "trials.docx").exists()


def test_gaps_list_what_no_row_explains_and_what_no_record_states(filled: Run) -> None:
    found = json.loads(filled("gaps", "--json").stdout)
    assert {"field": "phases", "trials": 1, "of": 4} in found["not_stated"]
    assert "unclassified" in found


def test_gaps_rank_the_wordings_of_criteria_that_nobody_reads_yet(run: Run, tmp_path: Path) -> None:
    from tests.invented import trial

    text = "Inclusion Criteria:\n\n* Frobnication grade of at least {}\n* Age 18 years or older"
    records = [
        trial(f"NCT9900010{number}", eligibilityModule__eligibilityCriteria=text.format(number))
        for number in (1, 2, 3)
    ]
    (tmp_path / "three.json").write_text(json.dumps({"studies": records}))
    assert run("import", tmp_path / "three.json").returncode == 0
    (gap,) = json.loads(run("gaps", "--criteria", "--json").stdout)["wordings"]
    assert "frobnication grade of at least #" in gap["wording"]
    assert (gap["trials"], gap["first"]) == (3, "NCT99000101")
    assert "frobnication" in run("gaps", "--criteria").stdout


def test_a_place_that_cannot_be_written_is_named(filled: Run, tmp_path: Path) -> None:
    for command in (("export", "--to"), ("overview", "--html")):
        done = filled(*command, tmp_path / "nowhere" / "out.csv")
        assert done.returncode == 1
        assert done.stderr.endswith(
            f"there is no folder {tmp_path / 'nowhere'}; make it, or name another place\n"
        )


def test_a_day_that_does_not_exist_is_named_with_what_would_do(filled: Run) -> None:
    done = filled("search", "--since", "2019-02-30")
    assert done.returncode == 2
    assert "--since 2019-02-30" in done.stderr
    assert "2015-06" in done.stderr
