"""`scleroscope overview` as people run it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
from tests.functional import invented_trials

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_no_command_is_the_overview(filled: Run) -> None:
    bare, named = filled(), filled("overview")
    assert (bare.returncode, bare.stdout) == (0, named.stdout)
    assert "4 trials, begun from 2009 to 2024; 1 recruiting" in " ".join(bare.stdout.split())


def test_json_goes_to_stdout_and_agrees_with_the_trials(filled: Run) -> None:
    done = filled("overview", "--json")
    view = json.loads(done.stdout)
    assert view["totals"]["trials"] == 4
    assert {row["id"]: row["trials"] for row in view["phases"]} == {"2": 1, "2/3": 1, "3": 1, "not stated": 1}
    assert {row["id"] for row in view["targets"]} >= {"IL6R", "MS4A1", "PDE5A"}
    assert {row["id"]: row["trials"] for row in view["countries"]} == {"US": 2, "FR": 1, "CH": 1, None: 1}


def test_a_filter_tells_on_stderr_what_it_could_not_settle(filled: Run) -> None:
    done = filled("overview", "--json", "--phase", "2")
    assert json.loads(done.stdout)["totals"]["trials"] == 2
    assert "1 trial is left out because phase is not stated" in done.stderr


def test_a_wrong_value_is_one_line_and_exit_code_2(filled: Run) -> None:
    done = filled("overview", "--status", "recruting")
    assert (done.returncode, done.stdout) == (2, "")
    assert "perhaps recruiting" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_catalogue_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    done = run("--catalogue", tmp_path / "none.sqlite", "overview")
    assert (done.returncode, done.stdout) == (3, "")
    assert "scleroscope import" in done.stderr


def test_parquet_holds_the_trials_and_every_table(filled: Run, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    done = filled("overview", "--parquet", folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert pl.read_parquet(folder / "trials.parquet").height == 4
    assert {path.stem for path in folder.iterdir()} >= {"trials", "families", "targets", "years", "endpoints"}


class Page(HTMLParser):
    """What a page asks a browser to fetch, and how its figures and tables are labelled."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag in ("script", "img", "iframe", "object", "embed"):
            self.fetched.append(str(given))
        if tag == "link" and not str(given.get("href")).startswith("data:"):
            self.fetched.append(str(given))
        if tag == "svg":
            self.images.append(given)


def test_the_page_stands_alone_and_every_figure_has_words_and_a_table(filled: Run, tmp_path: Path) -> None:
    page = tmp_path / "field.html"
    assert filled("overview", "--html", page).returncode == 0
    text = page.read_text(encoding="utf-8")
    seen = Page()
    seen.feed(text)
    assert not seen.fetched
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert seen.images
    assert all(image["role"] == "img" and len(str(image["aria-label"])) > 20 for image in seen.images)
    assert text.count("<figure>") <= seen.tags.count("table")
    assert re.search(r"prefers-color-scheme: ?dark", text)


def test_hostile_text_in_a_record_stays_text(run: Run, tmp_path: Path) -> None:
    hostile = invented_trials.record(9, "<script>alert(1)</script> & [bold]x[/bold]", status="RECRUITING")
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(hostile), encoding="utf-8")
    run("import", path)
    page = tmp_path / "field.html"
    run("overview", "--html", page)
    assert "<script" not in page.read_text(encoding="utf-8")
    assert "[bold]x[/bold]" in run("show", "NCT99000009").stdout


def test_a_page_that_cannot_be_written_leaves_nothing_behind(filled: Run, tmp_path: Path) -> None:
    done = filled("overview", "--html", tmp_path / "no" / "such" / "folder.html")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
