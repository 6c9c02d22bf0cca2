"""Early harm against late benefit, as sections of a design report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scleroscope.api.design_figures import figure, percent
from scleroscope.charts import design as charts
from scleroscope.charts.report import Section

if TYPE_CHECKING:
    from scleroscope.design.curves import Curve
    from scleroscope.design.plan import Plan
    from scleroscope.design.simulate import Simulated


def benefit(plan: Plan, it: Simulated) -> list[Section]:
    """Early harm against late benefit: curves, and who gains."""
    if it.curves is None:
        return []
    found = it.curves
    rows = [*_lines(found.survival), *_lines(found.event_free)]
    says = f"{_crossing(found.survival)} {_crossing(found.event_free)}"
    gains = [
        {
            "group": gain.group, "horizon": f"year {gain.years:.3g}", "months": gain.survival,
            "survival": f"{gain.survival:+.1f}", "event_free": f"{gain.event_free:+.1f}",
        }
        for gain in found.gains
    ]  # fmt: skip
    last = max(gain.years for gain in found.gains)
    by_group = {gain.group: gain.survival for gain in found.gains if gain.years == last}
    who = "; ".join(f"{group}: {months:+.1f}" for group, months in by_group.items())
    return [
        Section(
            id="curves",
            title="Early harm, late benefit",
            says=says,
            figure=figure(lambda data, width: charts.survival(data, width=width), rows, says),
            columns={
                "year": "year", "event_free": "hazard ratio, all events", "survival": "hazard ratio, death",
            },
            rows=[
                {
                    "year": f"{each.years:g}", "event_free": f"{each.event_free:.2f}",
                    "survival": f"{each.survival:.2f}",
                }
                for each in found.ratios
            ],
            note="Mean curves of those who may enter under the plan's hazards; no Monte-Carlo error.",
        ),
        Section(
            id="gains",
            title="Who gains?",
            says=f"Months of life gained within {last:.3g} years. {who[:1].upper() + who[1:]}.",
            figure=figure(lambda data, width: charts.months_gained(data, width=width), gains, who),
            columns={
                "group": "baseline risk", "horizon": "horizon", "survival": "months of life",
                "event_free": "event-free months",
            },
            rows=gains,
            open=True,
        ),
    ]  # fmt: skip


def _crossing(curve: Curve) -> str:
    text = f"{curve.name.capitalize()} after {curve.years[-1]:.3g} years is {percent(curve.treated[-1])} "
    text += f"with treatment and {percent(curve.control[-1])} without"
    if curve.crossing is not None:
        text += f"; the curves cross at {curve.crossing:.1f} years"
    if curve.even is not None:
        text += f", and what was lost early is won back by {curve.even:.1f} years"
    return text + "."


def _lines(curve: Curve) -> list[dict[str, Any]]:
    return [
        {"kind": curve.name, "arm": arm, "year": year, "share": share * 100}
        for arm, shares in (("treated", curve.treated), ("control", curve.control))
        for year, share in list(zip(curve.years, shares, strict=True))[::4]
    ]
