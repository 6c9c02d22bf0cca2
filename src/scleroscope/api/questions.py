"""What a person can be asked, in the order of the patient contract, for every face."""

from __future__ import annotations

from functools import cache

from scleroscope.criteria.explain import question
from scleroscope.criteria.facts import TREATMENTS
from scleroscope.knowledge.fields import Field, fields

__all__ = ["TREATMENTS", "Field", "questions"]


@cache
def questions() -> dict[str, Field]:
    """Field id → its question, type, unit, values and group; the list of treatments comes last."""
    treatments = Field(
        id=TREATMENTS,
        type="text",
        name=TREATMENTS,
        plain=TREATMENTS,
        question=question(TREATMENTS),
        group=TREATMENTS,
        source="scleroscope patient contract",
    )
    return {**fields(), TREATMENTS: treatments}
