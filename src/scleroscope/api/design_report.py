"""A design report as one self-contained page, under the headings of ICH M11 where it has them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from scleroscope import __version__
from scleroscope.charts import design, svg
from scleroscope.charts.report import Figure, Section, Tile, page

if TYPE_CHECKING:
    from scleroscope.design.plan import Plan
    from scleroscope.design.sensitivity import Cost, Sensitivity
    from scleroscope.design.simulate import Estimated

_MANY = 12  # criteria drawn; the table holds all
_FOOTER = (
    "All patients in this report are virtual. Their numbers, sourced or marked as assumptions: "
    "`scleroscope population --describe`. ± is the Monte-Carlo standard error. A report for planning, "
    "no medical advice."
)


def report(plan: Plan, answer: Sensitivity) -> str:
    """The page as HTML text, from a plan and what `api.design.sensitivity` found."""
    it = answer.plan
    tiles = [
        Tile(_percent(it.eligible.value), "of the population may enter"),
        Tile(_percent(it.power.value), "power", "completed"),
        Tile(f"{plan.arms.n}", "patients"),
    ]
    lead = (
        f"{_percent(it.eligible.value)} of {plan.population.size:,} virtual patients may enter. With "
        f"{plan.arms.n} of them the trial finds its effect in {_percent(it.power.value)} of {plan.trials:,} "
        "simulated trials"
    )
    if it.recruitment is not None:
        tiles.append(Tile(f"{it.recruitment.mean:.0f}", "months to recruit", "ongoing"))
        lead += f"; recruiting them takes about {it.recruitment.mean:.0f} months"
    stamp = (
        f"Seed {plan.seed}; {plan.trials:,} trials; scleroscope {__version__}; Python "
        f"{sys.version_info.major}.{sys.version_info.minor}."
    )
    return page(
        plan.title,
        lead=lead + ".",
        tiles=tiles,
        subtitle=[text for text in (plan.source, stamp) if text],
        sections=[
            _objective(plan, answer),
            _population(plan, answer),
            *([_recruitment(plan, answer)] if it.recruitment is not None else []),
            _analysis(plan, answer),
            _assumptions(plan),
        ],
        footer=[_FOOTER],
    )


def _objective(plan: Plan, answer: Sensitivity) -> Section:
    it = answer.plan
    rows = [
        {"what": "Endpoint", "value": plan.endpoint.measure.replace("_", " ")},
        {"what": "Measured at week", "value": f"{plan.endpoint.week:g}"},
        {"what": "Untreated, mean", "value": f"{it.control.value:.2f}"},
        {"what": "Effect, treated minus control", "value": f"{it.effect.value:.2f} ±{it.effect.error:.2f}"},
        {"what": "Standard error of one trial", "value": f"{it.se:.2f}"},
        {
            "what": "Patients, treated : control",
            "value": f"{plan.arms.n}, {plan.arms.ratio[0]} : {plan.arms.ratio[1]}",
        },
        {"what": "Design", "value": plan.design.kind.replace("_", " ")},
        {"what": "Two-sided alpha", "value": f"{plan.analysis.alpha:g}"},
    ]
    return Section(
        id="objective",
        title="3 Trial objective and endpoint",
        says=f"The trial compares the {plan.endpoint.measure.replace('_', ' ')} of two arms.",
        columns={"what": "", "value": "in this plan"},
        rows=rows,
        open=True,
    )


def _population(plan: Plan, answer: Sensitivity) -> Section:
    costs = [cost for cost in answer.costs if len(cost.criteria) == 1]
    drawn = [
        {
            "criterion": f"{cost.criteria[0]} {_short(cost.texts[0])}",
            "gain": cost.eligible.value * 100,
            "label": f"+{cost.eligible.value * 100:.1f}",
        }
        for cost in costs[:_MANY]
    ]
    most = costs[0] if costs else None
    says = (
        "No criterion is set."
        if most is None
        else (
            f"Without {most.criteria[0]} ({most.texts[0]}) {_percent(most.eligible.value)} more of the "
            "population could enter: it excludes the most on its own."
        )
    )
    return Section(
        id="population",
        title="5 Trial population: what each criterion costs",
        says=says,
        figure=_figure(design.gains, drawn, says) if drawn else None,
        columns={
            "criterion": "left out",
            "text": "criterion",
            "eligible": "may enter",
            "months": "months",
            "power": "power",
            "n": "n for the same power",
        },
        rows=[_row(cost) for cost in answer.costs],
        note="Each row leaves its criterion out and runs the same trials on the same people again.",
    )


def _row(cost: Cost) -> dict[str, Any]:
    return {
        "criterion": " + ".join(cost.criteria),
        "text": "; ".join(cost.texts),
        "eligible": _signed(cost.eligible),
        "months": "not planned" if cost.months is None else f"{cost.months:+.1f}",
        "power": _signed(cost.power),
        "n": f"{cost.n_for_same_power:.0f}",
    }


def _recruitment(plan: Plan, answer: Sensitivity) -> Section:
    base = answer.plan.recruitment
    if base is None or plan.sites is None:
        raise ValueError("a plan without sites has no recruitment")
    power = answer.plan.power
    points = [_point("plan", base.mean, power.value, power.error, plan=True)]
    points += [
        _point(
            "-" + cost.criteria[0], base.mean + cost.months, power.value + cost.power.value, cost.power.error
        )
        for cost in answer.costs
        if cost.months is not None and len(cost.criteria) == 1 and cost.months < -0.2
    ]
    says = (
        f"{plan.sites.count} sites reach {base.target} patients after {base.mean:.1f} months on average, "
        f"between {base.q10:.1f} and {base.q90:.1f} in eight trials of ten."
    )
    return Section(
        id="recruitment",
        title="Recruitment: duration against power",
        says=says,
        figure=_figure(design.duration_against_power, points, says),
        columns={"name": "variant", "months_text": "months", "power_text": "power"},
        rows=points,
        note="Each point is the plan without one criterion; the vertical line is ± one Monte-Carlo error.",
    )


def _point(name: str, months: float, power: float, error: float, *, plan: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "months": months,
        "power": power * 100,
        "low": (power - error) * 100,
        "high": (power + error) * 100,
        "plan": plan,
        "months_text": f"{months:.1f}",
        "power_text": f"{power * 100:.1f} %",
    }


def _analysis(plan: Plan, answer: Sensitivity) -> Section:
    method = (
        "Responders are compared by the score test."
        if plan.endpoint.measure.endswith("responder")
        else "The arms are compared by analysis of covariance on the value at baseline."
    )
    if plan.design.kind != "fixed":
        looks = ", ".join(f"{look:g}" for look in plan.design.looks)
        method += (
            f" Looks at information {looks}, {plan.design.spending.replace('_', ' ')} spending; "
            f"{answer.plan.expected_n:.0f} patients on average."
        )
    missing = "are missing" if plan.endpoint.dropout == "missing" else "are followed all the same"
    return Section(
        id="analysis",
        title="10 Statistical considerations",
        says=f"{method} People who leave before the endpoint's week {missing}.",
    )


def _assumptions(plan: Plan) -> Section:
    rows = [{"place": f"effect.{name}", "value": f"{value:g}"} for name, value in _set(plan.effect)]
    rows += [
        {"place": f"population.{name}", "value": f"{value:g}"}
        for name, value in plan.population.overrides.items()
    ]
    rows += [{"place": f"sites.{name}", "value": f"{value:g}"} for name, value in _set(plan.sites)]
    return Section(
        id="assumptions",
        title="Assumptions of this plan",
        says="What the plan takes for granted beside the population.",
        columns={"place": "place in the plan", "value": "value"},
        rows=rows,
        open=True,
    )


def _set(part: Any) -> list[tuple[str, float]]:
    if part is None:
        return []
    values = ((name, getattr(part, name)) for name in part.__struct_fields__)
    return [(name, value) for name, value in values if value]


def _figure(draw: Any, rows: list[dict[str, Any]], says: str) -> Figure:
    return Figure(lambda width: svg.draw(draw(rows, width=width), says))


def _short(text: str, length: int = 40) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _signed(figure: Estimated) -> str:
    return f"{figure.value * 100:+.1f} % ±{figure.error * 100:.1f}"
