"""A cohort screened where it lives: a Spark DataFrame, or what else Narwhals knows lazily.

The engine answers every criterion (`criteria.compile`) and counts: a line of counts comes back, or two masks
a patient and trial where rows are asked for. The answers are those of `screen`, in whatever order rows come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals as nw
import numpy as np

from scleroscope.criteria.compile import answers
from scleroscope.criteria.planes import WORD, words
from scleroscope.match.masks import Mask, Masks
from scleroscope.match.readings import Reading
from scleroscope.match.screen import Counts
from scleroscope.model.criterion import Criterion

if TYPE_CHECKING:
    from polars import DataFrame

Frame = nw.LazyFrame[Any]
GROUP = 12  # trials that one query asks: an engine plans a query of hundreds of columns, not of thousands


def counted_elsewhere(frame: Frame, trials: Sequence[Reading]) -> Iterator[tuple[Reading, Counts]]:
    """Each trial's counts over the whole cohort. `patients.elsewhere.ready` makes the frame ready for it."""
    for group in _groups(trials):
        asked = [_Asked(number, reading) for number, reading in enumerate(group)]
        staged = _answered(frame, group).with_columns(*(column for one in asked for column in one.standing()))
        row = staged.select(nw.len().alias("patients"), *(each for one in asked for each in one.sums()))
        found = row.collect().to_polars().row(0, named=True)
        for one in asked:
            yield one.reading, one.counts(found)


def masks_elsewhere(frame: Frame, trials: Sequence[Reading]) -> Iterator[tuple[DataFrame, Reading, Masks]]:
    """The ids, in the order in which they came, and each trial's masks of them."""
    for group in _groups(trials):
        asked = [_Asked(number, reading) for number, reading in enumerate(group)]
        wide = _answered(frame, group).select("id", *(column for one in asked for column in one.masks()))
        found = wide.collect().to_polars()
        for one in asked:
            yield found.select("id"), one.reading, one.held(found)


def _groups(trials: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    for start in range(0, len(trials), GROUP):
        yield trials[start : start + GROUP]


def _answered(frame: Frame, group: Sequence[Reading]) -> Frame:
    """The id and a column a criterion: whether it is not met; NULL where that is unknown."""
    names: dict[Criterion, str] = {}
    for reading in group:
        for clause in reading.clauses:
            names.setdefault(clause.tree, f"tree_{len(names)}")
    found = answers(frame, {name: tree for tree, name in names.items()}, keep=("id",))
    return found.select(
        "id",
        *(
            (~nw.col(names[clause.tree]) if clause.kind == "inclusion" else nw.col(names[clause.tree])).alias(
                _column(number, place)
            )
            for number, reading in enumerate(group)
            for place, clause in enumerate(reading.clauses)
        ),
    )


def _column(trial: int, place: int) -> str:
    return f"stands_{trial}_{place}"


def _one(condition: nw.Expr, value: int = 1) -> nw.Expr:
    """A whole number where the condition holds; 0 where it does not, or is unknown."""
    return nw.when(condition).then(nw.lit(value, dtype=nw.Int64)).otherwise(nw.lit(0, dtype=nw.Int64))


class _Asked(NamedTuple):
    """One trial of a query."""

    number: int
    reading: Reading

    def _criteria(self) -> list[nw.Expr]:
        return [nw.col(_column(self.number, place)) for place in range(len(self.reading.clauses))]

    def standing(self) -> list[nw.Expr]:
        """The first criterion that is not met (from 1; 0: none), how many are not, whether some is open."""
        first = nw.lit(0, dtype=nw.Int64)
        for place, stands in reversed(list(enumerate(self._criteria(), 1))):
            first = nw.when(stands).then(nw.lit(place, dtype=nw.Int64)).otherwise(first)
        several = reduce(add, map(_one, self._criteria()))
        unknown = reduce(or_, (stands.is_null() for stands in self._criteria()))
        return [
            first.alias(f"first_{self.number}"),
            several.alias(f"several_{self.number}"),
            unknown.alias(f"unknown_{self.number}"),
        ]

    def sums(self) -> list[nw.Expr]:
        """What is counted of the trial, and of each of its criteria."""
        first, several, unknown = (
            nw.col(f"{name}_{self.number}") for name in ("first", "several", "unknown")
        )
        named = {"out": _one(first > 0), "open": _one((first == 0) & unknown)}
        for place, stands in enumerate(self._criteria(), 1):
            named[f"not_met_{place}"] = _one(first == place)
            named[f"alone_{place}"] = _one((first == place) & (several == 1))
            named[f"open_{place}"] = _one(stands.is_null() & ((first == 0) | (first > place)))
        return [each.sum().alias(f"{name}_of_{self.number}") for name, each in named.items()]

    def counts(self, found: dict[str, Any]) -> Counts:
        """The counts from the line that came back."""

        def told(name: str) -> int:
            return int(found[f"{name}_of_{self.number}"])

        entering, steps = int(found["patients"]), []
        for place in range(1, len(self.reading.clauses) + 1):
            not_met = told(f"not_met_{place}")
            steps.append((entering, not_met, told(f"open_{place}"), told(f"alone_{place}")))
            entering -= not_met
        return Counts(int(found["patients"]), told("out"), told("open"), np.array(steps, dtype=np.int64))

    def masks(self) -> list[nw.Expr]:
        """The words of both masks, as whole numbers with a sign."""
        columns = []
        for name, flags in (
            ("not_met", self._criteria()),
            ("unknown", [stands.is_null() for stands in self._criteria()]),
        ):
            for word in range(words(len(flags))):
                here = flags[word * WORD : (word + 1) * WORD]
                # The last bit of a word is its sign.
                bits = [
                    _one(flag, 1 << bit if bit < WORD - 1 else -(1 << bit)) for bit, flag in enumerate(here)
                ]
                columns.append(reduce(add, bits).alias(f"{name}_{self.number}_{word}"))
        return columns

    def held(self, found: DataFrame) -> Masks:
        """The masks from the rows that came back."""
        return Masks(self._words(found, "not_met"), self._words(found, "unknown"))

    def _words(self, found: DataFrame, name: str) -> Mask:
        width = words(len(self.reading.clauses))
        columns = [found.get_column(f"{name}_{self.number}_{word}") for word in range(width)]
        return np.stack([column.to_numpy().astype(np.int64).view(np.uint64) for column in columns], axis=1)
