"""A cohort against trials: two bits a criterion and patient, and what can be counted from them.

For every patient and trial there are two masks, one for *not met* and one for *unknown*: bit i stands for
the trial's criterion i, in words of 64 bits. Verdicts, attrition, what each criterion alone excludes and
what would be if criteria fell are all sums over these masks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.compile import screen as answers_of
from scleroscope.match.match import VERDICTS, words_of
from scleroscope.match.readings import Reading
from scleroscope.model.criterion import Criterion

if TYPE_CHECKING:
    from polars import DataFrame

WORD = 64
Mask = NDArray[np.uint64]


class Masks(NamedTuple):
    """The masks of one trial, one row a patient, one column a word."""

    not_met: Mask
    unknown: Mask


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion in a trial's attrition.

    `entering` patients are ruled out by no criterion before it; of these it is met, not met or unknown.
    `alone` counts the patients of the whole cohort whom it alone rules out.
    """

    id: str
    kind: str
    plain: str
    words: str | None
    entering: int
    met: int
    not_met: int
    unknown: int
    alone: int


class Screened(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a cohort in one trial."""

    trial: str
    title: str | None
    patients: int
    counts: dict[str, int]
    attrition: tuple[Step, ...]


class Tally:
    """The counts of one trial, batch by batch."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.patients = 0
        self.verdicts: Counter[str] = Counter()
        self.steps = np.zeros((len(reading.clauses), 4), dtype=np.int64)  # entering, not met, unknown, alone

    def add(self, masks: Masks, verdicts: NDArray[np.int8]) -> None:
        """Count a batch."""
        self.patients += len(verdicts)
        for place, count in enumerate(np.bincount(verdicts, minlength=len(VERDICTS)).tolist()):
            self.verdicts[VERDICTS[place]] += count
        left = np.ones(len(verdicts), dtype=np.bool_)
        ruled_out_once = _one_bit(masks.not_met)
        for place in range(len(self.reading.clauses)):
            word, bit = divmod(place, WORD)
            here = np.uint64(1 << bit)
            stands = (masks.not_met[:, word] & here) != 0
            unknown = (masks.unknown[:, word] & here) != 0
            self.steps[place] += (
                left.sum(),
                (left & stands).sum(),
                (left & unknown).sum(),
                (stands & ruled_out_once).sum(),
            )
            left &= ~stands

    def done(self) -> Screened:
        """The trial's result."""
        return Screened(
            trial=self.reading.id,
            title=self.reading.title,
            patients=self.patients,
            counts={verdict: self.verdicts[verdict] for verdict in VERDICTS},
            attrition=tuple(
                Step(
                    id=clause.id, kind=clause.kind, plain=plain, words=words_of(self.reading, clause),
                    entering=entering, met=entering - not_met - unknown, not_met=not_met, unknown=unknown,
                    alone=alone,
                )
                for clause, plain, (entering, not_met, unknown, alone) in zip(
                    self.reading.clauses, self.reading.plain, self.steps.tolist(), strict=True
                )
            ),
        )  # fmt: skip


def count_sets(masks: Masks, sets: Counter[tuple[int, int]]) -> None:
    """Add to `sets` how many patients have each pair of masks (not met, unknown), as whole numbers."""
    rows, counts = np.unique(np.concatenate(masks, axis=1), axis=0, return_counts=True)
    words = masks.not_met.shape[1]
    for row, count in zip(rows.tolist(), counts.tolist(), strict=True):
        sets[_whole(row[:words]), _whole(row[words:])] += count


def screen(batch: DataFrame, trials: Sequence[Reading]) -> Iterator[tuple[Reading, Masks, NDArray[np.int8]]]:
    """The masks of a batch for each trial, and each patient's verdict (its place in `VERDICTS`)."""
    import polars as pl

    names: dict[Criterion, str] = {}
    for reading in trials:
        for clause in reading.clauses:
            names.setdefault(clause.tree, f"tree {len(names)}")
    found = answers_of(batch, {name: tree for tree, name in names.items()}, keep=("id",))
    # An engine may give the rows in another order than it got them.
    found = batch.select("id").join(found, on="id", how="left", maintain_order="left").drop("id")
    unknown = found.select(pl.all().is_null())
    yes = found.select(pl.all().fill_null(value=False))
    kept: dict[str, tuple[Any, Any]] = {}
    for reading in trials:
        for clause in reading.clauses:
            name = names[clause.tree]
            if name not in kept:
                kept[name] = unknown.get_column(name).to_numpy(), yes.get_column(name).to_numpy()
        masks = _masks(reading, [kept[names[clause.tree]] for clause in reading.clauses], batch.height)
        yield reading, masks, _verdicts(reading, masks)


def _masks(reading: Reading, answers: Sequence[tuple[Any, Any]], patients: int) -> Masks:
    """The masks from each clause's answers: whether it is unknown, whether it is surely yes."""
    words = max(1, -(-len(reading.clauses) // WORD))
    not_met = np.zeros((patients, words), dtype=np.uint64)
    unknown = np.zeros((patients, words), dtype=np.uint64)
    for place, (clause, (is_unknown, yes)) in enumerate(zip(reading.clauses, answers, strict=True)):
        stands = ~(yes | is_unknown) if clause.kind == "inclusion" else yes
        word, bit = divmod(place, WORD)
        shift = np.uint64(bit)
        not_met[:, word] |= stands.astype(np.uint64) << shift
        unknown[:, word] |= is_unknown.astype(np.uint64) << shift
    return Masks(not_met, unknown)


def _verdicts(reading: Reading, masks: Masks) -> NDArray[np.int8]:
    """Ineligible where a criterion is not met, else as far as the criteria are known."""
    eligible, possible, not_known, ineligible = range(len(VERDICTS))
    out, some = masks.not_met.any(axis=1), masks.unknown.any(axis=1)
    if reading.how is None:
        return np.where(out, ineligible, not_known).astype(np.int8)
    return np.where(out, ineligible, np.where(some, possible, eligible)).astype(np.int8)


def rows_of(
    identities: DataFrame, found: Iterable[tuple[Reading, Masks, NDArray[np.int8]]], trials: Sequence[Reading]
) -> DataFrame:
    """One row a patient and trial: id, trial, verdict, masks `not_met`, `unknown` (of more words `…_1`)."""
    import polars as pl

    trial_type = pl.Enum([reading.id for reading in trials])
    verdict_type = pl.Enum(VERDICTS)
    words = max(-(-len(reading.clauses) // WORD) or 1 for reading in trials)
    frames = []
    for reading, masks, verdicts in found:
        columns: dict[str, Any] = {
            "verdict": pl.Series(verdicts).replace_strict(
                dict(enumerate(VERDICTS)), return_dtype=verdict_type
            )
        }
        for name, mask in (("not_met", masks.not_met), ("unknown", masks.unknown)):
            for word in range(words):
                held = mask[:, word] if word < mask.shape[1] else np.zeros(len(mask), dtype=np.uint64)
                columns[f"{name}_{word}" if word else name] = held
        frames.append(
            identities.select("id", pl.lit(reading.id).cast(trial_type).alias("trial")).with_columns(
                **{name: pl.Series(name, values) for name, values in columns.items()}
            )
        )
    return pl.concat(frames)


def _one_bit(mask: Mask) -> NDArray[np.bool_]:
    """Whether exactly one bit of a row is set: one word is not zero, and loses all without its lowest bit."""
    powers = ((mask & (mask - np.uint64(1))) == 0).all(axis=1)
    one: NDArray[np.bool_] = powers & ((mask != 0).sum(axis=1) == 1)
    return one


def _whole(words: Sequence[int]) -> int:
    return sum(word << WORD * place for place, word in enumerate(words))
