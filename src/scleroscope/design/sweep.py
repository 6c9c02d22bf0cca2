"""One plan with one or more of its values changed, on the same seeds: how the answer moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from scleroscope.design.plan import Plan, plan
from scleroscope.design.refuse import RefusedError
from scleroscope.design.simulate import Simulated, simulate


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """The values that were changed (place in the plan → value) and what the trials show then."""

    values: dict[str, float]
    answer: Simulated


def sweep(
    base: Plan,
    places: Mapping[str, Sequence[float]],
    *,
    trials: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Point]:
    """Every combination of the values, `{"arms.n": [100, 200], "effect.mrss": [-2, -3]}`.

    RefusedError names a place that the plan does not have, or a value that it cannot take.
    """
    variants = list(_variants(base, places))
    points = []
    for done, (values, variant) in enumerate(variants, 1):
        points.append(Point(values=values, answer=simulate(variant, trials=trials)))
        if progress is not None:
            progress(done, len(variants))
    return points


def _variants(base: Plan, places: Mapping[str, Sequence[float]]) -> Iterator[tuple[dict[str, float], Plan]]:
    for chosen in product(*places.values()):
        values = dict(zip(places, chosen, strict=True))
        tables: dict[str, Any] = msgspec.to_builtins(base)
        for place, value in values.items():
            _put(tables, place, value)
        yield values, plan(tables)


def _put(tables: dict[str, Any], place: str, value: float) -> None:
    *path, last = place.split(".")
    here = tables
    for step in path:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise RefusedError(place, "no such place in a plan")
    here[last] = int(value) if value == int(value) else value
