"""`scleroscope match --interactive`: one question at a time, on stderr; what is typed is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from scleroscope.cli.output import note

if TYPE_CHECKING:
    from scleroscope.api.match import Matches, Question
    from scleroscope.model.patient import Patient

HELP = "Answer, or press return when you do not know; q ends. Numbers may carry a unit. Nothing is stored."
STOP = ("q", "quit")


def dialogue(known: Patient, found: Matches, ask: Callable[[Patient], Matches]) -> Matches:
    """Ask the most decisive question, match again, and so on; gives the last matches."""
    note(HELP)
    passed: set[str] = set()
    while question := next((one for one in found.ask_next if one.field not in passed), None):
        note("", _standing(found))
        answer = _answer(known, question)
        if answer is None:
            break
        passed.add(question.field)
        if answer is not known:
            known = answer
            found = ask(known)
    note("", _standing(found), "")
    return found


def _answer(known: Patient, question: Question) -> Patient | None:
    """The patient with the answer; None when the person wants to end, or the input does."""
    from scleroscope.api.match import PatientError, answered

    while True:
        try:
            typed = typer.prompt(question.question, default="", show_default=False, err=True)
        except typer.Abort:
            return None
        if typed.strip().lower() in STOP:
            return None
        try:
            return answered(known, question.field, typed)
        except PatientError as error:
            note(f"  {error}")


def _standing(found: Matches) -> str:
    counts = found.counts
    return (
        f"{counts['eligible']} potentially eligible, {counts['possible']} possible, "
        f"{counts['not_known']} not known here, {counts['ineligible']} with a criterion in the way"
    )
