"""Full-text search over the catalogue, and counts by facet."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Sequence

import msgspec

from scleroscope.catalogue import schema
from scleroscope.model.problem import BadRequest

_WEIGHTS = ", ".join(map(str, schema.TEXT_COLUMNS.values()))
_WORD = re.compile(r"\w")
_TOGETHER = re.compile(r"(?<=[^\W\d_])[\s\-\u2010\u2011]+(?=\d)|(?<=\d)[\-\u2010\u2011]+(?=[^\W\d_])")
_APART = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


class Hit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trial that was found: how well it fits (higher is better), and where, `[matched]` words marked."""

    id: str
    score: float
    snippet: str | None = None


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """How many trials fit in all, and the wanted ones of them."""

    total: int
    hits: tuple[Hit, ...]


def search(
    connection: sqlite3.Connection,
    groups: Sequence[Sequence[str]],
    *,
    within: Collection[str] | None,
    limit: int | None,
    offset: int,
) -> Hits:
    """See `Catalogue.search`."""
    wanted = match_expression(groups)
    if wanted is None:
        raise BadRequest("nothing to search for: give a word, a trial's id or a phrase")
    inside, ids = _inside(within)
    total = connection.execute(
        f"SELECT count(*) FROM texts WHERE texts MATCH ?{inside}",  # noqa: S608
        (wanted, *ids),
    ).fetchone()[0]
    best = connection.execute(
        f"SELECT rowid, -bm25(texts, {_WEIGHTS}) AS score FROM texts WHERE texts MATCH ?{inside} "  # noqa: S608
        "ORDER BY score DESC, rowid LIMIT ? OFFSET ?",
        (wanted, *ids, -1 if limit is None else limit, offset),
    ).fetchall()
    numbers = [number for number, _ in best]
    names = _names(connection, numbers)
    snippets = _snippets(connection, wanted, numbers) if limit is not None else {}
    return Hits(
        total=total,
        hits=tuple(Hit(id=names[of], score=round(score, 4), snippet=snippets.get(of)) for of, score in best),
    )


def facets(
    connection: sqlite3.Connection,
    columns: Sequence[str],
    *,
    groups: Sequence[Sequence[str]],
    within: Collection[str] | None,
) -> dict[str, dict[str, int]]:
    """See `Catalogue.facets`."""
    inside, values = _inside(within, "number")
    wanted = match_expression(groups)
    if wanted is not None:
        inside += " AND number IN (SELECT rowid FROM texts WHERE texts MATCH ?)"
        values = (*values, wanted)
    counted = {}
    for column in columns:
        if column not in schema.TRIAL_COLUMNS:
            raise BadRequest(f"no facet {column!r}; there are {', '.join(schema.TRIAL_COLUMNS)}")
        many = column in schema.LISTS
        rows = connection.execute(
            f"SELECT {'value' if many else column} AS it, count(*) AS n FROM trials"  # noqa: S608
            f"{f', json_each({column})' if many else ''} WHERE it IS NOT NULL{inside} "
            "GROUP BY it ORDER BY n DESC, it",
            values,
        )
        counted[column] = {str(value): count for value, count in rows}
    return counted


def match_expression(groups: Sequence[Sequence[str]]) -> str | None:
    """Groups of phrases in the language of FTS5; None if no phrase has a letter or digit.

    Every phrase is quoted, so nothing that a person types is an operator. A phrase that ends in `*`
    stands for everything that begins so. Letters and digits are looked for together and apart,
    because texts write `IL6`, `IL-6` and `IL 6`.

    >>> match_expression([["IL-6", "tocilizumab"], ["skin*"]])
    '("IL-6" OR "IL6" OR "tocilizumab") AND ("skin" *)'
    """
    parts = []
    for group in groups:
        phrases = [_phrase(form) for text in group if _WORD.search(text) for form in _forms(text)]
        if phrases:
            parts.append(f"({' OR '.join(dict.fromkeys(phrases))})")
    return " AND ".join(parts) or None


def _forms(text: str) -> tuple[str, ...]:
    if not any(map(str.isdigit, text)):
        return (text,)
    together = _TOGETHER.sub("", text)
    apart = _APART.sub(" ", together)
    return (text, together, apart) if "-" not in text else (text, together)


def _phrase(text: str) -> str:
    clean = text.replace("\x00", " ").encode("utf-8", "replace").decode()
    stem = clean.rstrip("* ")
    quoted = '"' + stem.replace('"', '""') + '"'
    return f"{quoted} *" if clean.rstrip().endswith("*") else quoted


def snippets(
    connection: sqlite3.Connection, groups: Sequence[Sequence[str]], ids: Collection[str]
) -> dict[str, str]:
    """See `Catalogue.snippets`."""
    wanted = match_expression(groups)
    if wanted is None:
        return {}
    found = connection.execute(
        "SELECT number, id FROM trials WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    names = dict(found.fetchall())
    return {names[number]: text for number, text in _snippets(connection, wanted, list(names)).items()}


def _inside(within: Collection[str] | None, column: str = "+rowid") -> tuple[str, tuple[str, ...]]:
    if within is None:
        return "", ()
    chosen = "SELECT number FROM trials WHERE id IN (SELECT value FROM json_each(?))"
    return f" AND {column} IN ({chosen})", (json.dumps(list(within)),)


def _names(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT number, id FROM trials WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers),),
    )
    return dict(rows.fetchall())


def _snippets(connection: sqlite3.Connection, wanted: str, numbers: Sequence[int]) -> dict[int, str]:
    # Asked apart from the ranking, so that only the wanted trials' texts are cut, not those of all hits.
    rows = connection.execute(
        "SELECT rowid, snippet(texts, -1, '[', ']', '…', 24) FROM texts "
        # The plus keeps SQLite from asking the index anew for each of the numbers.
        "WHERE texts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (wanted, json.dumps(numbers)),
    )
    return {number: " ".join(text.split()) for number, text in rows}
