"""What was understood of medical records, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from scleroscope.api.patients import Aside, Read, Records


def show_records(found: Records, screen: Console, limit: int) -> None:
    """Each person's facts, then what could not be mapped."""
    shown = found.people[: limit or None]
    for person in shown:
        _person(person, screen)
    if len(found.people) > len(shown):
        screen.print(f"and {len(found.people) - len(shown):,} more (--limit 0 lists all)")
    _asides(found.books.not_mapped, screen, limit)


def _person(person: Read, screen: Console) -> None:
    died = " · has died" if person.died else ""
    screen.print(f"[bold]{escape(str(person.patient['id']))}[/bold] as of {person.as_of}{died}")
    table = Table(box=None, pad_edge=False)
    for head in ("fact", "value", "of", "from"):
        table.add_column(head, overflow="fold")
    for each in person.known:
        value = {True: "yes", False: "no"}.get(each.value) if isinstance(each.value, bool) else each.value
        source = " ".join(part for part in (each.place, each.words or each.code) if part)
        told = f"{value:g}" if isinstance(value, float) else str(value)
        table.add_row(each.field, escape(told), each.on or "", escape(source))
    for entry in person.patient.get("treatments", ()):
        now = {True: "takes", False: "took", None: "takes or took"}[entry.get("taking")]
        details = ", ".join(f"{key} {value}" for key, value in entry.items() if key not in ("name", "taking"))
        table.add_row(escape(str(entry["name"])), now, "", escape(details))
    screen.print(table)
    screen.print()


def _asides(asides: tuple[Aside, ...], screen: Console, limit: int) -> None:
    if not asides:
        return
    table = Table(title="not mapped", title_justify="left", box=None, pad_edge=False)
    table.add_column("count", justify="right")
    for head in ("kind", "code", "reason"):
        table.add_column(head, overflow="fold")
    for each in asides[: limit or None]:
        code = " ".join(part for part in (each.code.rpartition("/")[2], each.words) if part)
        table.add_row(f"{each.count:,}", each.kind, escape(code), escape(each.reason))
    screen.print(table)
    if limit and len(asides) > limit:
        screen.print(f"and {len(asides) - limit:,} more kinds (--limit 0 lists all)")
