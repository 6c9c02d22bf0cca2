"""The overview of the shipped catalogue, held against counts and lists that were made from the files by hand.

The counts come from `grep -h '^phases' *.toml | sort | uniq -c` and the like, the lists from reading
the files.
A trial that is added or corrected changes them: change the number here in the same commit.
"""

import json
from pathlib import Path

import pytest

from scleroscope.api.overview import overview
from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.shipped import shipped_catalogue, shipped_studies, shipped_trials

TRIALS = 289

PHASES = {
    "1": 26,  # 22 of phase 1, 4 of early phase 1
    "1/2": 25,
    "2": 82,
    "2/3": 11,
    "3": 36,
    "4": 7,
    "none": 61,  # 32 that say so, 29 that only observe
    "not stated": 41,
}

FIRST_AND_MANY = {1991: 1, 2003: 2, 2009: 9, 2016: 21, 2023: 6, 2025: 3}

IL6 = {"NCT01532869", "NCT02453256"}
TGF_BETA_1 = {"NCT00043706", "NCT00574613", "NCT01284322"}
CD20 = {
    "NCT00379431",
    "NCT01086540",
    "NCT01748084",
    "NCT01862926",
    "NCT03844061",
    "NCT04274257",
    "NCT05726630",
    "boonstra-2017-rituximab",
    "daoussis-2010-rituximab",
    "sircar-2018-rituximab",
}
JAK_1 = {
    "NCT03274076",
    "NCT04789850",
    "NCT06044844",
    "baricitinib-ssc-wuhan",
    "tofacitinib-methotrexate",
}
TRANSPLANT = {
    "NCT00040651",
    "NCT00058578",
    "NCT00114530",
    "NCT00278525",
    "NCT00282425",
    "NCT00622895",
    "NCT01413100",
    "NCT01445821",
    "NCT01895244",
    "NCT03444805",
    "NCT03593902",
    "NCT03630211",
    "NCT04464434",
    "NL-OMON23346",
    "nash-2007-hsct",
}
FAMILIES = {"jak": 5, "gastrointestinal": 6}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    with open_catalogue(shipped_catalogue(tmp_path_factory.mktemp("cache")), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def seen(catalogue):
    return json.loads(json.dumps(overview(catalogue).to_dict(), default=str))


def by_id(rows):
    return {row["id"]: row["trials"] for row in rows}


def test_every_trial_is_counted(seen):
    assert seen["totals"]["trials"] == TRIALS


def test_phases_agree_with_the_files(seen):
    assert by_id(seen["phases"]) == PHASES
    assert sum(PHASES.values()) == TRIALS


def test_years_agree_with_the_files(seen):
    years = {row["year"]: row["trials"] for row in seen["years"]}
    assert {year: years[year] for year in FIRST_AND_MANY} == FIRST_AND_MANY
    assert sum(years.values()) == TRIALS


def test_targets_agree_with_the_files(seen):
    targets = by_id(seen["targets"])
    assert targets["IL6R"] == len(IL6) == 2
    assert targets["TGFB1"] == len(TGF_BETA_1) == 3
    assert targets["MS4A1"] == len(CD20) == 10
    assert targets["JAK1"] == len(JAK_1) == 5


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("targets", "IL6R", IL6),
        ("targets", "TGFB1", TGF_BETA_1),
        ("targets", "MS4A1", CD20),
        ("targets", "JAK1", JAK_1),
        ("classes", "hsct", TRANSPLANT),
    ],
)
def test_the_trials_of_a_target_are_the_ones_that_a_reader_of_the_files_names(
    catalogue, column, value, expected
):
    rows = catalogue.trials().iter_rows(named=True)
    assert {row["id"] for row in rows if value in row[column]} == expected


def test_families_agree_with_the_files(seen):
    families = by_id(seen["families"])
    assert {name: families[name] for name in FAMILIES} == FAMILIES


def test_what_recruits_was_seen_recruiting_lately_or_is_not_yet_over(catalogue):
    open_now = catalogue.trials().filter(status="recruiting").iter_rows(named=True)
    for row in open_now:
        assert row["status_date"] is None or row["status_date"].year >= 2024, row["id"]


def test_the_page_about_the_catalogue_gives_the_right_numbers():
    page = Path(__file__).parents[2] / "docs" / "explanation" / "shipped-catalogue.md"
    trials = shipped_trials().values()
    with_criteria = [trial.eligibility for trial in trials if trial.eligibility]
    believed = sum(study.status not in (None, "unknown") for study in shipped_studies())
    text = page.read_text(encoding="utf-8")
    for row in (
        f"| in all | {len(trials)} |",
        f"| with computable criteria | {len(with_criteria)} |",
        f"| of these from a whole list of criteria | {sum(one.extent == 'whole' for one in with_criteria)} |",
        f"| with headline results | {sum(bool(trial.results) for trial in trials)} |",
        f"| with harms by arm | {sum(bool(trial.harms) for trial in trials)} |",
        f"| with a status that is still believed | {believed} |",
    ):
        assert row in text
