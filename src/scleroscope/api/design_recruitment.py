"""Recruitment in a design report: how long it takes, and who else wants the same patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scleroscope.api.design_figures import figure, percent
from scleroscope.charts import design as charts
from scleroscope.charts.report import Section

if TYPE_CHECKING:
    from scleroscope.design.competition import Competition
    from scleroscope.design.plan import Plan
    from scleroscope.design.sensitivity import Sensitivity


def recruitment(plan: Plan, answer: Sensitivity) -> Section | None:
    """Duration against power, with and without each criterion."""
    base, power = answer.plan.recruitment, answer.plan.power
    if base is None or plan.sites is None:
        return None
    says = (
        f"{plan.sites.count} sites reach {base.target} patients after {base.mean:.1f} months on average, "
        f"between {base.q10:.1f} and {base.q90:.1f} in eight trials of ten."
    )
    if power is None:
        return Section(id="recruitment", title="Recruitment", says=says)
    points = [_point("plan", base.mean, power.value, power.error, plan=True)]
    points += [
        _point(
            f"without {cost.criteria[0]}", base.mean + cost.months, power.value + cost.power.value,
            cost.power.error,
        )
        for cost in answer.costs
        if cost.months is not None and cost.months < -0.2 and cost.power is not None
        if len(cost.criteria) == 1
    ]  # fmt: skip
    return Section(
        id="recruitment",
        title="Recruitment: duration against power",
        says=says,
        figure=figure(lambda data, width: charts.duration_against_power(data, width=width), points, says),
        columns={"name": "variant", "months_text": "months", "power_text": "power"},
        rows=points,
        note="Each point is the plan without one criterion; the vertical line is ± one Monte-Carlo error.",
    )


def competition(found: Competition | None) -> Section | None:
    """Who else recruits the same patients."""
    if found is None:
        return None
    rows = [
        {
            "trial": rival.trial,
            "title": rival.title,
            "sites": "not stated" if rival.sites is None else f"{rival.sites}",
            "open": percent(rival.not_barred),
            "sure": percent(rival.certain),
        }
        for rival in found.rivals
    ]
    unread = f" Recruiting too, criteria not known here: {', '.join(found.unread)}." if found.unread else ""
    return Section(
        id="competition",
        title="Competition for the same patients",
        says=f"Other recruiting trials of the catalogue take at most {percent(found.share)} of them.",
        columns={
            "trial": "trial", "title": "", "sites": "sites", "open": "does not bar", "sure": "surely lets in",
        },
        rows=rows,
        note=(
            "Each patient goes to the trials that do not bar her by their sites; all sites count "
            f"as within reach, and sites that are not stated as one.{unread}"
        ),
        open=True,
    )  # fmt: skip


def _point(name: str, months: float, power: float, error: float, *, plan: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "months": months,
        "power": power * 100,
        "low": (power - error) * 100,
        "high": (power + error) * 100,
        "plan": plan,
        "months_text": f"{months:.1f}",
        "power_text": percent(power),
    }
