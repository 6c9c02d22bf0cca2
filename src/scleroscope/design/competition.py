"""How many of a plan's patients other recruiting trials take, from the criteria of both.

A virtual patient who may enter the plan is held against every other trial that recruits. Those that do not
bar her compete for her, each in proportion to its sites; what is unknown bars nobody, so the share is an
upper bound, and it assumes that all sites are within everybody's reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.model.criterion import Clause

if TYPE_CHECKING:
    import polars as pl

Flags = NDArray[np.bool_]
_MOST = 20_000  # people held against the other trials


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """A trial that recruits (without stated sites it counts as one): the share of the plan's people whom its
    criteria do not bar, and the share of them whom they certainly let in."""

    trial: str
    title: str
    sites: int | None
    not_barred: float
    certain: float
    criteria: int


class Competition(msgspec.Struct, frozen=True, kw_only=True):
    """The share of suitable people whom other trials take (at most), and the trials, the closest first.

    `unread`: recruiting trials of whose criteria nothing is known here; they are not counted.
    """

    share: float
    rivals: tuple[Rival, ...]
    unread: tuple[str, ...] = ()


def barred(people: pl.DataFrame, clauses: Sequence[Clause]) -> tuple[Flags, Flags]:
    """(n,) twice: whom the clauses certainly keep out, and of whom all clauses are settled and met."""
    from scleroscope.criteria.compile import screen

    out = np.zeros(people.height, np.bool_)
    settled = ~out
    if not clauses:
        return out, ~settled
    trees = {f"c{place}": clause.tree for place, clause in enumerate(clauses)}
    answers = people.select("id").join(screen(people, trees), on="id", how="left", maintain_order="left")
    for place, clause in enumerate(clauses):
        answer = answers[f"c{place}"]
        wanted = clause.kind == "inclusion"
        out |= (answer.fill_null(wanted) != wanted).to_numpy()
        settled &= answer.is_not_null().to_numpy()
    return out, settled & ~out


def competition(
    people: pl.DataFrame,
    sites: int,
    rivals: Mapping[str, tuple[str, int | None, Sequence[Clause]]],
) -> Competition:
    """The plan's suitable people and number of sites against other trials: id → (title, sites, clauses).

    A person whom trials with s₁, s₂ … sites do not bar is lost with probability Σ s / (sites + Σ s).
    """
    some = people.head(_MOST)  # virtual people stand in no order
    pull = np.zeros(some.height)
    found, unread = [], []
    for trial, (title, places, clauses) in rivals.items():
        if not clauses:
            unread.append(trial)
            continue
        out, certain = barred(some, clauses)
        pull += (places or 1) * ~out
        found.append(
            Rival(
                trial=trial, title=title, sites=places, not_barred=float((~out).mean()),
                certain=float(certain.mean()), criteria=len(clauses),
            )
        )  # fmt: skip
    found.sort(key=lambda rival: -rival.not_barred * (rival.sites or 1))
    return Competition(share=float((pull / (sites + pull)).mean()), rivals=tuple(found), unread=tuple(unread))
