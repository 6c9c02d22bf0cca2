"""Treatment leaves over a batch, as bit planes.

Whether a treatment fits a leaf in everything but its name is asked once for all leaves that ask the same.
Which leaves a name bears on depends only on the drugs that it stands for: treatments are sorted by these, and
a leaf looks only at those that it may mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from operator import and_
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.compile_planes_courses import Courses, Fit, Flags, fit, taken
from scleroscope.criteria.facts import TREATMENTS, Course, course, identify
from scleroscope.criteria.planes import Plane, Planes, packed, whole, words
from scleroscope.criteria.treatments import relevance, settles, targets
from scleroscope.model.criterion import Taking
from scleroscope.model.patient import PatientTreatment
from scleroscope.model.truth import Truth

if TYPE_CHECKING:
    from polars import DataFrame, Series


class _Rows(NamedTuple):
    """All treatments of a batch, sorted by the drugs that their names stand for."""

    patients: int
    owner: NDArray[np.int64]  # the place of the patient
    groups: dict[frozenset[str], slice]  # drugs → the rows
    courses: Courses


def treatment_planes(batch: DataFrame, leaves: Sequence[Taking]) -> list[Planes]:
    """The planes of each leaf."""
    if not leaves:
        return []
    complete, rows = _complete(batch), _rows(batch)
    fits: dict[Taking, tuple[Flags, Flags]] = {}
    listed: dict[str, Plane] = {}
    if rows:
        for node in dict.fromkeys(map(_nameless, leaves)):
            found = fit(node, rows.courses)
            fits[node] = found.yes, ~found.no
        for ids, held in rows.groups.items():
            for drug in settles(Taking(names=()), ids):
                here = _plane(rows.patients, [rows.owner[held]])
                listed[drug] = listed[drug] | here if drug in listed else here
    nothing = np.zeros(words(batch.height), dtype=np.uint64)
    planes = []
    for leaf in leaves:
        wanted = targets(leaf)
        yes, maybe = _best(wanted, rows, *fits[_nameless(leaf)]) if rows else (nothing, nothing)
        # What is not listed is open, unless the list is whole or tells of every drug that is wanted.
        closed = whole(batch.height) if not wanted else nothing if leaf.intolerant else complete
        if wanted and not leaf.routes and wanted <= listed.keys():
            closed = closed | reduce(and_, (listed[drug] for drug in wanted))
        planes.append(Planes(yes, closed & ~(yes | maybe)))
    return planes


def _best(wanted: frozenset[str], rows: _Rows, surely: Flags, may: Flags) -> tuple[Plane, Plane]:
    """Where some listed treatment surely fits, where some may."""
    yes: list[NDArray[np.int64]] = []
    maybe: list[NDArray[np.int64]] = []
    for ids, held in rows.groups.items():
        bearing = relevance(wanted, ids)
        if bearing is not None:
            owner = rows.owner[held]
            maybe.append(owner[may[held]])
            if bearing is Truth.YES:
                yes.append(owner[surely[held]])
    return _plane(rows.patients, yes), _plane(rows.patients, maybe)


def _plane(patients: int, places: Iterable[NDArray[np.int64]]) -> Plane:
    flags = np.zeros(patients, dtype=np.bool_)
    for each in places:
        flags[each] = True
    return packed(flags)


def _nameless(leaf: Taking) -> Taking:
    return msgspec.structs.replace(leaf, names=(), except_names=(), span=None)


def _complete(batch: DataFrame) -> Plane:
    import polars as pl

    if not isinstance(batch.schema.get("complete"), pl.List):
        return np.zeros(words(batch.height), dtype=np.uint64)
    said = batch.get_column("complete").list.contains(TREATMENTS).fill_null(value=False)
    return packed(said.to_numpy())


def _rows(batch: DataFrame) -> _Rows | None:
    """The treatments, laid out one a row; None where the batch tells of none."""
    import polars as pl

    kind = batch.schema.get(TREATMENTS)
    if not isinstance(kind, pl.List) or not isinstance(kind.inner, pl.Struct):
        return None
    weight = pl.col("weight") if "weight" in batch.columns else pl.lit(None)
    laid = (
        batch.lazy()
        .select(pl.int_range(pl.len()).alias("owner"), weight.cast(pl.Float64).alias("weight"), TREATMENTS)
        .explode(TREATMENTS)
        .filter(pl.col(TREATMENTS).is_not_null())
        .unnest(TREATMENTS)
        .collect()
    )
    names, name_codes = _coded(laid, "name", pl.String)
    meanings: dict[frozenset[str], int] = {}
    meaning_of = [meanings.setdefault(identify(str(name)), len(meanings)) for name in names]
    meaning = np.array(meaning_of, dtype=np.uint32)[name_codes]
    order = np.argsort(meaning.astype(np.uint16) if len(meanings) < 1 << 16 else meaning, kind="stable")
    laid, name_codes = laid[order], name_codes[order]
    ends = np.cumsum(np.bincount(meaning, minlength=len(meanings))).tolist()
    groups = {one: slice(start, end) for one, start, end in zip(meanings, [0, *ends], ends, strict=False)}
    return _Rows(batch.height, laid.get_column("owner").to_numpy(), groups, _courses(laid, names, name_codes))


def _courses(laid: DataFrame, names: Sequence[str | None], name_codes: NDArray[np.uint32]) -> Courses:
    import polars as pl

    doses, dose_codes = _coded(laid, "dose", pl.String)
    both = name_codes.astype(np.uint64) * np.uint64(len(doses)) + dose_codes
    pairs, code = np.unique(both, return_inverse=True)
    routes, route_codes = _coded(laid, "route", pl.String)
    since, total = _numbers(laid, "weeks_since_last"), _numbers(laid, "total_weeks")
    return Courses(
        seen=[_course(str(names[pair // len(doses)]), doses[pair % len(doses)]) for pair in pairs.tolist()],
        code=code.astype(np.uint32),
        when=taken(_flags(laid, "taking"), since, total),
        intolerant=_flags(laid, "intolerant"),
        route=routes,
        route_code=route_codes,
        since=since,
        stable=_numbers(laid, "stable_weeks"),
        total=total,
        weight=_numbers(laid, "weight"),
    )


@lru_cache(maxsize=1 << 16)
def _course(name: str, dose: str | None) -> Course:
    return course(PatientTreatment(name=name, dose=dose))


def _column(laid: DataFrame, name: str, kind: Any) -> Series:
    import polars as pl

    if name in laid.columns:
        return laid.get_column(name).cast(kind)
    return pl.repeat(None, laid.height, dtype=kind, eager=True)


def _coded(laid: DataFrame, name: str, kind: Any) -> tuple[list[str | None], NDArray[np.uint32]]:
    """The distinct words of a column (None last), and which of them each row has."""
    import polars as pl

    column = _column(laid, name, kind)
    found = column.drop_nulls().unique().sort().to_list()
    codes = column.cast(pl.Enum(found)).to_physical().cast(pl.UInt32).fill_null(len(found))
    return [*found, None], codes.to_numpy()


def _flags(laid: DataFrame, name: str) -> Fit:
    import polars as pl

    states = _column(laid, name, pl.Boolean).cast(pl.UInt8).fill_null(2).to_numpy()
    return Fit(states == 1, states == 0)


def _numbers(laid: DataFrame, name: str) -> NDArray[np.float64]:
    import polars as pl

    return _column(laid, name, pl.Float64).to_numpy()
