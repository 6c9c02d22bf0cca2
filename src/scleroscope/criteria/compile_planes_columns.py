"""The columns of a batch made ready for bit planes, with all that follows from them filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, assert_never

import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.planes import Plane, Planes, packed, unpacked, words
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.implications import NONE, Implication, implications, sources
from scleroscope.knowledge.text_values import values_of
from scleroscope.model.criterion import Compare, Has, Is
from scleroscope.model.patient import Value

if TYPE_CHECKING:
    from polars import DataFrame, Expr, Series


_FALSE, _TRUE, _UNKNOWN = 0, 1, 2


class Flags:
    """A yes/no field, given as 0, 1, 2: no, yes, unknown."""

    def __init__(self, series: Series | None, patients: int) -> None:
        if series is None:
            nothing = np.zeros(words(patients), dtype=np.uint64)
            self.state = Planes(nothing, nothing)
        else:
            states = series.to_numpy()
            self.state = Planes(packed(states == _TRUE), packed(states == _FALSE))

    def known(self) -> Plane:
        """Where it is known."""
        return self.state.yes | self.state.no

    def holds(self, rule: Implication) -> Plane:
        """Where the premise of a rule is known to hold."""
        return self.state.yes if rule.values[0] is True else self.state.no

    def fill(self, where: Plane, value: Value) -> None:
        """Make it known."""
        yes, no = self.state
        self.state = Planes(yes | where, no) if value is True else Planes(yes, no | where)

    def answer(self, _leaf: Has | Is | Compare) -> Planes:
        """Where it is true, where it is false."""
        return self.state


class Numbers:
    """A number; NaN where it is unknown."""

    def __init__(self, series: Series | None, patients: int) -> None:
        self._patients = patients
        # A number of which nothing is known takes no room: most fields of most cohorts.
        self._numbers = None if series is None else series.to_numpy()
        nothing = np.zeros(words(patients), dtype=np.uint64)
        self._stated = nothing if self._numbers is None else packed(~np.isnan(self._numbers))

    def known(self) -> Plane:
        """Where it is known."""
        return self._stated

    def holds(self, rule: Implication) -> Plane:
        """Where the premise of a rule is known to hold."""
        if self._numbers is None or rule.relation == "given":
            return self._stated
        bound = float(rule.values[0])
        match rule.relation:
            case "=" | "in":
                return packed(np.isin(self._numbers, [float(value) for value in rule.values]))
            case ">":
                return packed(self._numbers > bound)
            case ">=":
                return packed(self._numbers >= bound)
        assert_never(rule.relation)

    def fill(self, where: Plane, value: Value) -> None:
        """Make it known."""
        here = unpacked(where, self._patients)
        self._numbers = np.where(here, float(value), np.nan if self._numbers is None else self._numbers)
        self._stated = self._stated | where

    def answer(self, leaf: Has | Is | Compare) -> Planes:
        """Where it lies between the bounds, where not."""
        assert isinstance(leaf, Compare)
        numbers = self._numbers
        if numbers is None:
            return Planes(self._stated, self._stated)
        sides: list[NDArray[np.bool_]] = []
        if leaf.low is not None:
            sides.append(numbers > leaf.low if leaf.low_open else numbers >= leaf.low)
        if leaf.high is not None:
            sides.append(numbers < leaf.high if leaf.high_open else numbers <= leaf.high)
        yes = packed(sides[0] if len(sides) == 1 else sides[0] & sides[1])
        return Planes(yes, self._stated & ~yes)


class Words:
    """A text, as one small number a distinct word; the last number stands for unknown."""

    def __init__(self, series: Series | None, patients: int, more: Iterable[str]) -> None:
        import polars as pl

        found = [] if series is None else series.drop_nulls().unique().to_list()
        self.words = sorted({*found, *more})
        self.codes = np.full(patients, len(self.words), dtype=np.uint32)
        if series is not None:
            codes = series.cast(pl.Enum(self.words)).to_physical().cast(pl.UInt32)
            self.codes = codes.fill_null(len(self.words)).to_numpy()

    def _where(self, words: Iterable[str]) -> Plane:
        wanted = frozenset(words)
        of_code = np.array([word in wanted for word in self.words] + [False])
        return packed(of_code[self.codes])

    def known(self) -> Plane:
        """Where it is known."""
        return self._where(self.words)

    def holds(self, rule: Implication) -> Plane:
        """Where the premise of a rule is known to hold."""
        if rule.relation == "given":
            return self._where(word for word in self.words if word != NONE)
        return self._where(str(value) for value in rule.values)

    def fill(self, where: Plane, value: Value) -> None:
        """Make it known."""
        here = unpacked(where, len(self.codes))
        self.codes = np.where(here, np.uint32(self.words.index(str(value))), self.codes)

    def answer(self, leaf: Has | Is | Compare) -> Planes:
        """Where it is one of the values, where it is another word that knowledge knows."""
        assert isinstance(leaf, Is)
        other = ({*values_of(leaf.field), NONE}) - set(leaf.values)
        return Planes(self._where(leaf.values), self._where(other))


Column = Flags | Numbers | Words


def closed(batch: DataFrame, needed: Iterable[str]) -> dict[str, Column]:
    """The needed columns, and those that tell something of them, with all that follows filled in."""
    asked = sources(needed)
    rules: dict[str, list[Implication]] = {}
    for row in implications():
        if row.then in asked and row.field in asked:
            rules.setdefault(row.then, []).append(row)
    ready = batch.select(_ready(name) for name in sorted(asked) if name in batch.columns)
    columns = {name: _column(ready, batch.height, name, rules.get(name, ())) for name in sorted(asked)}
    while new := [found for then, because in rules.items() for found in _following(columns, then, because)]:
        for then, where, value in new:
            columns[then].fill(where, value)
    return columns


def _ready(name: str) -> Expr:
    import polars as pl

    match fields()[name].type:
        case "bool":
            return pl.col(name).cast(pl.UInt8).fill_null(_UNKNOWN)
        case "number":
            return pl.col(name).cast(pl.Float64).fill_null(float("nan"))
        case "text":
            return pl.col(name).cast(pl.String)


def _column(ready: DataFrame, patients: int, name: str, because: Sequence[Implication]) -> Column:
    series = ready.get_column(name) if name in ready.columns else None
    match fields()[name].type:
        case "bool":
            return Flags(series, patients)
        case "number":
            return Numbers(series, patients)
        case "text":
            return Words(series, patients, (str(rule.then_value) for rule in because))


def _following(
    columns: dict[str, Column], then: str, because: Sequence[Implication]
) -> list[tuple[str, Plane, Value]]:
    """Where a field that is not known follows in one step; of rules that disagree the first counts."""
    known, found = columns[then].known(), []
    for rule in because:
        where = columns[rule.field].holds(rule) & ~known
        if where.any():
            found.append((then, where, rule.then_value))
            known = known | where
    return found
