"""The books of what was read: found = mapped + kept aside, over however many people."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from scleroscope.patients.record import Aside, Read, alike


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """How many statements were found, how many of them are understood, and what was kept aside."""

    people: int
    found: int
    mapped: int
    not_mapped: tuple[Aside, ...]


def booked(reads: Iterable[Read], loose: Iterable[Aside] = ()) -> Books:
    """The books of many people together; `loose` is what was found about none of them."""
    read, left = list(reads), list(loose)
    asides = [aside for each in read for aside in each.not_mapped] + left
    return Books(
        people=len(read),
        found=sum(each.found for each in read) + sum(each.count for each in left),
        mapped=sum(each.mapped for each in read),
        not_mapped=alike(asides),
    )


def summary(books: Books) -> tuple[str, ...]:
    """Lines for the person at the terminal: the sums and the commonest reasons, nothing of a patient."""
    aside = books.found - books.mapped
    who, found = _some(books.people, "patient"), _some(books.found, "statement")
    lines = [f"{who}: {found} found, {books.mapped:,} mapped, {aside:,} kept aside"]
    reasons: dict[str, int] = {}
    for each in books.not_mapped:
        if not each.part:
            reasons[each.reason] = reasons.get(each.reason, 0) + each.count
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1])[:6]:
        lines.append(f"  {count:,} {reason}")
    if len(reasons) > 6:
        lines.append(f"  and {len(reasons) - 6} more reasons")
    return tuple(lines)


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
