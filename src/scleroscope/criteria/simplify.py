"""A tree with the same meaning and fewer words: what is said twice, or follows from the rest, is left out."""

from __future__ import annotations

import msgspec

from scleroscope.model.criterion import All, Any, AtLeast, Criterion, Not, Opaque


def simplify(tree: Criterion) -> Criterion:
    """The tree without repeated parts and without parts that another part makes idle.

    Three-valued truth keeps the laws that are used: `a and a` is `a`, lists within like lists are
    one list, absorption, `a or (a and b)` is `a`, and distribution, `(a and b) or (a and c)` is
    `a and (b or c)` (all also with and for or). So the result answers as the tree does for every
    patient. Spans are dropped: it is for speaking, not for showing places.

    >>> from scleroscope.criteria.notation import format_tree, parse
    >>> format_tree(simplify(parse('ild or ild and "on CT"')))
    'ild'
    """
    match tree:
        case Not(part=part):
            inner = simplify(part)
            return inner.part if isinstance(inner, Not) else Not(part=inner)
        case AtLeast(count=count, parts=parts):
            return AtLeast(count=count, parts=tuple(simplify(part) for part in parts))
        case All(parts=parts):
            return _joined(All, Any, parts)
        case Any(parts=parts):
            return _joined(Any, All, parts)
    return msgspec.structs.replace(tree, span=None)


def _joined(node: type[All | Any], other: type[All | Any], parts: tuple[Criterion, ...]) -> Criterion:
    flat: list[Criterion] = []
    for part in map(simplify, parts):
        flat += part.parts if isinstance(part, node) else (part,)
    once = list(dict.fromkeys(flat))
    kept = [part for part in once if not _idle(part, once, other)]
    if not kept:
        return node(parts=())
    shared = [part for part in _parts(kept[0], other) if all(part in _members(one, other) for one in kept)]
    if len(kept) > 1 and shared:
        rests = tuple(other(parts=tuple(m for m in _parts(one, other) if m not in shared)) for one in kept)
        known = [part for part in shared if not isinstance(part, Opaque)]
        doubts = [part for part in shared if isinstance(part, Opaque)]
        return _joined(other, node, (*known, node(parts=rests), *doubts))
    return kept[0] if len(kept) == 1 else node(parts=tuple(kept))


def _idle(part: Criterion, beside: list[Criterion], other: type[All | Any]) -> bool:
    """Does a part beside it absorb this one: all of that one's alternatives are among this one's?"""
    mine = _members(part, other)
    return any(_members(one, other) < mine for one in beside if one is not part)


def _members(part: Criterion, node: type[All | Any]) -> frozenset[Criterion]:
    return frozenset(_parts(part, node))


def _parts(part: Criterion, node: type[All | Any]) -> tuple[Criterion, ...]:
    return part.parts if isinstance(part, node) else (part,)
