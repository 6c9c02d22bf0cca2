"""Background treatment at screening, as the `treatments` list of the patient contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scleroscope.design.population.draw import Flags, lognormal, yes
from scleroscope.design.population.parameters import Values

if TYPE_CHECKING:
    import polars as pl


def draw_treatments(rng: np.random.Generator, values: Values, diffuse: Flags) -> list[pl.Series]:
    """Two columns: `treatments` (a list of structs) and `complete` (the list is whole: a virtual patient
    takes nothing that is not listed)."""
    import polars as pl

    n = diffuse.size
    rows: list[pl.DataFrame] = []
    stable = values["stable_weeks.median"]
    for name in values.below("treatment.diffuse"):
        share = np.where(diffuse, values[f"treatment.diffuse.{name}"], values[f"treatment.limited.{name}"])
        who = np.flatnonzero(yes(rng, share, n))
        weeks = lognormal(rng, stable, 0.8, who.size)
        rows.append(
            pl.DataFrame(
                {
                    "patient": who,
                    "name": [name] * who.size,
                    "taking": np.ones(who.size, dtype=bool),
                    "dose": _dose(rng, values, name, who.size),
                    "stable_weeks": weeks,
                    "total_weeks": weeks * 1.5,
                },
                schema_overrides={"patient": pl.Int64, "name": pl.String, "dose": pl.String},
            )
        )
    taken = pl.concat(rows).sort("patient", "name", maintain_order=True)
    lists = taken.group_by("patient", maintain_order=True).agg(
        pl.struct(pl.exclude("patient")).alias("treatments")
    )
    empty = pl.Series("patient", np.arange(n)).to_frame().join(lists, on="patient", how="left")
    kind = lists.schema["treatments"]
    treatments = (
        empty.select(pl.coalesce("treatments", pl.lit([], dtype=kind))).to_series().alias("treatments")
    )
    complete = pl.Series("complete", [["treatments"]]).new_from_index(0, n)
    return [treatments, complete]


def _dose(rng: np.random.Generator, values: Values, name: str, n: int) -> list[Any] | Any:
    """Doses as text (`"7.5 mg/day"`) where `population.csv` has a dose for this drug, else unknown."""
    known = f"{name}_dose"
    doses = values.below(known)
    if not doses:
        return [None] * n
    amounts = (lognormal(rng, doses["median"], doses["log_sd"], n) / 2.5).round().clip(1) * 2.5
    return np.char.add(amounts.astype(str), " mg/day")
