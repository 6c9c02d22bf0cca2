"""Who of the population may enter: each criterion's answer for each person, kept apart.

Kept apart, dropping any criterion costs nothing: who may enter without it is the *or* of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.plan import Criteria
from scleroscope.design.refuse import RefusedError
from scleroscope.model.criterion import Criterion

if TYPE_CHECKING:
    import polars as pl

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Answers of `k` criteria for `n` people.

    - `ids`: I1, I2 … E1, E2 … in the plan's order; `texts`: the lines as written.
    - `bars`: (k, n), true where the criterion certainly stands in the way.
    - `unknown`: (k, n), true where the population's fields do not say; unknown never bars.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    bars: Flags
    unknown: Flags

    def suitable(self, without: tuple[int, ...] = ()) -> Flags:
        """(n,) true for those whom no criterion bars, the criteria `without` left aside."""
        kept = [row for row in range(len(self.ids)) if row not in without]
        return np.asarray(~self.bars[kept].any(axis=0), dtype=np.bool_)


def judge_population(population: pl.DataFrame, criteria: Criteria) -> Entry:
    """Every criterion of the plan against every person.

    RefusedError names the criterion that is not notation, that asks for nothing, or that nobody meets.
    """
    from scleroscope.criteria.compile import screen
    from scleroscope.criteria.notation import NotationError, parse

    texts: dict[str, str] = {}
    trees: dict[str, Criterion] = {}
    for letter, name, lines in (
        ("I", "inclusion", criteria.inclusion),
        ("E", "exclusion", criteria.exclusion),
    ):
        for number, line in enumerate(lines, 1):
            try:
                trees[f"{letter}{number}"] = parse(line)
            except NotationError as error:
                raise RefusedError(f"criteria.{name}[{number - 1}]", str(error)) from None
            texts[f"{letter}{number}"] = line
    ids = tuple(trees)
    # An engine may answer in any order of rows.
    answers = population.select("id").join(
        screen(population, trees), on="id", how="left", maintain_order="left"
    )
    bars = np.zeros((len(ids), population.height), dtype=np.bool_)
    unknown = np.zeros_like(bars)
    for row, identity in enumerate(ids):
        answer = answers[identity]
        wanted = identity.startswith("I")
        bars[row] = (answer.fill_null(wanted) != wanted).to_numpy()
        unknown[row] = answer.is_null().to_numpy()
        if bars[row].all():
            place = "inclusion" if wanted else "exclusion"
            raise RefusedError(
                f"criteria.{place} {identity}", f"bars everybody in the population: {texts[identity]}"
            )
    return Entry(ids=ids, texts=tuple(texts.values()), bars=bars, unknown=unknown)
