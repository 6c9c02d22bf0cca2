"""The shipped catalogue as a file: made once, complete, and safe when two ask at once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import scleroscope
from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.shipped import shipped_catalogue, shipped_files, shipped_trials
from scleroscope.model.problem import NotFound


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def shipped(place):
    return shipped_catalogue(place)


def test_every_curated_trial_is_in_it_and_none_was_refused(shipped):
    with open_catalogue(shipped, read_only=True) as catalogue:
        assert not catalogue.refused()
        assert set(catalogue.ids()) == set(shipped_trials())


def test_the_file_of_a_trial_is_kept_whole_beside_it(shipped):
    raw = dict(shipped_files())["NCT02453256.toml"]
    with open_catalogue(shipped, read_only=True) as catalogue:
        assert catalogue.raw("NCT02453256") == raw
        assert catalogue.study("NCT02453256").acronym == "focuSSced"


def test_it_is_made_once(shipped, place):
    before = shipped.stat().st_mtime_ns
    assert shipped_catalogue(place) == shipped
    assert shipped.stat().st_mtime_ns == before
    assert [path.name for path in place.glob("*.sqlite")] == [shipped.name]


def test_it_is_found_quickly_once_it_is_there(shipped, place):
    begun = time.perf_counter()
    shipped_catalogue(place)
    assert time.perf_counter() - begun < 0.5


def test_what_an_older_version_left_is_removed(tmp_path):
    old = tmp_path / "shipped-0123456789abcdef.sqlite"
    old.touch()
    shipped_catalogue(tmp_path)
    assert not old.exists()


def test_processes_that_ask_at_once_all_get_a_whole_catalogue(tmp_path):
    source = str(Path(scleroscope.__file__).parents[1])
    program = (
        "import sys; from pathlib import Path\n"
        "from scleroscope.catalogue import open_catalogue\n"
        "from scleroscope.catalogue.shipped import shipped_catalogue\n"
        "with open_catalogue(shipped_catalogue(Path(sys.argv[1])), read_only=True) as catalogue:\n"
        "    print(len(catalogue))\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": source},
        )
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in running]
    assert answers == [(f"{len(shipped_trials())}\n", "")] * 3


def test_a_trial_that_does_not_ship_is_not_found(shipped):
    with open_catalogue(shipped, read_only=True) as catalogue, pytest.raises(NotFound):
        catalogue.study("NCT99999999")
