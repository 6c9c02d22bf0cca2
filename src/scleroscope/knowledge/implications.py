"""Facts that follow from facts by definition: `implications.csv`, one row an implication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import msgspec

from scleroscope.knowledge.fields import field
from scleroscope.knowledge.load import cells, rows
from scleroscope.model.patient import Value

Relation = Literal["=", ">", ">=", "in", "given"]


class Implication(msgspec.Struct, frozen=True, kw_only=True):
    """When `field` stands in `relation` to `values`, then `then` has `then_value`."""

    id: str
    field: str
    relation: Relation
    values: tuple[Value, ...]
    then: str
    then_value: Value

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether the premise is among the known values."""
        value = values.get(self.field)
        if value is None:
            return False
        match self.relation:
            case "=" | "in":
                return value in self.values
            case "given":
                return value != NONE
            case ">":
                return float(value) > float(self.values[0])
            case ">=":
                return float(value) >= float(self.values[0])


NONE = "none"  # the value of a text field that does not apply: the subset of a patient without the disease


@cache
def implications() -> tuple[Implication, ...]:
    """All implications, in file order."""
    return tuple(
        Implication(
            id=row["id"],
            field=row["field"],
            relation=row["is"],  # type: ignore[arg-type]
            values=tuple(_value(row["field"], cell) for cell in cells(row["value"])),
            then=row["then"],
            then_value=_value(row["then"], row["then_value"]),
        )
        for row in rows("implications")
    )


def close(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with all that follows from them. A given value is never replaced.

    >>> close({"ssc": False})["acr_eular_2013"]
    False
    """
    closed = dict(values)
    while new := _follow(closed):
        closed |= new
    return closed


def _follow(known: Mapping[str, Value]) -> dict[str, Value]:
    """What follows from the known values in one step; of rows that disagree the first in the file."""
    new: dict[str, Value] = {}
    for row in implications():
        if row.then not in known and row.then not in new and row.holds(known):
            new[row.then] = row.then_value
    return new


def sources(identities: Iterable[str]) -> frozenset[str]:
    """The fields and all fields that could imply something of them."""
    needed = set(identities)
    while more := {row.field for row in implications() if row.then in needed} - needed:
        needed |= more
    return frozenset(needed)


@cache
def steps() -> int:
    """After how many steps nothing new can follow: the longest chain of implications over distinct fields."""

    def longest(field: str, passed: frozenset[str]) -> int:
        nexts = {row.then for row in implications() if row.field == field} - passed
        return max((1 + longest(one, passed | {one}) for one in nexts), default=0)

    return max(longest(row.field, frozenset({row.field})) for row in implications())


def _value(identity: str, cell: str) -> Value:
    match field(identity).type:
        case "bool":
            return {"true": True, "false": False}[cell]
        case "number":
            return float(cell)
        case "text":
            return cell
