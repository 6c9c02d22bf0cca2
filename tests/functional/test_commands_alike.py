"""Every command is used alike: the tree of commands is walked, so that a new one cannot be forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from scleroscope.api.filters import FILTERS
from scleroscope.cli.app import app

Run = Callable[..., subprocess.CompletedProcess[str]]

# Commands that list trials of the catalogue take every filter; one that does not says here why not.
NO_LIST_OF_TRIALS = {
    "show": "one trial, by name",
    "whatif": "one trial, by name",
    "criteria": "one trial or text",
    "import": "fills the catalogue",
    "update": "fills the catalogue",
    "verify": "proves the whole catalogue",
    "population": "virtual patients",
    "design": "one plan",
    "patient": "one medical record",
    "serve": "its pages have the filters",
}
NO_CATALOGUE = {"population", "design", "patient"}


def tree(group: Any = None, prefix: str = "") -> dict[str, Any]:
    """Full name → command, for every command there is."""
    found: dict[str, Any] = {}
    for name, command in (group or typer.main.get_command(app)).commands.items():
        if hasattr(command, "commands"):
            found |= tree(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


COMMANDS = tree()
LISTING = sorted(set(COMMANDS) - set(NO_LIST_OF_TRIALS))


def flags(command: Any) -> dict[str, Any]:
    return {flag: each for each in command.params for flag in each.opts if each.param_type_name == "option"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_json_on_request(name: str) -> None:
    assert flags(COMMANDS[name])["--json"].is_flag


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - NO_CATALOGUE))
def test_every_command_about_trials_can_be_given_a_catalogue(name: str) -> None:
    assert "--catalogue" in flags(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_every_filter_or_none(name: str) -> None:
    own = flags(COMMANDS[name])
    taken = [each for each in FILTERS if each.flag in own and each.help == own[each.flag].help]
    assert len(taken) == (0 if name in NO_LIST_OF_TRIALS else len(FILTERS))
    for each in taken:
        assert own[each.flag].multiple
        assert own[each.flag].shell_complete is not None


def test_the_exceptions_are_commands_that_exist() -> None:
    assert set(NO_LIST_OF_TRIALS) <= set(COMMANDS)
    assert set(COMMANDS) >= NO_CATALOGUE
    assert {"overview", "search", "export", "match", "screen", "gaps"} <= set(LISTING)


@pytest.fixture
def counts(invented_catalogue: Path) -> Callable[[list[str]], dict[str, int]]:
    """How many trials each command finds under some filters."""

    def ask(arguments: list[str]) -> dict[str, int]:
        def told(command: str) -> Any:
            done = CliRunner().invoke(
                app, [command, *arguments, "--json", "--catalogue", str(invented_catalogue)]
            )
            assert done.exit_code == 0, (command, done.output)
            return json.loads(done.stdout)

        return {
            "overview": told("overview")["totals"]["trials"],
            "search": told("search")["total"],
            "export": len(told("export")),
        }

    return ask


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--family", "vascular"],
        ["--phase", "2,3"],
        ["--status", "recruiting", "--status", "completed"],
        ["--country", "France"],
        ["--since", "2015"],
        ["--sponsor-class", "industry"],
        ["--subset", "diffuse"],
        ["--endpoint", "mrss", "--target", "not_stated"],
        ["--results", "known"],
        ["--results", "none_known", "--phase", "2"],
    ],
    ids=" ".join,
)
def test_a_filter_leaves_the_same_trials_in_every_command(
    arguments: list[str], counts: Callable[[list[str]], dict[str, int]]
) -> None:
    found = counts(arguments)
    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize("command", LISTING)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--phase", "9"], "--phase 9"), (["--country", "Atlantis"], "Atlantis"), (["--since", "soon"], "soon")],
)
def test_a_value_that_cannot_be_meant_is_refused_alike(
    command: str, arguments: list[str], said: str, tmp_path: Path, invented_catalogue: Path
) -> None:
    given = {"match": "p.json", "screen": "c.csv"}.get(command)
    (tmp_path / "p.json").write_text('{"id": "a", "age": 50}')
    (tmp_path / "c.csv").write_text("id,age\na,50\n")
    place = [str(tmp_path / given)] if given else []
    done = CliRunner().invoke(app, [command, *place, *arguments, "--catalogue", str(invented_catalogue)])
    assert getattr(done.exception, "exit_code", None) == 2, done.output
    assert said in str(done.exception)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGPIPE there")
@pytest.mark.parametrize(
    "arguments",
    ["overview", "search", "export", "gaps --limit 0", "show NCT99000001 --json", "search --json", "verify"],
)
def test_a_reader_that_stops_early_is_no_error(arguments: str, invented_catalogue: Path) -> None:
    """The pipe's reading end is closed before anything is written, as `| true` does."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "scleroscope", *arguments.split(), "--catalogue", str(invented_catalogue)],
        stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    os.close(writing)
    assert done.returncode in (0, -13), done.stderr  # 13: SIGPIPE, as for any tool in a pipe
    assert "Traceback" not in done.stderr
    assert "roken pipe" not in done.stderr


def test_the_shell_is_offered_commands_and_values(run: Run, invented_catalogue: Path) -> None:
    named = "import sys; sys.argv[0] = 'scleroscope'; from scleroscope.cli import main; main()"

    def offered(words: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", named],
            capture_output=True, text=True, check=True,
            env={
                **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "_SCLEROSCOPE_COMPLETE": "complete_bash", "COMP_WORDS": f"scleroscope {words}",
                "COMP_CWORD": str(len(words.split(" "))),
            },
        )  # fmt: skip
        return done.stdout.split()

    assert {"search", "serve", "screen", "show"} <= set(offered("s"))
    assert "recruiting" in offered("search --status recr")
    assert "known" in offered("export --results kn")
