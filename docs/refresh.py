"""Makes what can go stale in the docs anew: `python docs/refresh.py`. A test fails while anything is stale.

- `docs/reference/cli.md`: every command and option, from the command's own help;
- the outputs in README.md and the pages of docs: every ```console block whose first line is
  `$ scleroscope …` is run on the shipped catalogue, in a folder that holds the files of docs/examples
  (commands of one page run one after the other in it); a block that ends in `…` shows as many lines
  as it did before;
- `docs/pictures/targets.svg`: the picture in the README.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference" / "cli.md"
EXAMPLES = ROOT / "docs" / "examples"
PICTURE = ROOT / "docs" / "pictures" / "targets.svg"
BLOCK = re.compile(r"```console\n\$ scleroscope ?(?P<command>[^\n]*)\n(?P<output>.*?)```", re.DOTALL)
COLUMNS = 100

HEAD = """\
# Commands

Made by `python docs/refresh.py` from the commands' own help; do not edit by hand.

Data goes to stdout, notes to stderr. Exit codes: 0 done; 1 something failed (a file that cannot be written,
sums that differ); 2 the command line cannot be meant (an unknown filter value, an ambiguous place); 3 what
was asked for is not there (no such trial, no catalogue).
"""


def pages() -> list[Path]:
    """The pages that hold runnable examples."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def with_outputs(text: str) -> str:
    """The page with the output of each command as it is today."""
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(EXAMPLES, Path(home) / "docs" / "examples")  # as README.md names them
        shutil.copytree(EXAMPLES, home, dirs_exist_ok=True)
        return BLOCK.sub(lambda found: _block(found, home), text)


def _block(found: re.Match[str], home: str) -> str:
    lines = run(found["command"], home).splitlines()
    shown = found["output"].splitlines()
    if shown and shown[-1] == "…":
        lines = [*lines[: len(shown) - 1], "…"]
    output = "".join(f"{line.rstrip()}\n" for line in lines)
    return f"```console\n$ scleroscope {found['command']}".rstrip() + f"\n{output}```"


def run(command: str, home: str) -> str:
    """What the command prints on stdout (after what it notes on stderr), on the shipped catalogue."""
    environment = {name: value for name, value in os.environ.items() if name != "SCLEROSCOPE_CATALOGUE"}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", "COLUMNS": str(COLUMNS), "XDG_DATA_HOME": home,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from scleroscope.cli import main; main()", *_words(command)],
        capture_output=True, text=True, env=environment, cwd=home, timeout=300, check=False,
    )  # fmt: skip
    # Kernels are compiled once a machine.
    notes = [line for line in done.stderr.splitlines(keepends=True) if not line.startswith("Compiling ")]
    return "".join(notes) + done.stdout


def _words(command: str) -> list[str]:
    return shlex.split(command)


def reference() -> str:
    """Every command with its options as Markdown."""
    import typer

    from scleroscope.cli.app import app

    root: Any = typer.main.get_command(app)
    parts = [HEAD, "## scleroscope\n\n" + _options(root, "")]
    parts += [_command(name, command) for name, command in sorted(_commands(root, ""))]
    return "\n".join(parts)


def _commands(group: Any, prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        full = f"{prefix}{name}"
        found += _commands(command, f"{full} ") if hasattr(command, "commands") else [(full, command)]
    return found


def _command(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    usage = " ".join(["scleroscope", name, "[OPTIONS]", *(_metavar(each) for each in arguments)])
    listed = "".join(f"- `{_metavar(each)}`: {each.help or ''}\n" for each in arguments)
    listed += "\n" if listed else ""
    return f"## {name}\n\n{command.help}\n\n```\n{usage}\n```\n\n{listed}{_options(command, name)}"


def _options(command: Any, name: str) -> str:
    rows = ["| option | |\n|---|---|\n"]
    for each in command.params:
        if each.param_type_name != "option" or each.name == "help":
            continue
        flags = ", ".join(f"`{flag}`" for flag in (*each.opts, *each.secondary_opts))
        takes = "" if each.is_flag else f" {_metavar(each)}"
        rows.append(f"| {flags}{takes} | {_plain(each.help)} |\n")
    return "".join(rows) if len(rows) > 1 else ""


def _metavar(each: Any) -> str:
    return str(each.metavar or each.name.upper())


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def picture() -> str:
    """Molecular targets over time, from the shipped catalogue, as a file that stands alone."""
    from scleroscope.api.scope import connect
    from scleroscope.charts import field, svg

    saved = os.environ.pop("SCLEROSCOPE_CATALOGUE", None), os.environ.get("XDG_DATA_HOME")
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home
        try:
            with connect() as scope:
                rows = scope.overview().tables["timeline"].to_dicts()
        finally:
            for name, value in zip(("SCLEROSCOPE_CATALOGUE", "XDG_DATA_HOME"), saved, strict=True):
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
    drawn = field.timeline(rows, width=860, limit=18)
    return (
        svg.standalone(svg.draw(drawn, "Trials of systemic sclerosis by molecular target and start")) + "\n"
    )


def main() -> None:
    """Write every file that would change."""
    wanted = {page: with_outputs(page.read_text(encoding="utf-8")) for page in pages()}
    wanted |= {REFERENCE: reference(), PICTURE: picture()}
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
