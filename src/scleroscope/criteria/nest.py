"""Parentheses as items within items."""

from __future__ import annotations

from scleroscope.criteria.items import Item

_DEEPEST = 12


def nest(items: list[Item]) -> list[Item]:
    """The items with each bracketed stretch as one item of kind `paren`; stray brackets are dropped.

    An opening bracket that is never closed ends with its sentence.
    """
    stack: list[tuple[Item, list[Item]]] = []
    current: list[Item] = []
    for item in items:
        if item.kind == "open":
            if len(stack) < _DEEPEST:
                stack.append((item, current))
                current = []
        elif item.kind == "close":
            if stack:
                opened, outer = stack.pop()
                outer.append(Item("paren", opened.start, item.end, current))
                current = outer
        else:
            current.append(item)
    while stack:
        opened, outer = stack.pop()
        end = current[-1].end if current else opened.end
        outer.append(Item("paren", opened.start, end, current))
        current = outer
    return current
