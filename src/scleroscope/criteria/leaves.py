"""The leaves of a tree, and how much of it they leave understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Has,
    Is,
    Not,
    Opaque,
    Reading,
    Taking,
)

Leaf = Has | Is | Compare | Taking | Opaque


def leaves(tree: Criterion) -> Iterator[Leaf]:
    """The leaves in the order of the tree."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case Has() | Is() | Compare() | Taking() | Opaque():
            yield tree
        case _:
            assert_never(tree)


def reading(tree: Criterion) -> Reading:
    """How much of a criterion is understood.

    >>> reading(Opaque(text="able to travel"))
    'opaque'
    """
    found = list(leaves(tree))
    unread = [leaf for leaf in found if isinstance(leaf, Opaque)]
    if not unread:
        return "computable"
    if len(unread) < len(found):
        return "partly"
    return "procedural" if all(leaf.procedural for leaf in unread) else "opaque"
