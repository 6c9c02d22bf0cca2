"""The commands about eligibility text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(match)


def match(
    patients: Annotated[Path, typer.Argument(help="Patient file: .json for one, .jsonl for many.")],
    text: Annotated[Path, typer.Option("--text", help="File with one eligibility text.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a patient, one a line.")] = False,
) -> None:
    """Hold patients against eligibility criteria: eligible, possible or ineligible, with reasons."""
    import msgspec

    from scleroscope.api import criteria as api

    encode = msgspec.json.Encoder().encode
    for judgement in api.match_text(patients, _text(text)):
        if as_json:
            sys.stdout.write(encode(judgement).decode() + "\n")
            continue
        typer.echo(judgement.verdict)
        for answer in judgement.criteria:
            typer.echo(f"  {answer.id:4} {answer.verdict.replace('_', ' '):8} {answer.why}")


def _text(path: Path) -> str:
    """The file's text with its line ends as they are, so that offsets count the given characters."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not UTF-8 text") from None
