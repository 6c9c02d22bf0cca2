"""What people type, on the catalogue that ships: each of these found nothing, or the wrong thing, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from scleroscope.api.scope import Scope
from scleroscope.catalogue.shipped import shipped_catalogue


@pytest.fixture(scope="module")
def shipped() -> Iterator[Scope]:
    with Scope(shipped_catalogue()) as scope:
        yield scope


def found(shipped: Scope, query: str) -> set[str]:
    return set(shipped.search(query, limit=None).trials["id"])


TOCILIZUMAB = {"NCT01532869", "NCT02453256"}


@pytest.mark.parametrize(
    "query", ["IL-6", "IL6", "il 6", "anti-IL6 skin", "anti IL-6", "Actemra", "interleukin-6"]
)
def test_every_way_to_write_interleukin_6_finds_its_drug(shipped: Scope, query: str) -> None:
    assert found(shipped, query) >= TOCILIZUMAB


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tocilizumap", "tocilizumab"),
        ("ciclofosfamide", "cyclophosphamide"),
        ("bozentan", "bosentan"),
        ("nct 02453256", "NCT02453256"),
        ("CAR T", "CAR-T"),
        ("TGF-b", "TGFβ"),
        ("raynauds iloprost", "Raynaud iloprost"),
        ("fecal", "faecal microbiota transplant"),
    ],
)
def test_misspellings_and_other_spellings_find_the_same_trials(shipped: Scope, one: str, other: str) -> None:
    assert found(shipped, one) == found(shipped, other) != set()


def test_a_respelt_word_is_told(shipped: Scope) -> None:
    assert "no trial holds 'nintedanip'; looked for 'nintedanib'" in shipped.search("nintedanip").notes


def test_countries_phases_and_statuses_in_a_query_are_filters(shipped: Scope) -> None:
    spoken = shipped.search("recruiting transplant in United States", limit=None)
    set_apart = shipped.search("transplant", limit=None, status="recruiting", country="US")
    assert spoken.trials["id"].to_list() == set_apart.trials["id"].to_list() != []
    assert found(shipped, "pirfenidone China phase 3") < found(shipped, "pirfenidone")


def test_a_filter_that_is_set_apart_stands(shipped: Scope) -> None:
    set_apart = shipped.search("rituximab phase 2", phase="3", limit=None).trials
    assert all("phase_3" in phases for phases in set_apart["phases"])


def test_the_disease_itself_narrows_nothing_down(shipped: Scope) -> None:
    assert (
        found(shipped, "scleroderma stem cell transplant") == found(shipped, "stem cell transplant") != set()
    )


def test_a_word_that_no_trial_holds_is_told_and_left_out(shipped: Scope) -> None:
    answer = shipped.search("zzyzx tocilizumab")
    assert (answer.total, "zzyzx" in " ".join(answer.notes)) == (2, True)
    assert shipped.search("zzyzx").total == 0


def test_words_that_no_trial_holds_together_are_counted_alone(shipped: Scope) -> None:
    answer = shipped.search("tocilizumab calcinosis")
    assert answer.total == 0
    assert "tocilizumab 2" in " ".join(answer.notes)


def test_a_town_among_the_words_finds_trials_that_run_there(shipped: Scope) -> None:
    assert "NCT03444805" in set(shipped.search("transplant scleroderma Paris").trials["id"])


def test_the_overview_tells_what_was_tried_and_found(run: Callable[..., CompletedProcess[str]]) -> None:
    told = " ".join(run("--catalogue", shipped_catalogue()).stdout.split())
    for each in ("IL6R 2 (tocilizumab)", "fresolimumab", "MS4A1", "JAK1"):
        assert each in told
    assert "ASTIS" in told
    told = " ".join(run("--catalogue", shipped_catalogue(), "evidence").stdout.split())
    for each in ("tocilizumab 2", "fresolimumab 1", "rituximab 9"):
        assert each in told
    assert "hazard ratio 0.52 (0.28 to 0.96), p = 0.04" in told  # ASTIS at one year
    assert "hazard ratio 2.01 (0.74 to 5.49), p = 0.17" in told  # and its early harm


def test_show_tells_results_and_harms_with_their_sources(run: Callable[..., CompletedProcess[str]]) -> None:
    told = run("--catalogue", shipped_catalogue(), "show", "SCOT").stdout
    results, harms = told.split("PUBLISHED RESULTS")[1].split("PUBLISHED HARMS")
    assert "p = 0.02" in results
    assert "https://www.rti.org" in results
    assert "death: transplant 5 of 34, cyclophosphamide 13 of 37" in harms
    assert "source: ClinicalTrials.gov NCT00114530" in harms
    shown = json.loads(run("--catalogue", shipped_catalogue(), "show", "SCOT", "--json").stdout)
    assert shown["published"]["results"][0]["level"] == "primary"
    assert set(shown["published"]["results"][0]["source"]) <= set(shown["published"]["sources"])


def test_verify_without_a_catalogue_proves_the_shipped_one(
    run: Callable[..., CompletedProcess[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SCLEROSCOPE_CATALOGUE", raising=False)
    done = run("verify")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "sound")
