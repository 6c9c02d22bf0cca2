"""Screenings on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scleroscope.cli.overview_screen import ACCENT, QUIET

if TYPE_CHECKING:
    from scleroscope.api.screen import Screened, Screening, WhatIf

HEADINGS = {"eligible": "all met", "possible": "open", "not_known": "not known", "ineligible": "ruled out"}


def show_screening(found: Screening, console: Console) -> None:
    """Print one trial's attrition, or a line a trial."""
    console.print(Text(f"{found.patients:,} patients, trials: {len(found.trials)}", style=f"bold {ACCENT}"))
    if len(found.trials) == 1:
        _attrition(found.trials[0], console)
        return
    out = Table(box=None, pad_edge=False, header_style=QUIET)
    out.add_column("trial", no_wrap=True)
    for heading in HEADINGS.values():
        out.add_column(heading, justify="right")
    out.add_column("costliest criterion", ratio=1)
    for one in sorted(found.trials, key=lambda each: (each.counts["ineligible"], each.trial)):
        most = max(one.attrition, key=lambda step: step.alone)
        costly = Text(
            f"{most.id} alone {most.alone:,}: {most.plain}" if most.alone else "",
            overflow="ellipsis",
            no_wrap=True,
        )
        out.add_row(one.trial, *(f"{one.counts[verdict]:,}" for verdict in HEADINGS), costly)
    console.print(out)


def _attrition(one: Screened, console: Console) -> None:
    out = Table(box=None, pad_edge=False, header_style=QUIET)
    for heading in ("", "entering", "met", "unknown", "not met", "alone"):
        out.add_column(heading, justify="right" if heading else "left")
    out.add_column("criterion", ratio=1)
    for step in one.attrition:
        numbers = (step.entering, step.met, step.unknown, step.not_met, step.alone)
        out.add_row(step.id, *(f"{number:,}" for number in numbers), Text(step.plain))
    console.print(out)
    said = [f"{count:,} {HEADINGS[verdict]}" for verdict, count in one.counts.items() if count]
    console.print(Text(", ".join(said), style="bold"))


def show_whatif(found: WhatIf, console: Console) -> None:
    """Print before, after, and the best criteria to drop."""
    out = Table(box=None, pad_edge=False, header_style=QUIET)
    out.add_column(f"{found.trial}, {found.patients:,} patients")
    for heading in ("as it is", "changed"):
        out.add_column(heading, justify="right")
    for verdict in found.before:
        out.add_row(HEADINGS[verdict], f"{found.before[verdict]:,}", f"{found.after[verdict]:,}")
    console.print(out)
    if found.dropped or found.relaxed:
        console.print(Text(f"{found.gained:,} patients gained", style="bold"))
    if found.best:
        console.print(Text("dropped together, most gained", style=QUIET))
    for each in found.best:
        console.print(f"{each.gained:8,}  {' '.join(each.criteria)}")
