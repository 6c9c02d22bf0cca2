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
    """The page as HTML text: what to find out, which open trials to ask about, and what stands in the way."""
    opened = [each for each in found.trials if each.open]
    groups = {verdict: [each for each in opened if each.verdict == verdict] for verdict in SAID}
    to_ask = len(groups["eligible"]) + len(groups["possible"])
    as_of = f", as of {found.as_of}" if found.as_of else ""
    return page(
        "Trials to ask about",
        lead=(
            f"{to_ask} of {len(opened)} trials that are open or open soon have no criterion that stands in "
            f"the way as far as is known{as_of}. Ask their teams."
        ),
        subtitle=[found.disclaimer, *found.notes],
        tiles=[Tile(f"{len(groups[verdict]):,}", SAID[verdict], COLOURS[verdict]) for verdict in SAID],
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
    for verdict, title, says, columns in (
        (
            "eligible",
            "Open, potentially eligible",
            "Every criterion that is known here is met: ask the team.",
            open_,
        ),
        ("possible", "Open, possible", "No criterion stands in the way; some are not settled.", open_),
        (
            "not_known",
            "Open, criteria not known here",
            "Neither a text nor a reviewed reading of the criteria is in the catalogue: ask the team.",
            TRIAL,
        ),
        (
            "ineligible",
            "Open, but a criterion stands in the way",
            "As we read them. A registry's text or our reading can be wrong, and criteria change.",
            {**TRIAL, "reasons": "what stands in the way"},
        ),
    ):
        yield _table(verdict, title, says, columns, groups[verdict], unfolded=True)
    yield _table(
        "closed",
        "Not open",
        "Completed, stopped, or not confirmed as open for two years: nobody is taken in now, as far as is "
        "known. They tell what was looked for, and some open again.",
        {**TRIAL, "verdict": "as we read it", "reasons": "what stands in the way"},
        [each for each in found.trials if not each.open],
        unfolded=False,
    )


def _table(
    name: str, title: str, says: str, columns: dict[str, str], trials: list[TrialMatch], *, unfolded: bool
) -> Section:
    """A group of trials, without the columns in which nothing stands."""
    rows = [_row(each) for each in trials]
    told = {key: heading for key, heading in columns.items() if any(row[key] for row in rows)}
    return Section(name, title, says, columns=told, rows=rows, open=unfolded)


def _row(one: TrialMatch) -> dict[str, Any]:
    status = (one.status or "not stated").replace("_", " ")
    near = one.nearest
    date = (one.status_date or "").replace("-", "\u2011")  # a date is not broken at its hyphens
    return {
        "id": one.id,
        "title": one.title or "",
        "status": f"{status} as of {date}" if date else status,
        "verdict": SAID[one.verdict],
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
