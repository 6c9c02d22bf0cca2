"""A plan begun from a trial: its criteria as far as virtual patients can answer them, its endpoint and size.

What the record does not say (the effect, how fast sites recruit) is left for the trialist, with a comment.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scleroscope.criteria.notation import format_tree
from scleroscope.model.criterion import Clause

_WEEKS = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 7 / 12, "year": 365.25 / 7}
_YEAR = 52.0
_SAMPLE = 500  # virtual people asked
_SILENT = 0.1  # a clause of which more than this share is unknown decides little


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What of a trial goes into a plan."""

    trial: str
    title: str
    clauses: Sequence[Clause]
    endpoints: Sequence[str]  # primary endpoints, ids of instruments
    times: Sequence[str]  # when they are measured, in the record's words
    n: int | None
    sites: int | None


@cache
def _measures() -> dict[str, str]:
    text = (files("scleroscope.design") / "data" / "like.toml").read_text(encoding="utf-8")
    return {row["instrument"]: row["measure"] for row in tomllib.loads(text)["endpoint"]}


def weeks(times: Sequence[str]) -> float | None:
    """The latest time that the texts name, in weeks; None when they name none.

    >>> weeks(["Baseline and week 48", "12 months"])
    52.0
    """
    found = []
    for text in times:
        for number, unit in re.findall(r"(\d+(?:\.\d+)?)[ -]*(day|week|month|year)", text.lower()):
            found.append(float(number) * _WEEKS[unit])
        for unit, number in re.findall(r"(day|week|month|year)s? (\d+(?:\.\d+)?)", text.lower()):
            found.append(float(number) * _WEEKS[unit])
    return float(round(max(found))) if found else None


def unanswered(clauses: Sequence[Clause]) -> dict[str, str]:
    """Clauses that the virtual population cannot be held against: id → why (of a sample of it)."""
    from scleroscope.criteria.compile import screen
    from scleroscope.design.population import draw_population

    people = draw_population(_SAMPLE, seed=1)
    computable = {clause.id: clause for clause in clauses if clause.reading == "computable"}
    answers = screen(people, {name: clause.tree for name, clause in computable.items()})
    why = {clause.id: "not computable" for clause in clauses if clause.id not in computable}
    for name, clause in computable.items():
        if answers[name].null_count() > _SILENT * people.height:
            why[name] = "not known of virtual patients"
        elif (answers[name].fill_null(value=True) != (clause.kind == "inclusion")).all():
            why[name] = "bars every virtual patient"
    return why


def plan_text(begun: Begun) -> str:
    """The plan as TOML, to be saved and changed."""
    why = unanswered(begun.clauses)
    week = weeks(begun.times)
    measure = next((_measures()[each] for each in _measures() if each in begun.endpoints), None)
    lines = [
        f"title = {_quoted(f'After {begun.title}')}",
        f"like = {_quoted(begun.trial)}",
        f"source = {_quoted(f'criteria, endpoint and size: catalogue record of {begun.trial}')}",
        "",
        "[criteria]",
        *_criteria(begun.clauses, "inclusion", why),
        *_criteria(begun.clauses, "exclusion", why),
        "",
        "[endpoint]",
        f"measure = {_quoted(measure or 'mrss_change')}" + _unless(measure, "the record's is not simulated"),
        f"week = {week or _YEAR:g}" + _unless(week, "the record states none"),
        "",
        "[arms]",
        f"n = {max(begun.n or 100, 6)}" + _unless(begun.n, "the record states none"),
        "",
        "[effect] # none yet: write what the treatment adds by the endpoint's week",
        "",
    ]
    if begun.sites:
        lines += [
            "[sites]",
            f"count = {begun.sites}",
            "screened_per_month = 1.0 # assumed: people whom one site screens a month",
            "",
        ]
    return "\n".join(lines)


def _unless(value: object, why: str) -> str:
    return "" if value else f" # {why}"


def _criteria(clauses: Sequence[Clause], kind: str, why: dict[str, str]) -> list[str]:
    lines = [f"{kind} = ["]
    for clause in clauses:
        if clause.kind != kind:
            continue
        notation = format_tree(clause.tree)
        if clause.id in why:
            lines.append(f"    # {clause.id}, {why[clause.id]}: {_one_line(notation)}")
        else:
            lines.append(f"    {_quoted(notation)},")
    return [*lines, "]"]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    """A basic TOML string."""
    safe = _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(letter for letter in safe if letter.isprintable())}"'
