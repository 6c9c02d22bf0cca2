"""The numbers behind the population: `population.csv`, one row a parameter, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from scleroscope.knowledge.load import rows

Kind = Literal["published", "derived", "assumed"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One number: published, derived from published figures, or an assumption that says so."""

    id: str
    value: float
    unit: str
    kind: Kind
    source: str
    note: str


@cache
def parameters() -> dict[str, Parameter]:
    """All parameters by id."""
    return {row["id"]: msgspec.convert(row, Parameter, strict=False) for row in rows("population")}


class Values:
    """Parameter values by id, with a plan's own values over the shipped ones.

    ValueError names an override that is no parameter.

    >>> Values({"mrss.limited.median": 5})["mrss.limited.median"]
    5.0
    """

    def __init__(self, overrides: Mapping[str, float] | None = None) -> None:
        known = parameters()
        for name in overrides or {}:
            if name not in known:
                raise ValueError(f"no parameter {name!r} in population.csv")
        self._overrides = {name: float(value) for name, value in (overrides or {}).items()}

    def __getitem__(self, name: str) -> float:
        if name in self._overrides:
            return self._overrides[name]
        return parameters()[name].value

    def below(self, prefix: str) -> dict[str, float]:
        """The parameters `prefix.x`, by x.

        >>> sorted(Values().below("nyha_class"))
        ['1', '2', '3', '4']
        """
        start = prefix + "."
        names = (name for name in parameters() if name.startswith(start))
        return {name.removeprefix(start): self[name] for name in names if "." not in name.removeprefix(start)}
