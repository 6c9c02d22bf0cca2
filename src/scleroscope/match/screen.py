"""A cohort against trials, 64 patients at a time, and what can be counted of it.

Every distinct leaf of all trials is answered once a batch, as bit planes (`criteria.compile_planes`); trees
are bit operations on these. Verdicts, attrition and what each criterion alone excludes are counts of bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.criteria.compile_planes import leaf_planes
from scleroscope.criteria.planes import Plane, Planes, at_least, every, opposite, some, whole
from scleroscope.match.match import VERDICTS, Trials, words_of
from scleroscope.match.program import Node
from scleroscope.match.readings import Reading

if TYPE_CHECKING:
    from polars import DataFrame


class Found(NamedTuple):
    """One trial over a batch: a row a criterion, a bit a patient."""

    everybody: Plane
    not_met: Plane
    unknown: Plane


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion in a trial's attrition.

    `entering` patients are ruled out by no criterion before it; of these it is met, not met or unknown.
    `alone` counts the patients of the whole cohort whom it alone rules out.
    """

    id: str
    kind: str
    plain: str
    brief: str  # as clinicians write it
    words: str | None
    entering: int
    met: int
    not_met: int
    unknown: int
    alone: int


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Patients whom exactly these criteria rule out."""

    criteria: tuple[str, ...]
    patients: int


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Criteria to drop together, and how many patients nothing rules out any more when they are."""

    criteria: tuple[str, ...]
    gained: int


class Screened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a cohort in one trial; where asked for, what rules out together, what to drop."""

    trial: str
    title: str | None
    patients: int
    counts: dict[str, int]
    attrition: tuple[Step, ...]
    together: tuple[Together, ...] = ()
    best: tuple[Drop, ...] = ()


def screen(batch: DataFrame, trials: Trials) -> Iterator[tuple[Reading, Found]]:
    """Which criteria of each trial are not met, and which unknown, by which patients of a batch."""
    everybody = whole(batch.height)
    leaves = leaf_planes(batch, trials.program.leaves)
    kept: dict[int, Planes] = {}
    for reading, trees in zip(trials.readings, trials.trees, strict=True):
        for tree in trees:
            if tree not in kept:
                kept[tree] = _run(trials.program.nodes[tree], leaves, everybody)
        not_met = np.zeros((len(trees), len(everybody)), dtype=np.uint64)
        unknown = np.empty_like(not_met)
        for place, (clause, tree) in enumerate(zip(reading.clauses, trees, strict=True)):
            yes, no = kept[tree]
            not_met[place] = no if clause.kind == "inclusion" else yes
            unknown[place] = everybody ^ (yes | no)
        yield reading, Found(everybody, not_met, unknown)


def _run(node: Node, leaves: Sequence[Planes], everybody: Plane) -> Planes:
    """The planes of a tree: as `program.run`, of all patients at once."""
    if node.op == "leaf":
        return leaves[node.number]
    parts = [_run(part, leaves, everybody) for part in node.parts]
    match node.op:
        case "not":
            return opposite(parts[0])
        case "all":
            return every(parts, everybody)
        case "any":
            return some(parts, everybody)
        case _:
            return at_least(node.number, parts, everybody)


class Counts(NamedTuple):
    """One trial's counts over a batch."""

    patients: int
    out: int  # ruled out by some criterion
    open: int  # ruled out by none, some unknown
    steps: NDArray[np.int64]  # a row a criterion: entering, not met, unknown, alone


def counted(found: Found) -> Counts:
    """Count the patients of a batch."""
    everybody, stands, unknown = found
    patients = int(_bits(everybody))
    before = np.zeros_like(stands)  # ruled out by a criterion before this one
    np.bitwise_or.accumulate(stands[:-1], axis=0, out=before[1:])
    again = np.bitwise_or.reduce(stands & before, axis=0)
    out = before[-1] | stands[-1]
    left = ~before
    steps = [patients - _bits(before), _bits(stands & left), _bits(unknown & left), _bits(stands & ~again)]
    some_unknown = np.bitwise_or.reduce(unknown, axis=0)
    return Counts(patients, int(_bits(out)), int(_bits(some_unknown & ~out)), np.stack(steps, axis=1))


class Tally:
    """The counts of one trial, batch by batch."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.patients = 0
        self.verdicts: Counter[str] = Counter()
        self.steps = np.zeros((len(reading.clauses), 4), dtype=np.int64)

    def add(self, counts: Counts) -> None:
        """Add a batch."""
        self.patients += counts.patients
        self.steps += counts.steps
        left = counts.patients - counts.out
        self.verdicts["ineligible"] += counts.out
        if self.reading.how is None:
            self.verdicts["not_known"] += left
        else:
            self.verdicts["possible"] += counts.open
            self.verdicts["eligible"] += left - counts.open

    def done(self) -> Screened:
        """The trial's result."""
        from scleroscope.criteria.explain import explain

        return Screened(
            trial=self.reading.id,
            title=self.reading.title,
            patients=self.patients,
            counts={verdict: self.verdicts[verdict] for verdict in VERDICTS},
            attrition=tuple(
                Step(
                    id=clause.id, kind=clause.kind, plain=plain,
                    brief=explain(clause.tree, clause.kind, "clinician"),
                    words=words_of(self.reading, clause),
                    entering=entering, met=entering - not_met - unknown, not_met=not_met, unknown=unknown,
                    alone=alone,
                )
                for clause, plain, (entering, not_met, unknown, alone) in zip(
                    self.reading.clauses, self.reading.plain, self.steps.tolist(), strict=True
                )
            ),
        )  # fmt: skip


def _bits(planes: Plane) -> NDArray[np.int64]:
    """How many bits are set, row by row."""
    counted: NDArray[np.int64] = np.bitwise_count(planes).sum(axis=-1, dtype=np.int64)
    return counted
