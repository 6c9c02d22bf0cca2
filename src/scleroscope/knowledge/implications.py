"""Facts that follow from facts by definition: `implications.csv`, one row an implication."""

from __future__ import annotations

from collections.abc import Mapping
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
    changed = True
    while changed:
        changed = False
        for row in implications():
            if row.then not in closed and row.holds(closed):
                closed[row.then] = row.then_value
                changed = True
    return closed


def _value(identity: str, cell: str) -> Value:
    match field(identity).type:
        case "bool":
            return {"true": True, "false": False}[cell]
        case "number":
            return float(cell)
        case "text":
            return cell
