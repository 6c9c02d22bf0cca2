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
    texts: dict[str, str] = {}
    trees: dict[str, Criterion] = {}
    for letter, name, lines in (
        ("I", "inclusion", criteria.inclusion),
        ("E", "exclusion", criteria.exclusion),
    ):
        for number, line in enumerate(lines, 1):
            trees[f"{letter}{number}"] = _parsed(line, f"criteria.{name}[{number - 1}]")
            texts[f"{letter}{number}"] = line
    ids = tuple(trees)
    answers = _answers(population, trees)
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


def _parsed(line: str, place: str) -> Criterion:
    from scleroscope.criteria.notation import NotationError, parse

    try:
        return parse(line)
    except NotationError as error:
        raise RefusedError(place, str(error)) from None


def _answers(population: pl.DataFrame, trees: dict[str, Criterion]) -> pl.DataFrame:
    from scleroscope.criteria.compile import screen

    # An engine may answer in any order of rows.
    return population.select("id").join(screen(population, trees), on="id", how="left", maintain_order="left")


def meets(population: pl.DataFrame, line: str, place: str) -> Flags:
    """(n,) whom a line of notation certainly fits."""
    answer = _answers(population, {"line": _parsed(line, place)})["line"]
    return np.asarray(answer.fill_null(value=False).to_numpy(), dtype=np.bool_)


def levels_of(population: pl.DataFrame, lines: tuple[str, ...]) -> tuple[NDArray[np.int64], int]:
    """The stratum of each person (from 0) and how many there are: yes, no and unknown of every line are kept
    apart; strata of nobody do not count."""
    if not lines:
        return np.zeros(population.height, np.int64), 1
    trees = {f"S{place}": _parsed(line, f"arms.strata[{place}]") for place, line in enumerate(lines)}
    answers = _answers(population, trees)
    code = np.zeros(population.height, np.int64)
    for name in trees:
        known = answers[name].cast(int).fill_null(2).to_numpy()
        code = 3 * code + known
    used, levels = np.unique(code, return_inverse=True)
    return np.ascontiguousarray(levels, dtype=np.int64), used.size
