"""The population beside published tables: each published figure, ours, and the difference.

The figures stand in `published_figures.csv`: among whom and what, in criteria notation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scleroscope.knowledge.load import rows

if TYPE_CHECKING:
    import polars as pl


def compare_with_published(population: pl.DataFrame) -> pl.DataFrame:
    """One row a published figure: id, among, measure, statistic, published, ours, difference, n, source.

    `ours` is null where nobody of the population belongs to the group.
    """
    import polars as pl

    from scleroscope.criteria.compile import screen
    from scleroscope.criteria.notation import parse

    asked = {row["among"] for row in rows("published_figures")} - {""}
    asked |= {row["measure"] for row in rows("published_figures") if row["statistic"] == "share"}
    holds = screen(population, {f"holds {text}": parse(text) for text in sorted(asked)})
    wide = population.join(holds, on="id")
    found = []
    for row in rows("published_figures"):
        group = wide.filter(pl.col(f"holds {row['among']}")) if row["among"] else wide
        ours = _statistic(group, row["measure"], row["statistic"])
        published = float(row["value"])
        found.append(
            {
                "id": row["id"],
                "among": row["among"] or "everyone",
                "measure": row["measure"],
                "statistic": row["statistic"],
                "published": published,
                "ours": ours,
                "difference": None if ours is None else ours - published,
                "n": group.height,
                "source": row["source"],
            }
        )
    return pl.DataFrame(found, infer_schema_length=None)


def _statistic(group: pl.DataFrame, measure: str, statistic: str) -> float | None:
    import polars as pl

    if group.is_empty():
        return None
    column = pl.col(f"holds {measure}").cast(pl.Float64) if statistic == "share" else pl.col(measure)
    reduce = {"share": column.mean(), "mean": column.mean(), "sd": column.std(), "median": column.median()}
    value = group.select(reduce[statistic]).item()
    return None if value is None else float(value)
