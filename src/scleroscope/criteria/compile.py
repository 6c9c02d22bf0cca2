"""Criteria as expressions over a cohort: one tree, one nullable boolean column, on any engine.

`screen` takes a Polars frame, a DuckDB relation, a Spark DataFrame or anything else that Narwhals
knows, one row a patient, columns named as in the patient file, and answers where the data lives. NULL
is unknown. `evaluate` is the meaning; property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any as Anything
from typing import assert_never

import narwhals as nw

from scleroscope.criteria.compile_treatments import answer_column, with_treatments
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.implications import NONE, Implication, implications, sources, steps
from scleroscope.knowledge.text_values import values_of
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Criterion, Has, Is, Not, Opaque, Taking

Frame = nw.LazyFrame[Anything]


def screen(cohort: Anything, trees: Mapping[str, Criterion], *, keep: Iterable[str] = ("id",)) -> Anything:
    """One row a patient: the columns to `keep`, and one nullable boolean column a tree.

    The cohort may lack columns: what is not there is unknown. `id` must be unique.

    >>> import polars as pl
    >>> from scleroscope.criteria.notation import parse
    >>> cohort = pl.DataFrame({"id": ["a", "b", "c"], "mrss": [10.0, 20.0, None]})
    >>> screen(cohort, {"I1": parse("mrss >= 15")})["I1"].to_list()
    [False, True, None]
    """
    frame = nw.from_native(cohort)
    found = answers(frame.lazy(), trees, keep)
    return found.collect().to_native() if isinstance(frame, nw.DataFrame) else found.to_native()


def answers(frame: Frame, trees: Mapping[str, Criterion], keep: Iterable[str] = ("id",)) -> Frame:
    """As `screen`, from a Narwhals frame to a Narwhals frame."""
    prepared = prepare(frame, trees.values())
    return prepared.select(*keep, *(compile_tree(tree).alias(name) for name, tree in trees.items()))


def prepare(frame: Frame, trees: Iterable[Criterion]) -> Frame:
    """The cohort with every column that the trees need: facts that follow, answers about treatments."""
    found = list(trees)
    nodes = list(dict.fromkeys(node for tree in found for node in takings(tree)))
    needed = {field for tree in found for field in used(tree)}
    if any(node.dose is not None for node in nodes):
        needed.add("weight")
    closed = _closed(frame, needed)
    return with_treatments(closed, nodes) if nodes else closed


def compile_tree(tree: Criterion) -> nw.Expr:
    """The tree as an expression over a frame that `prepare` made ready for it."""
    match tree:
        case All(parts=parts):
            return reduce(and_, map(compile_tree, parts), nw.lit(value=True))
        case Any(parts=parts):
            return reduce(or_, map(compile_tree, parts), nw.lit(value=False))
        case AtLeast(count=count, parts=parts):
            return _at_least(count, [compile_tree(part) for part in parts])
        case Not(part=part):
            return ~compile_tree(part)
        case Has(field=field):
            return nw.col(field)
        case Is(field=field, values=values):
            known = sorted({*values_of(field), NONE} | set(values))
            column = nw.col(field)
            return nw.when(column.is_in(known)).then(column.is_in(list(values))).otherwise(_unknown())
        case Compare():
            return _compare(tree)
        case Taking():
            return nw.col(answer_column(tree))
        case Opaque():
            return _unknown()
    assert_never(tree)


def _unknown() -> nw.Expr:
    return nw.lit(None, dtype=nw.Boolean)


def _compare(node: Compare) -> nw.Expr:
    column, sides = nw.col(node.field), []
    if node.low is not None:
        sides.append(column > node.low if node.low_open else column >= node.low)
    if node.high is not None:
        sides.append(column < node.high if node.high_open else column <= node.high)
    return reduce(and_, sides)


def _at_least(count: int, parts: list[nw.Expr]) -> nw.Expr:
    if not parts:
        return nw.lit(value=count <= 0)
    sure = reduce(lambda one, other: one + other, (nw.when(part).then(1).otherwise(0) for part in parts))
    ruled_out = reduce(
        lambda one, other: one + other, (nw.when(~part).then(1).otherwise(0) for part in parts)
    )
    return (
        nw.when(sure >= count)
        .then(nw.lit(value=True))
        .when(ruled_out > len(parts) - count)
        .then(nw.lit(value=False))
        .otherwise(_unknown())
    )


def used(tree: Criterion) -> set[str]:
    """The fields that the leaves of a tree look at."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return {field for part in parts for field in used(part)}
        case Not(part=part):
            return used(part)
        case Has(field=field) | Is(field=field) | Compare(field=field):
            return {field}
        case Taking() | Opaque():
            return set()
    assert_never(tree)


def takings(tree: Criterion) -> list[Taking]:
    """The treatment leaves of a tree, in order."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return [node for part in parts for node in takings(part)]
        case Not(part=part):
            return takings(part)
        case Taking():
            return [tree]
        case Has() | Is() | Compare() | Opaque():
            return []
    assert_never(tree)


_TYPES = {"bool": nw.Boolean, "number": nw.Float64, "text": nw.String}


def _closed(frame: Frame, needed: set[str]) -> Frame:
    """The needed columns, absent ones added as unknown, then filled with what follows from the others."""
    fields_needed = sources(needed)
    present = set(frame.collect_schema().names())
    absent = [name for name in sorted(fields_needed) if name not in present]
    if absent:
        frame = frame.with_columns(
            *(nw.lit(None, dtype=_TYPES[fields()[name].type]()).alias(name) for name in absent)
        )
    rules: dict[str, list[Implication]] = {}
    for row in implications():
        if row.then in fields_needed and row.field in fields_needed:
            rules.setdefault(row.then, []).append(row)
    for _ in range(steps() if rules else 0):
        frame = frame.with_columns(*(_followed(then, because) for then, because in rules.items()))
    return frame


def _followed(then: str, because: list[Implication]) -> nw.Expr:
    """The column, or where it is unknown what the first rule that holds says."""
    expression = nw.lit(None, dtype=_TYPES[fields()[then].type]())
    for row in reversed(because):
        expression = nw.when(_premise(row)).then(nw.lit(row.then_value)).otherwise(expression)
    return nw.when(~nw.col(then).is_null()).then(nw.col(then)).otherwise(expression).alias(then)


def _premise(row: Implication) -> nw.Expr:
    column = nw.col(row.field)
    match row.relation:
        case "=" | "in":
            return column.is_in(list(row.values)) if len(row.values) > 1 else column == row.values[0]
        case "given":
            return column != NONE
        case ">":
            return column > row.values[0]
        case ">=":
            return column >= row.values[0]
    assert_never(row.relation)
