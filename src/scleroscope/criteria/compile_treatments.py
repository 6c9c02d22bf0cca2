"""Treatment leaves over a cohort: the list column is laid out one row a treatment, each leaf becomes one
expression over those rows, and the answers are gathered again one row a patient.

Names and doses are recognised in Python, once for each distinct name and dose of the cohort; the
engine only compares numbers and looks names up in constant lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Any as Anything
from typing import NamedTuple

import msgspec
import narwhals as nw

from scleroscope.criteria.facts import TREATMENTS, Course, course
from scleroscope.criteria.notation import format_tree
from scleroscope.criteria.treatments import (
    Limits,
    comparable,
    half_lives_in_weeks,
    limits,
    per_kg,
    relevance,
    settles,
    targets,
    within,
)
from scleroscope.knowledge.routes import route_in
from scleroscope.model.criterion import Taking
from scleroscope.model.patient import PatientTreatment
from scleroscope.model.truth import Truth

Frame = nw.LazyFrame[Anything]

_COLUMNS = {
    "name": nw.String,
    "dose": nw.String,
    "route": nw.String,
    "taking": nw.Boolean,
    "intolerant": nw.Boolean,
    "stable_weeks": nw.Float64,
    "weeks_since_last": nw.Float64,
    "total_weeks": nw.Float64,
}
_YES, _OPEN, _NO = 2, 1, 0
_MARK = "_treatment_"  # before the columns that this module adds
_ALL = f"{_MARK}complete"
_NOW, _TOOK, _SURELY_NOW = f"{_MARK}now", f"{_MARK}took", f"{_MARK}surely_now"


class _Seen(NamedTuple):
    """A distinct name and dose of the cohort."""

    name: str
    dose: str | None
    course: Course


def answer_column(node: Taking) -> str:
    """The name of the column that holds a leaf's answer: the same leaf has the same column everywhere."""
    return _MARK + hashlib.sha256(format_tree(node).encode()).hexdigest()[:16]


def with_treatments(frame: Frame, nodes: Sequence[Taking]) -> Frame:
    """The cohort with one nullable boolean column a leaf."""
    frame = frame.with_columns(_complete(frame))
    schema = frame.collect_schema()
    if TREATMENTS not in schema.names() or not isinstance(schema[TREATMENTS], nw.List):
        return frame.with_columns(
            *(_answer(node, None, nw.lit(0)).alias(answer_column(node)) for node in nodes)
        )
    rows = _laid_out(frame)
    seen = _distinct(rows)
    # Leaves share much (taken now, ever taken, stopped for 4 weeks): each such part is one column.
    rows = rows.with_columns(_now().alias(_NOW), _took().alias(_TOOK), _taken_now().alias(_SURELY_NOW))
    kinds = {_shared_fit(node): node for node in nodes if _is_shared(node)}
    if kinds:
        rows = rows.with_columns(*(_fits(node, []).alias(name) for name, node in kinds.items()))
    listed = frozenset(drug for one in seen for drug in settles(Taking(names=()), one.course.ids))
    drugs = sorted({drug for node in nodes for drug in _settleable(node, listed)})
    gathered = rows.with_columns(
        *(_course_answer(node, seen).alias(answer_column(node)) for node in nodes),
        *(_listed(drug, seen).alias(_MARK + drug) for drug in drugs),
    )
    gathered = gathered.group_by("id").agg(
        *(nw.col(name).max() for name in [*map(answer_column, nodes), *(_MARK + drug for drug in drugs)])
    )
    joined = frame.join(gathered, on="id", how="left")
    return joined.with_columns(
        *(
            _answer(node, _settleable(node, listed), nw.col(answer_column(node)).fill_null(0)).alias(
                answer_column(node)
            )
            for node in nodes
        )
    )


def _complete(frame: Frame) -> nw.Expr:
    schema = frame.collect_schema()
    if "complete" in schema.names() and isinstance(schema["complete"], nw.List):
        said = nw.col("complete").list.contains(TREATMENTS)
        return nw.when(said).then(nw.lit(value=True)).otherwise(nw.lit(value=False)).alias(_ALL)
    return nw.lit(value=False).alias(_ALL)


def _laid_out(frame: Frame) -> Frame:
    """One row a treatment: the patient's id and weight, the treatment's columns (absent ones unknown)."""
    schema = frame.collect_schema()
    inner = schema[TREATMENTS]
    struct = inner.inner if isinstance(inner, nw.List) else None
    present = {one.name for one in struct.fields} if isinstance(struct, nw.Struct) else set()
    weight = ["weight"] if "weight" in schema.names() else []
    rows = frame.select("id", *weight, TREATMENTS).explode(TREATMENTS)
    rows = rows.filter(~nw.col(TREATMENTS).is_null())
    return rows.select(
        "id",
        *weight,
        *(
            nw.col(TREATMENTS).struct.field(name).cast(kind()).alias(name)
            if name in present
            else nw.lit(None, dtype=kind()).alias(name)
            for name, kind in _COLUMNS.items()
        ),
    )


def _distinct(rows: Frame) -> list[_Seen]:
    found = rows.select("name", "dose").unique()
    return [
        _Seen(name, dose, course(PatientTreatment(name=name, dose=dose)))
        for name, dose in found.collect().iter_rows()
    ]


def _settleable(node: Taking, listed: frozenset[str]) -> list[str]:
    """The drugs of which all must be listed so that nothing is open; none when some are listed nowhere."""
    wanted = targets(node)
    return sorted(wanted) if wanted <= listed and not node.routes else []


def _listed(drug: str, seen: list[_Seen]) -> nw.Expr:
    names = {one.name for one in seen if drug in settles(Taking(names=()), one.course.ids)}
    return nw.when(nw.col("name").is_in(sorted(names))).then(1).otherwise(0)


def _answer(node: Taking, settleable: list[str] | None, listed: nw.Expr) -> nw.Expr:
    """The leaf's answer from the best answer of the listed treatments and from what is not listed."""
    if not targets(node):
        nothing_open = nw.lit(value=True)
    else:
        nothing_open = nw.lit(value=False) if node.intolerant else nw.col(_ALL)
        if settleable:
            nothing_open = nothing_open | reduce(
                and_, (nw.col(_MARK + drug).fill_null(0) == 1 for drug in settleable)
            )
    return (
        nw.when(listed == _YES)
        .then(nw.lit(value=True))
        .when((listed == _NO) & nothing_open)
        .then(nw.lit(value=False))
        .otherwise(nw.lit(None, dtype=nw.Boolean))
    )


def _course_answer(node: Taking, seen: list[_Seen]) -> nw.Expr:
    """Of one treatment: 2 it fits, 1 it may, 0 it does not (or is another drug)."""
    wanted = targets(node)
    bearing = {one.name: relevance(wanted, one.course.ids) for one in seen}
    sure = sorted(name for name, found in bearing.items() if found is Truth.YES)
    open_ = sorted(name for name, found in bearing.items() if found is Truth.UNKNOWN)
    if not sure and not open_:
        return nw.lit(_NO)
    if _is_shared(node):
        fits = nw.col(_shared_fit(node))
    else:
        fits = _fits(node, [one for one in seen if bearing[one.name] is not None])
    name = nw.col("name")
    return (
        nw.when(~name.is_in([*sure, *open_]))
        .then(_NO)
        .when(~fits)
        .then(_NO)
        .when(fits & name.is_in(sure))
        .then(_YES)
        .otherwise(_OPEN)
    )


def _is_shared(node: Taking) -> bool:
    """Whether a treatment fits the node in the same way whatever its name and dose are."""
    return node.within_half_lives is None and not node.routes and node.dose is None


def _shared_fit(node: Taking) -> str:
    return answer_column(msgspec.structs.replace(node, names=(), except_names=(), span=None)) + "fits"


def _fits(node: Taking, seen: list[_Seen]) -> nw.Expr:
    if node.intolerant:
        return nw.col("intolerant")
    parts = [_when(node)]
    if node.within_weeks is not None or node.within_half_lives is not None:
        parts.append(_window(node, seen))
    if node.routes:
        parts.append(_route(node, seen))
    if node.dose is not None:
        parts.append(_dose(node, seen))
    if node.stable_weeks is not None:
        stable, total = nw.col("stable_weeks"), nw.col("total_weeks")
        parts.append(_within(limits(node.stable_weeks), stable, least=None, most=total))
    if node.total_weeks is not None:
        stable, total = nw.col("stable_weeks"), nw.col("total_weeks")
        parts.append(_within(limits(node.total_weeks), total, least=stable, most=None))
    return reduce(and_, parts)


def _now() -> nw.Expr:
    stopped = nw.col("taking").is_null() & ~nw.col("weeks_since_last").is_null()
    return nw.when(stopped).then(nw.lit(value=False)).otherwise(nw.col("taking"))


def _taken_now() -> nw.Expr:
    """Whether it is surely taken now; never unknown."""
    return nw.when(nw.col("taking")).then(nw.lit(value=True)).otherwise(nw.lit(value=False))


def _took() -> nw.Expr:
    """Whether it was ever taken: yes or unknown."""
    return (
        nw.when(
            _taken_now() | ~nw.col("weeks_since_last").is_null() | (nw.col("total_weeks").fill_null(0.0) > 0)
        )
        .then(nw.lit(value=True))
        .otherwise(nw.lit(None, dtype=nw.Boolean))
    )


def _when(node: Taking) -> nw.Expr:
    now, took = nw.col(_NOW), nw.col(_TOOK)
    return {"now": now, "ever": took, "past": ~now & took}[node.when]


def _window(node: Taking, seen: list[_Seen]) -> nw.Expr:
    def window(one: _Seen) -> float | None:
        half_lives = half_lives_in_weeks(node, one.course)
        if node.within_half_lives is not None and half_lives is None:
            return None
        return min(value for value in (node.within_weeks, half_lives) if value is not None)

    since = nw.col("weeks_since_last")
    if node.within_half_lives is None:
        inside = since <= node.within_weeks
    else:
        inside = nw.lit(None, dtype=nw.Boolean)
        for value, names in _grouped(seen, window).items():
            inside = nw.when(nw.col("name").is_in(names)).then(since <= value).otherwise(inside)
    return nw.when(nw.col(_SURELY_NOW)).then(nw.lit(value=True)).otherwise(inside)


def _route(node: Taking, seen: list[_Seen]) -> nw.Expr:
    by_name = _grouped(seen, lambda one: route_in(one.name))
    route = nw.lit(None, dtype=nw.String)
    for value, names in by_name.items():
        route = nw.when(nw.col("name").is_in(names)).then(nw.lit(value)).otherwise(route)
    route = nw.when(nw.col("route").is_null()).then(route).otherwise(nw.col("route"))
    return (
        nw.when(route.is_null())
        .then(nw.lit(None, dtype=nw.Boolean))
        .otherwise(route.is_in(list(node.routes)))
    )


def _dose(node: Taking, seen: list[_Seen]) -> nw.Expr:
    if node.dose is None:
        return nw.lit(value=True)
    bounds, of_kg = limits(node.dose), per_kg(node.dose)
    fits = nw.lit(None, dtype=nw.Boolean)
    amounts: dict[tuple[float, bool], list[_Seen]] = {}
    for one in seen:
        amount = comparable(node, one.course)
        if amount is not None:
            amounts.setdefault((amount.mg, amount.per_kg), []).append(one)
    settled: dict[Truth, list[_Seen]] = {Truth.YES: [], Truth.NO: []}
    for (mg, each_kg), found in amounts.items():
        if each_kg == of_kg:
            settled[within(bounds, mg)] += found
        else:
            weight = nw.col("weight")
            total = mg * weight if each_kg else mg / weight
            known = _is_one_of(found) & ~weight.is_null()
            fits = nw.when(known).then(_within(bounds, total)).otherwise(fits)
    for answer, found in settled.items():
        if found:
            fits = nw.when(_is_one_of(found)).then(nw.lit(value=answer is Truth.YES)).otherwise(fits)
    if node.when == "now":
        return fits
    unsure = ~_same_dose_all_along(node, seen)
    return nw.when(~fits & unsure).then(nw.lit(None, dtype=nw.Boolean)).otherwise(fits)


def _same_dose_all_along(node: Taking, seen: list[_Seen]) -> nw.Expr:
    """Whether the dose now is surely the dose of the whole window; never unknown."""
    stable = nw.col("stable_weeks")
    long = (stable >= nw.col("total_weeks")).fill_null(value=False)
    if node.within_weeks is not None:
        long = long | (stable >= node.within_weeks).fill_null(value=False)
    for value, names in _grouped(seen, lambda one: half_lives_in_weeks(node, one.course)).items():
        long = long | (nw.col("name").is_in(names) & (stable >= value).fill_null(value=False))
    return nw.col(_SURELY_NOW) & long


def _is_one_of(found: Iterable[_Seen]) -> nw.Expr:
    """Whether the row has one of these names with one of these doses."""
    by_dose: dict[str | None, list[str]] = {}
    for one in found:
        by_dose.setdefault(one.dose, []).append(one.name)
    matches = [
        (nw.col("dose") == dose).fill_null(value=False) & nw.col("name").is_in(sorted(set(names)))
        for dose, names in by_dose.items()
        if dose is not None
    ]
    return reduce(lambda one, other: one | other, matches, nw.lit(value=False))


def _grouped(seen: list[_Seen], key: Callable[[_Seen], Anything]) -> dict[Anything, list[str]]:
    groups: dict[Anything, set[str]] = {}
    for one in seen:
        value = key(one)
        if value is not None:
            groups.setdefault(value, set()).add(one.name)
    return {value: sorted(names) for value, names in groups.items()}


def _within(
    bounds: Limits, value: nw.Expr, *, least: nw.Expr | None = None, most: nw.Expr | None = None
) -> nw.Expr:
    """As `treatments.within`."""
    lowest = nw.lit(0.0) if least is None else nw.when(least.is_null()).then(0.0).otherwise(least)
    low_end = nw.when(value.is_null()).then(lowest).otherwise(value)
    high_end = value if most is None else nw.when(value.is_null()).then(most).otherwise(value)
    sides = []
    if bounds.low is not None:
        sides.append(_side(bounds.low, bounds.low_open, low_end, high_end))
    if bounds.high is not None:
        sides.append(~_side(bounds.high, not bounds.high_open, low_end, high_end))
    return reduce(and_, sides, nw.lit(value=True))


def _side(bound: float, is_open: bool, low_end: nw.Expr, high_end: nw.Expr) -> nw.Expr:
    above = low_end > bound if is_open else low_end >= bound
    below = high_end <= bound if is_open else high_end < bound
    return (
        nw.when(above)
        .then(nw.lit(value=True))
        .when(below)
        .then(nw.lit(value=False))
        .otherwise(nw.lit(None, dtype=nw.Boolean))
    )
