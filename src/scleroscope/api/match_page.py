"""One patient's matches as a page to print and take to the doctor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scleroscope.charts.report import Section, Tile, page
from scleroscope.knowledge.fields import fields

if TYPE_CHECKING:
    from scleroscope.api.match import Matches
    from scleroscope.match.match import TrialMatch

SAID = {
    "eligible": "potentially eligible",
    "possible": "possible",
    "not_known": "criteria not known here",
    "ineligible": "a criterion stands in the way",
}
COLOURS = {"eligible": "ongoing", "possible": "ink", "not_known": "quiet", "ineligible": "stopped"}
QUESTIONS = 12
TRIAL = {"id": "trial", "title": "title", "status": "status", "near": "nearest site"}
FOOTER = """\
Made by `scleroscope match --html` on the machine of whoever asked; nothing was sent anywhere. This page holds
a patient's data: keep it as you keep a letter from the doctor."""


def match_page(found: Matches) -> str:
    """The page as HTML text: what to find out, which trials to ask about, and what stands in the way."""
    groups = {verdict: [each for each in found.trials if each.verdict == verdict] for verdict in SAID}
    return page(
        "Trials to ask about",
        lead=(
            f"{found.counts['eligible'] + found.counts['possible']} of {len(found.trials)} trials have no "
            "criterion that stands in the way as far as is known. Ask their teams."
        ),
        subtitle=[found.disclaimer, *found.notes],
        tiles=[Tile(f"{found.counts[verdict]:,}", SAID[verdict], COLOURS[verdict]) for verdict in SAID],
        sections=[each for each in _sections(found, groups) if each.rows],
        footer=(FOOTER,),
    )


def _sections(found: Matches, groups: dict[str, list[TrialMatch]]) -> Iterable[Section]:
    yield Section(
        "ask",
        "What to find out next",
        "The facts whose answers are expected to settle most of the trials that are still possible.",
        columns={"question": "question", "settles": "trials expected to be settled"},
        rows=[
            {"question": one.question, "settles": f"{one.settles:.1f}"} for one in found.ask_next[:QUESTIONS]
        ],
        open=True,
    )
    open_ = {**TRIAL, "missing": "ask about", "team": "criteria for the team"}
    for verdict, title, says in (
        ("eligible", "Potentially eligible", "Every criterion that is known here is met: ask the team."),
        ("possible", "Possible", "No criterion stands in the way; some are open."),
    ):
        rows = [_row(one) for one in groups[verdict]]
        yield Section(verdict, title, says, columns=open_, rows=rows, open=True)
    yield Section(
        "not_known",
        "Criteria not known here",
        "Neither a text nor a reviewed reading of these trials' criteria is in the catalogue: ask the team.",
        columns=TRIAL,
        rows=[_row(one) for one in groups["not_known"]],
        open=True,
    )
    yield Section(
        "ineligible",
        "A criterion stands in the way",
        "As we read them. A registry's text or our reading can be wrong, and criteria change.",
        columns={**TRIAL, "reasons": "what stands in the way"},
        rows=[_row(one) for one in groups["ineligible"]],
        open=True,
    )


def _row(one: TrialMatch) -> dict[str, Any]:
    status = (one.status or "not stated").replace("_", " ")
    near = one.nearest
    return {
        "id": one.id,
        "title": one.title or "",
        "status": f"{status} as of {one.status_date}" if one.status_date else status,
        "near": f"{near.distance_km:,.0f} km, {near.site or ''}" if near else "",
        "missing": "; ".join(_name(field) for field in one.missing),
        "team": one.not_understood,
        "reasons": " ".join(_reason(each.plain, each.why, each.words) for each in one.reasons),
    }


def _reason(plain: str, why: str, words: str | None) -> str:
    said = f" The registry: “{' '.join(words.split())}”" if words else ""
    return f"{plain} ({why}).{said}"


def _name(field: str) -> str:
    return fields()[field].name if field in fields() else field
