"""A number with its unit (UCUM where UCUM has one)."""

from __future__ import annotations

import msgspec


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """`Quantity(value=9.1, unit="g/dL")`."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"
