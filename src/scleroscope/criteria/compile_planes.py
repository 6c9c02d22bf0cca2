"""Leaves of criteria over a batch of patients in memory, as bit planes: 64 patients at a time.

`evaluate` is the meaning; property tests hold the two together. Tables that live elsewhere (DuckDB, Spark)
are screened by `compile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

import numpy as np

from scleroscope.criteria.compile_planes_columns import closed
from scleroscope.criteria.compile_planes_treatments import treatment_planes
from scleroscope.criteria.planes import Planes, words
from scleroscope.model.criterion import Compare, Has, Is, Opaque, Taking

if TYPE_CHECKING:
    from polars import DataFrame

Leaf = Has | Is | Compare | Taking | Opaque


def leaf_planes(batch: DataFrame, leaves: Iterable[Leaf]) -> list[Planes]:
    """Two planes a leaf: where it holds, and where it does not; patients in the batch's order.

    The batch has the patient file's names and types (`patients.cohort` makes it so); a column that it
    lacks is unknown.

    >>> import polars as pl
    >>> batch = pl.DataFrame({"id": ["a", "b", "c"], "mrss": [10.0, 20.0, None]})
    >>> leaf_planes(batch, [Compare(field="mrss", low=15)])
    [Planes(yes=array([2], dtype=uint64), no=array([1], dtype=uint64))]
    """
    asked = list(leaves)
    columns = closed(batch, {leaf.field for leaf in asked if isinstance(leaf, Has | Is | Compare)})
    taken = iter(treatment_planes(batch, [leaf for leaf in asked if isinstance(leaf, Taking)]))
    nothing = np.zeros(words(batch.height), dtype=np.uint64)
    found: list[Planes] = []
    for leaf in asked:
        match leaf:
            case Compare() | Has() | Is():
                found.append(columns[leaf.field].answer(leaf))
            case Taking():
                found.append(next(taken))
            case Opaque():
                found.append(Planes(nothing, nothing))
            case _:
                assert_never(leaf)
    return found
