"""Matches on the terminal. Nobody is told that they qualify: a trial's team decides that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from scleroscope.cli.overview_screen import ACCENT, OPEN, QUIET, STOPPED
from scleroscope.cli.search_screen import STATUS_STYLES, words

if TYPE_CHECKING:
    from scleroscope.api.match import Matches, Question, TrialMatch, Verdict, Why, WhyCriterion

SAID: dict[Verdict, str] = {
    "eligible": "potentially eligible",
    "possible": "possible",
    "not_known": "criteria not known here",
    "ineligible": "a criterion stands in the way",
}
STYLES: dict[Verdict, str] = {"eligible": OPEN, "possible": ACCENT, "not_known": QUIET, "ineligible": STOPPED}
QUESTIONS = 5
NOT_OPEN = "not open: completed, stopped, or not confirmed as open"
VERDICT_STYLES = {"met": OPEN, "unknown": ACCENT, "not_met": STOPPED}


def show_matches(found: Matches, console: Console, limit: int) -> None:
    """Print the counts, what to find out next, then the first trials."""
    show_counts(found, console)
    show_questions(found.ask_next[:QUESTIONS], console)
    shown = found.trials[: limit or None]
    for is_open, trials in groupby(shown, lambda one: one.open):
        console.print()
        console.print(Text(open_now(found) if is_open else NOT_OPEN, style=f"bold {ACCENT}"))
        for one in trials:
            console.print()
            _trial(one, console)
    console.print()
    if len(shown) < len(found.trials):
        left = len(found.trials) - len(shown)
        console.print(Text(f"and {left} more (--limit 0 shows all)", style=QUIET))
    console.print(Text(found.disclaimer, style=QUIET))


def open_now(found: Matches) -> str:
    """The heading of the trials that are open."""
    count = sum(one.open for one in found.trials)
    return f"{count} trials open or opening soon" + (f", as of {found.as_of}" if found.as_of else "")


def show_counts(found: Matches, console: Console) -> None:
    """Print how many trials have each verdict."""
    head = Text()
    for verdict, said in SAID.items():
        head.append(f"{found.counts[verdict]}", style=f"bold {STYLES[verdict]}").append(f" {said}   ")
    console.print(head)


def show_questions(questions: Sequence[Question], console: Console) -> None:
    """Print what to find out next, the most decisive first."""
    if not questions:
        return
    console.print()
    console.print(Text("to find out next (how many trials the answer is expected to settle)", style=QUIET))
    for one in questions:
        console.print(Text(f"{one.settles:5.1f}", style="bold").append(f"  {one.question}"))


def show_why(told: Why, console: Console) -> None:
    """Print one trial criterion by criterion."""
    _trial(told.trial, console, reasons=False)
    for one in told.criteria:
        console.print()
        _criterion(one, console)
    if told.trial.verdict == "not_known":
        console.print(Text("\nNo criteria of this trial are known here: ask the team about them."))
    console.print()
    console.print(Text(told.disclaimer, style=QUIET))


def _trial(one: TrialMatch, console: Console, *, reasons: bool = True) -> None:
    first = Text(one.id, style=f"bold {ACCENT}")
    if one.acronym:
        first.append(f"  {one.acronym}", style="bold")
    first.append(f"  {SAID[one.verdict]}", style=STYLES[one.verdict])
    first.append(f"  {words(one.status)}", style=STATUS_STYLES.get(one.status or "", QUIET))
    if one.status_date:
        first.append(f" as of {one.status_date}", style=QUIET)
    console.print(first)
    console.print(Text(f"  {one.title or 'no title'}"))
    if one.nearest:
        near = Text(f"  {one.nearest.distance_km:,.0f} km  {one.nearest.site or ''}")
        status = one.nearest.status
        near.append(f"  {words(status)}", style=STATUS_STYLES.get(status or "", QUIET))
        console.print(near)
    if one.criteria_from:
        console.print(Text(f"  {_counted(one)}", style=QUIET))
    if not reasons:
        return
    for each in one.reasons:
        console.print(Text(f"  {each.id}  {each.plain} ({each.why})", style=STOPPED))
        if each.words:
            console.print(Text(f"      “{' '.join(each.words.split())}”", style=QUIET))
    if one.verdict == "ineligible":
        return
    if one.missing:
        console.print(Text(f"  to find out: {', '.join(each.replace('_', ' ') for each in one.missing)}"))
    if one.not_understood:
        console.print(Text(f"  ask the team about {_criteria(one.not_understood)} that no file can settle"))


def _counted(one: TrialMatch) -> str:
    source = "the registry's text, read by program" if one.criteria_from == "parsed" else "reviewed reading"
    if one.stale:
        source += ", older than the registry's text"
    return f"{one.met} met, {one.not_met} not met, {one.unknown} unknown ({source})"


def _criteria(count: int) -> str:
    return "1 criterion" if count == 1 else f"{count} criteria"


def _criterion(one: WhyCriterion, console: Console) -> None:
    line = Text(f"{one.id:4}")
    line.append(f"{words(one.verdict):8} ", style=VERDICT_STYLES[one.verdict])
    line.append(one.plain)
    console.print(line)
    console.print(Text(f"             {one.why}", style=QUIET))
    if one.words:
        console.print(Text(f"             “{' '.join(one.words.split())}”", style=QUIET))
    for ask in one.ask:
        console.print(Text(f"             ask: {ask}"))
