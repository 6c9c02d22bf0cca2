"""How doses of one drug stand for another's, and how long a drug stays: data with sources."""

from __future__ import annotations

from functools import cache

from scleroscope.knowledge.load import rows


def equivalent(ids: frozenset[str], of: str) -> float | None:
    """By how much a dose is multiplied to give the equivalent dose of the drug `of`.

    None when knowledge does not say. Source: `steroid_equivalents.csv`.
    """
    if of in ids and len(ids) == 1:
        return 1.0
    table = _equivalents()
    if len(ids) != 1 or of not in table:
        return None
    known = table.get(next(iter(ids)))
    return None if known is None else table[of] / known


def comparable_drugs() -> tuple[str, ...]:
    """The drugs whose doses can be counted as each other's."""
    return tuple(_equivalents())


@cache
def half_life_days(drug: str) -> float | None:
    """The elimination half-life in days; None when knowledge does not say. Source: `half_lives.csv`."""
    return next((float(row["days"]) for row in rows("half_lives") if row["drug"] == drug), None)


@cache
def _equivalents() -> dict[str, float]:
    """Drug → the mg of it that are equivalent to each other (the file's one column of amounts)."""
    return {
        row["drug"]: float(amount)
        for row in rows("steroid_equivalents")
        for column, amount in row.items()
        if column.startswith("mg")
    }
