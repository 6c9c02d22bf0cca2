"""Which words each part of a criterion was read from, so that a page can show the two side by side."""

from __future__ import annotations

from typing import Literal

import msgspec

from scleroscope.criteria.leaves import leaves
from scleroscope.criteria.patient_words import say
from scleroscope.model.criterion import All, Any, AtLeast, Criterion, Not, Opaque, Span

__all__ = ["Outline", "Part", "outline", "parts"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Words that some of a criterion was read from; `read` is False where some of them were not read."""

    start: int
    end: int
    read: bool


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion as a list within lists: what is asked (`says`), or how the parts beneath are joined.

    `part` is the place in `parts` of the words behind it; `says` is None for a group and for what was not
    read, of which `unread` has the words. `count` belongs to
    `at_least` and `fewer_than`.
    """

    how: Literal["one", "all", "any", "at_least", "fewer_than"]
    says: str | None = None
    unread: str | None = None
    part: int | None = None
    count: int = 0
    parts: tuple[Outline, ...] = ()


def parts(tree: Criterion) -> tuple[Part, ...]:
    """The stretches of text that the leaves of a criterion came from, in the order of the text.

    >>> from scleroscope.model.criterion import Has
    >>> parts(Not(part=Has(field="pregnant", span=Span(2, 11))))[0].end
    11
    """
    read: dict[Span, bool] = {}
    for leaf in leaves(tree):
        if leaf.span is not None and leaf.span.end > leaf.span.start:
            read[leaf.span] = read.get(leaf.span, True) and not isinstance(leaf, Opaque)
    return tuple(
        Part(start=span.start, end=span.end, read=read[span])
        for span in sorted(read, key=lambda one: (one.start, -one.end))
    )


def outline(tree: Criterion) -> Outline:
    """The criterion in the second person, its denials carried down to what they deny.

    >>> from scleroscope.criteria.notation import parse
    >>> [each.says for each in outline(parse("not (pregnant or breastfeeding)")).parts]
    ['you are not pregnant', 'you are not breastfeeding']
    """
    places = {(each.start, each.end): number for number, each in enumerate(parts(tree))}

    def made(node: Criterion, *, denied: bool) -> Outline:
        match node:
            case Not(part=inner):
                return made(inner, denied=not denied)
            case All(parts=inner):
                return Outline(
                    how="any" if denied else "all", parts=tuple(made(one, denied=denied) for one in inner)
                )
            case Any(parts=inner):
                return Outline(
                    how="all" if denied else "any", parts=tuple(made(one, denied=denied) for one in inner)
                )
            case AtLeast(parts=inner, count=count):
                how: Literal["fewer_than", "at_least"] = "fewer_than" if denied else "at_least"
                return Outline(how=how, count=count, parts=tuple(made(one, denied=False) for one in inner))
        part = None if node.span is None else places.get((node.span.start, node.span.end))
        if isinstance(node, Opaque):
            return Outline(how="one", unread=node.text, part=part)
        return Outline(how="one", says=say(node, denied), part=part)

    return made(tree, denied=False)
