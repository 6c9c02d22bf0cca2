"""The api as commands. Data goes to stdout, notes to stderr.

Each command module defines plain functions and adds them to the one Typer app in its
`register(app)`. A command module imports `scleroscope.api` inside its functions, so that
`scleroscope --help` stays fast.
"""

from __future__ import annotations

from scleroscope.cli.app import main

__all__ = ["main"]
