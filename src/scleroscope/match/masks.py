"""Screening seen from the patients: for each, one bit a criterion.

Of each patient and trial two masks, of what is not met and of what is unknown: bit i stands for the trial's
criterion i, in words of 64 bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.planes import WORD, Plane, unpacked, words
from scleroscope.match.match import VERDICTS
from scleroscope.match.readings import Reading
from scleroscope.match.screen import Found

if TYPE_CHECKING:
    from polars import DataFrame

Mask = NDArray[np.uint64]


class Masks(NamedTuple):
    """The masks of one trial: one row a patient, one column a word."""

    not_met: Mask
    unknown: Mask


def masks(found: Found, patients: int) -> Masks:
    """The masks of a batch of so many patients."""
    return Masks(_turned(found.not_met, patients), _turned(found.unknown, patients))


def _turned(planes: Plane, patients: int) -> Mask:
    """Criteria × patients as patients × criteria."""
    width = max(1, words(len(planes)))
    flags = np.zeros((patients, width * WORD), dtype=np.bool_)
    flags[:, : len(planes)] = unpacked(planes, patients).T
    return np.packbits(flags, axis=1, bitorder="little").view("<u8")


def verdicts(reading: Reading, held: Masks) -> NDArray[np.int8]:
    """Each patient's verdict, as its place in `VERDICTS`."""
    eligible, possible, not_known, ineligible = range(len(VERDICTS))
    out, some = held.not_met.any(axis=1), held.unknown.any(axis=1)
    if reading.how is None:
        return np.where(out, ineligible, not_known).astype(np.int8)
    return np.where(out, ineligible, np.where(some, possible, eligible)).astype(np.int8)


def count_sets(held: Masks, sets: Counter[tuple[int, int]]) -> None:
    """Add to `sets` how many patients have each pair of masks (not met, unknown), as whole numbers."""
    rows, counts = np.unique(np.concatenate(held, axis=1), axis=0, return_counts=True)
    width = held.not_met.shape[1]
    for row, count in zip(rows.tolist(), counts.tolist(), strict=True):
        sets[_whole(row[:width]), _whole(row[width:])] += count


def rows_of(
    identities: DataFrame, screened: Iterable[tuple[Reading, Masks]], trials: Sequence[Reading]
) -> DataFrame:
    """One row a patient and trial: id, trial, verdict, masks `not_met`, `unknown` (of more words `…_1`)."""
    import polars as pl

    trial_type, verdict_type = pl.Enum([reading.id for reading in trials]), pl.Enum(VERDICTS)
    width = max(words(len(reading.clauses)) or 1 for reading in trials)
    frames = []
    for reading, held in screened:
        said = pl.Series(verdicts(reading, held))
        columns: dict[str, Any] = {
            "verdict": said.replace_strict(dict(enumerate(VERDICTS)), return_dtype=verdict_type)
        }
        for name, mask in (("not_met", held.not_met), ("unknown", held.unknown)):
            for word in range(width):
                here = mask[:, word] if word < mask.shape[1] else np.zeros(len(mask), dtype=np.uint64)
                columns[f"{name}_{word}" if word else name] = here
        frames.append(
            identities.select("id", pl.lit(reading.id).cast(trial_type).alias("trial")).with_columns(
                **{name: pl.Series(name, values) for name, values in columns.items()}
            )
        )
    return pl.concat(frames)


def _whole(parts: Sequence[int]) -> int:
    return sum(part << WORD * place for place, part in enumerate(parts))
