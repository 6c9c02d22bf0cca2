"""Ways of giving a drug, as pharmacies write them: `routes.csv`."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import Phrases


@cache
def route_in(text: str) -> str | None:
    """The one route that the text names; None when it names none or several.

    >>> route_in("inhaled budesonide")
    'inhaled'
    """
    named = set(_phrases().ids(text))
    return named.pop() if len(named) == 1 else None


@cache
def routes() -> tuple[str, ...]:
    """The ids of all routes."""
    return tuple(row["id"] for row in rows("routes"))


@cache
def _phrases() -> Phrases:
    return Phrases(
        [(wording, row["id"]) for row in rows("routes") for wording in (row["id"], *cells(row["aliases"]))]
    )
