"""One plan with one or more of its values changed, on the same seeds: how the answer moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from scleroscope.design.blocks import Workers
from scleroscope.design.plan import Plan, plan
from scleroscope.design.refuse import RefusedError
from scleroscope.design.simulate import Simulated, simulate

Value = float | str
_HERE = Workers()


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """The values that were changed (place in the plan → value), what the trials show then, and whether the
    point lies on the Pareto front: no other has as much power in fewer months (patients, without sites)."""

    values: dict[str, Value]
    answer: Simulated
    front: bool


def sweep(
    base: Plan,
    places: Mapping[str, Sequence[Value]],
    *,
    trials: int | None = None,
    workers: Workers = _HERE,
    progress: Callable[[int, int], None] | None = None,
) -> list[Point]:
    """Every combination of the values, `{"arms.n": [100, 200], "effect.mrss": [-2, -3]}`.

    RefusedError names a place that the plan does not have, or a value that it cannot take, before any
    simulation.
    """
    variants = list(_variants(base, places))
    answers = []
    for done, (values, variant) in enumerate(variants, 1):
        answers.append((values, simulate(variant, trials=trials, workers=workers)))
        if progress is not None:
            progress(done, len(variants))
    front = pareto([(cost(answer), answer.power.value if answer.power else 0.0) for _, answer in answers])
    return [
        Point(values=values, answer=answer, front=on)
        for (values, answer), on in zip(answers, front, strict=True)
    ]


def cost(answer: Simulated) -> float:
    """What a variant costs: months to recruit, or patients where no sites are planned."""
    return answer.recruitment.mean if answer.recruitment is not None else answer.expected_n


def pareto(points: Sequence[tuple[float, float]]) -> list[bool]:
    """For each (cost, gain), whether no other costs less (or the same) and gains more (or the same), with one
    of the two strict.

    >>> pareto([(1, 0.5), (2, 0.4), (2, 0.8)])
    [True, False, True]
    """
    return [
        not any(other <= price and more >= gain and (other < price or more > gain) for other, more in points)
        for price, gain in points
    ]


def _variants(base: Plan, places: Mapping[str, Sequence[Value]]) -> Iterator[tuple[dict[str, Value], Plan]]:
    for chosen in product(*places.values()):
        values = dict(zip(places, chosen, strict=True))
        tables: dict[str, Any] = msgspec.to_builtins(base)
        for place, value in values.items():
            _put(tables, place, value)
        yield values, plan(tables)


def _put(tables: dict[str, Any], place: str, value: Value) -> None:
    *path, last = place.split(".")
    here = tables
    for step in path:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise RefusedError(place, "no such place in a plan")
    if isinstance(value, str):
        here[last] = value
    else:
        here[last] = int(value) if value == int(value) else value
