"""What the person who asked can put right: said in one line, never as a traceback."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818  (what it is called where it is read)
    """Says what is wrong, where, and what to do. The command prints it and exits with `exit_code`."""

    exit_code = 1


class BadRequest(Problem, ValueError):  # noqa: N818
    """What was asked for cannot be meant: an unknown filter value, an ambiguous place."""

    exit_code = 2


class NotFound(Problem, LookupError):  # noqa: N818
    """What was asked for is not there: no such trial, no catalogue."""

    exit_code = 3
