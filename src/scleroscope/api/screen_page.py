"""A screening as one self-contained page: per trial who is left, what rules out together, what to relax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from scleroscope.charts import screening as charts
from scleroscope.charts import svg
from scleroscope.charts.report import Figure, Section, Tile, page

if TYPE_CHECKING:
    from scleroscope.api.screen import Screened, Screening

MOST = 20  # trials that are drawn
FOOTER = """\
Made by `scleroscope screen --html` on the machine of whoever asked; nothing was sent anywhere. The page holds
counts, no patient's data; small counts can still tell of single people."""
TILES = {"eligible": "ongoing", "possible": "ink", "ineligible": "stopped"}
SAID = {"eligible": "meet all criteria", "possible": "open: something is unknown", "ineligible": "ruled out"}


def screen_page(found: Screening) -> str:
    """The page as HTML text; of many trials the `MOST` that rule fewest patients out are drawn."""
    trials = sorted(found.trials, key=lambda each: (each.counts["ineligible"], each.trial))
    sections: list[Section] = []
    if len(trials) > 1:
        sections.append(_table(trials))
    for one in trials[:MOST]:
        sections += _trial(one)
    title = f"{found.patients:,} patients against {trials[0].title or trials[0].trial}"
    return page(
        title if len(trials) == 1 else f"{found.patients:,} patients against {len(trials)} trials",
        lead="Who could enter, what stands in the way, and which criteria would open most doors.",
        subtitle=["Unknown never rules anybody out. This is no medical advice."],
        tiles=[
            Tile(f"{trials[0].counts[name]:,}", SAID[name], colour)
            for name, colour in TILES.items()
            if len(trials) == 1
        ],
        sections=sections,
        footer=(FOOTER,),
    )


def _table(trials: Sequence[Screened]) -> Section:
    return Section(
        "trials",
        "Every trial",
        "Patients by verdict; the trials that rule fewest out come first and are drawn below.",
        columns={"id": "trial", "title": "title", "met": "all met", "open": "open", "out": "ruled out"},
        rows=[
            {
                "id": one.trial,
                "title": one.title or "",
                "met": one.counts["eligible"],
                "open": one.counts["possible"] + one.counts["not_known"],
                "out": one.counts["ineligible"],
            }
            for one in trials
        ],
        open=True,
    )


def _trial(one: Screened) -> Iterable[Section]:
    steps = [
        {
            "name": f"{step.id}  {step.brief}",
            "met": step.met,
            "unknown": step.unknown,
            "not met": step.not_met,
        }
        for step in one.attrition
    ]
    left = one.patients - one.counts["ineligible"]
    yield Section(
        f"{one.trial}-steps",
        f"{one.trial}: who is left",
        f"{left:,} of {one.patients:,} patients are ruled out by no criterion.",
        figure=_figure(charts.waterfall, steps, f"Patients left after each criterion of {one.trial}"),
        columns={
            "id": "", "plain": "criterion", "entering": "entering", "met": "met", "unknown": "unknown",
            "not_met": "not met", "alone": "alone ruled out by it",
        },
        rows=[{name: getattr(step, name) for name in
               ("id", "plain", "entering", "met", "unknown", "not_met", "alone")} for step in one.attrition],
    )  # fmt: skip
    if not one.together:
        return
    sets = [{"criteria": list(each.criteria), "patients": each.patients} for each in one.together]
    order = [step.id for step in one.attrition if any(step.id in each.criteria for each in one.together)]
    yield Section(
        f"{one.trial}-together",
        f"{one.trial}: what rules out together",
        "The sets of criteria that stand in most patients' way; a column is a set, a dot a criterion of it.",
        figure=Figure(
            lambda width: svg.draw(
                charts.together(sets[: 8 if width < 480 else len(sets)], order, width=width),
                f"Sets of criteria of {one.trial} that rule out the same patients",
            )
        ),
        columns={"criteria": "criteria", "patients": "patients"},
        rows=[{"criteria": " ".join(each.criteria), "patients": each.patients} for each in one.together],
    )
    yield Section(
        f"{one.trial}-best",
        f"{one.trial}: what to relax",
        "The one, two and three criteria without which most patients would be ruled out by nothing.",
        columns={"criteria": "without", "gained": "patients gained", "plain": "which are"},
        rows=[
            {
                "criteria": " ".join(each.criteria),
                "gained": each.gained,
                "plain": "; ".join(step.brief for step in one.attrition if step.id in each.criteria),
            }
            for each in one.best
        ],
        open=True,
    )


def _figure(draw: Any, rows: Any, says: str) -> Figure:
    return Figure(lambda width: svg.draw(draw(rows, width=width), says))
