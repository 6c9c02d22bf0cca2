"""A plan whose values a person moves: what a small simulation says at once, and the plan as TOML to keep."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from scleroscope.api.design import example_plan, sensitivity
from scleroscope.criteria.explain import explain
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Kind

if TYPE_CHECKING:
    from scleroscope.design.sensitivity import Sensitivity

__all__ = ["PEOPLE", "TRIALS", "as_toml", "preview", "spoken", "values_of"]

PEOPLE, TRIALS = 20_000, 1_000
"""Of a preview: enough for a power with a Monte-Carlo error of at most 1.6 percentage points."""

Values = dict[str, Any]


def values_of(name: str) -> Values:
    """The tables of an example plan, to change; NotFound lists the examples."""
    return tomllib.loads(example_plan(name))


def preview(values: Values) -> Sensitivity:
    """What a small simulation of the plan says, and what each criterion costs; BadRequest on a wrong plan."""
    from scleroscope.design.plan import plan

    people = {**values.get("population", {}), "size": PEOPLE}
    return sensitivity(plan({**values, "population": people, "trials": TRIALS}), trials=TRIALS)


def as_toml(values: Values, note: str) -> str:
    """The plan as its TOML text; `note` is its first line."""
    import tomli_w

    return f"# {' '.join(note.split())}\n{tomli_w.dumps(values, multiline_strings=False)}"


def spoken(notation: str, kind: Kind) -> str:
    """A criterion in notation, said plainly; BadRequest says what cannot be read.

    >>> spoken("mrss >= 10", "inclusion")
    'You can take part only if your skin score (mRSS, 0 to 51) is at least 10.'
    """
    return explain(parse(notation), kind)
