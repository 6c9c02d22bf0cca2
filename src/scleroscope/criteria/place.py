"""Trees with their place in the text."""

from __future__ import annotations

import msgspec

from scleroscope.model.criterion import All, Any, AtLeast, Criterion, Not, Opaque, Span


def placed(tree: Criterion, span: Span, text: str) -> Criterion:
    """The tree of a phrase row with every leaf tied to these characters; `?` becomes the words there."""
    match tree:
        case All(parts=parts):
            return All(parts=tuple(placed(part, span, text) for part in parts))
        case Any(parts=parts):
            return Any(parts=tuple(placed(part, span, text) for part in parts))
        case AtLeast(count=count, parts=parts):
            return AtLeast(count=count, parts=tuple(placed(part, span, text) for part in parts))
        case Not(part=part):
            return Not(part=placed(part, span, text))
        case Opaque(procedural=procedural):
            return Opaque(text=text[span.start : span.end], span=span, procedural=procedural)
    return msgspec.structs.replace(tree, span=span)


def every(parts: list[Criterion]) -> Criterion:
    """All of them, without a node around a single one; lists within lists are made one."""
    return _joined(All, parts)


def some(parts: list[Criterion]) -> Criterion:
    """Any of them, without a node around a single one."""
    return _joined(Any, parts)


def _joined(node: type[All | Any], parts: list[Criterion]) -> Criterion:
    flat: list[Criterion] = []
    for part in parts:
        if isinstance(part, node):
            flat += part.parts
        elif part not in flat:
            flat.append(part)
    return flat[0] if len(flat) == 1 else node(parts=tuple(flat))


def opposite(part: Criterion) -> Criterion:
    """Not the part; a double negation is undone."""
    return part.part if isinstance(part, Not) else Not(part=part)


def disputed(one: Criterion, other: Criterion, words: Opaque) -> Criterion:
    """Two readings of one wording: settled only where they agree."""
    if one == other:
        return one
    return Any(parts=(All(parts=(one, other)), All(parts=(Any(parts=(one, other)), words))))
