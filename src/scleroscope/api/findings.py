"""How published results are told: what was found, in words and numbers as printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scleroscope.catalogue.published import published
from scleroscope.landscape.evidence import By, Group, groups, telling, varied
from scleroscope.landscape.filters import select
from scleroscope.landscape.findings import (
    RANDOMISED,
    arm,
    contrast,
    endpoint,
    finding,
    findings,
    harm,
    origin,
    says,
)
from scleroscope.model.result import Published

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue
    from scleroscope.landscape.filters import Wanted

__all__ = [
    "RANDOMISED", "By", "Evidence", "Group", "Published", "arm", "contrast", "endpoint", "evidence",
    "finding", "findings", "harm", "origin", "telling", "varied",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was tried and what was found, by family, class or target."""

    by: By
    says: str
    groups: list[Group]
    notes: tuple[str, ...] = ()  # what the filters could not settle, in words

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"by": self.by, "says": self.says, "groups": [each.to_dict() for each in self.groups]}


def evidence(catalogue: Catalogue, by: By = "family", wanted: Wanted | None = None) -> Evidence:
    """The published results of a catalogue's trials, or of those that the filters ask for, with harms.

    BadRequest on a filter value or a grouping that does not exist.
    """
    selection = select(catalogue.trials(), wanted or {})
    table = findings(selection.trials, published())
    return Evidence(
        by=by,
        says=says(table, selection.trials.height),
        groups=groups(selection.trials, table, by),
        notes=selection.notes,
    )
