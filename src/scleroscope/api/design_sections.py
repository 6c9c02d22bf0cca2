"""The sections of a design report, each from the plan and what its trials showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from scleroscope.api.design import words
from scleroscope.api.design_figures import figure, percent, plain, short, signed
from scleroscope.charts import design as charts
from scleroscope.charts.report import Section

if TYPE_CHECKING:
    from scleroscope.design.plan import Plan
    from scleroscope.design.sensitivity import Cost, Sensitivity
    from scleroscope.design.simulate import Simulated

_MANY = 12  # criteria drawn; the table holds all


def _facts(*pairs: tuple[str, str | None]) -> list[dict[str, str]]:
    return [{"what": what, "value": value} for what, value in pairs if value]


def objective(plan: Plan, it: Simulated) -> Section | None:
    """3: the estimand."""
    from scleroscope.design.words import intercurrent_words

    endpoint = plan.endpoint
    if endpoint is None:
        return None
    said = words(plan)
    who = "; ".join(plan.criteria.inclusion) or "everybody with systemic sclerosis"
    rows = _facts(
        ("Population", short(who, 160)),
        ("Endpoint", said["measure"]),
        ("Week", f"{endpoint.week:g} ({endpoint.week * 7 / 365.25:.2g} years)"),
        ("Visits, weeks", ", ".join(f"{week:g}" for week in endpoint.weeks)),
        ("Intercurrent events", intercurrent_words(endpoint)),
        ("Summary measure", said["scale"]),
        ("Untreated", None if it.control is None else f"{it.control.value:.3g}"),
        ("Effect in the simulated trials", None if it.effect is None else plain(it.effect, share=False)),
    )
    return Section(
        id="objective",
        title="3 Trial objective and estimand",
        says=f"The trial asks what treatment does to {said['measure']} by week {endpoint.week:g}.",
        columns={"what": "", "value": "in this plan"},
        rows=rows,
        open=True,
    )


def trial_design(plan: Plan, it: Simulated) -> Section:
    """4: the design and how it behaves."""
    said = words(plan)
    early = it.expected_n < it.patients - 0.5
    rows = _facts(
        ("Patients at most" if early else "Patients", f"{it.patients}"),
        ("Patients on average", f"{it.expected_n:.0f}" if early else None),
        ("Treated : control", f"{plan.arms.ratio[0]} : {plan.arms.ratio[1]}" if plan.arms.n else None),
        ("Strata", "; ".join(plan.arms.strata)),
        (said["power"].capitalize(), None if it.power is None else plain(it.power, share=True)),
    )
    rows += [
        {
            "what": name[:1].upper() + name[1:],
            "value": plain(found, share=not name.startswith("difference at")),
        }
        for name, found in it.also.items()
    ]
    return Section(
        id="design",
        title="4 Trial design",
        says=said["design"],
        columns={"what": "", "value": "in this plan"},
        rows=rows,
        open=True,
    )


def doses(it: Simulated) -> Section | None:
    """6: what a dose-finding design does."""
    found = it.doses
    if found is None:
        return None
    rows = [
        {
            "dose": f"{place}",
            "toxicity": percent(row.toxicity),
            "chosen": percent(row.selected),
            "patients": f"{row.patients:.1f}",
            "toxicities": f"{row.toxicities:.2f}",
            "share": row.selected * 100,
            "label": percent(row.selected),
        }
        for place, row in enumerate(found.rows, 1)
    ]
    says = (
        f"No dose is chosen in {percent(found.none)} of the trials; {found.size:.1f} patients are treated on "
        f"average. The Monte-Carlo error of a share is at most {found.error * 100:.1f} %."
    )
    return Section(
        id="doses",
        title="6 Trial intervention: which dose is chosen",
        says=says,
        figure=figure(lambda data, width: charts.chosen(data, width=width), rows, says),
        columns={
            "dose": "dose", "toxicity": "true toxicity", "chosen": "chosen", "patients": "patients",
            "toxicities": "toxicities",
        },
        rows=rows,
        open=True,
    )  # fmt: skip


def clinic_table(it: Simulated) -> Section | None:
    """BOIN's rules for the ward."""
    if it.doses is None or not it.doses.table:
        return None
    rows = [
        {
            "treated": f"{rule.treated}",
            "escalate": f"≤ {rule.escalate}",
            "deescalate": f"≥ {rule.deescalate}",
            "eliminate": "–" if rule.eliminate is None else f"≥ {rule.eliminate}",
        }
        for rule in it.doses.table
    ]
    return Section(
        id="clinic",
        title="Table to take to the clinic",
        says=(
            "Count the toxicities at the current dose after each cohort and read off what to do; in between, "
            f"stay. Limits {it.doses.escalation_limit:.4f} and {it.doses.deescalation_limit:.4f}."
        ),
        columns={
            "treated": "treated at the dose", "escalate": "go up", "deescalate": "go down",
            "eliminate": "give the dose up",
        },
        rows=rows,
        open=True,
    )  # fmt: skip


def population(plan: Plan, answer: Sensitivity) -> Section:
    """5: what each criterion costs."""
    costs = [cost for cost in answer.costs if len(cost.criteria) == 1]
    drawn = [
        {
            "criterion": f"{cost.criteria[0]} {short(cost.texts[0])}",
            "gain": cost.eligible.value * 100,
            "label": f"+{cost.eligible.value * 100:.1f}",
        }
        for cost in costs[:_MANY]
    ]
    most = costs[0] if costs else None
    says = "No criterion is set."
    if most is not None:
        says = (
            f"Without {most.criteria[0]} ({most.texts[0]}) {percent(most.eligible.value)} more of the "
            "population could enter: it excludes the most on its own."
        )
    return Section(
        id="population",
        title="5 Trial population: what each criterion costs",
        says=says,
        figure=figure(lambda data, width: charts.gains(data, width=width), drawn, says) if drawn else None,
        columns={
            "criterion": "left out", "text": "criterion", "eligible": "may enter", "months": "months",
            "power": "power", "n": "n for the same power",
        },
        rows=[_cost(cost) for cost in answer.costs],
        note="Each row leaves its criterion out and runs the same trials on the same people again.",
    )  # fmt: skip


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "criterion": " + ".join(cost.criteria),
        "text": "; ".join(cost.texts),
        "eligible": signed(cost.eligible),
        "months": "not planned" if cost.months is None else f"{cost.months:+.1f}",
        "power": signed(cost.power),
        "n": "–" if cost.n_for_same_power is None else f"{cost.n_for_same_power:.0f}",
    }


def statistics(plan: Plan, it: Simulated) -> Section:
    """10: how the arms are compared."""
    text = words(plan)["analysis"]
    if it.unanswered > 0:
        text += f" In {it.unanswered:.2%} of the trials the data gave no estimate; they claim nothing."
    return Section(id="analysis", title="10 Statistical considerations", says=text)


def assumptions(plan: Plan) -> Section:
    """What the plan takes for granted beside the population."""
    rows = [{"place": f"effect.{name}", "value": value} for name, value in _set(plan.effect)]
    for event in plan.events:
        rates = ", ".join(f"{rate:g}" for rate in event.per_year)
        years = ", ".join(f"{year:g}" for year in event.years)
        text = f"{rates} a year from year {years}"
        rows.append(
            {"place": f"events, {event.name}", "value": f"{text} ({event.source})" if event.source else text}
        )
    rows += [{"place": f"risk.{name}", "value": f"{ratio:g}"} for name, ratio in plan.risk.items()]
    rows += [
        {"place": f"population.{name}", "value": f"{value:g}"}
        for name, value in plan.population.overrides.items()
    ]
    rows += [{"place": f"sites.{name}", "value": value} for name, value in _set(plan.sites)]
    return Section(
        id="assumptions",
        title="Assumptions of this plan",
        says="What the plan takes for granted beside the population.",
        columns={"place": "place in the plan", "value": "value"},
        rows=rows,
        open=True,
    )


def _set(part: Any) -> list[tuple[str, str]]:
    """What of a table of the plan is not as it would be without it."""
    if part is None:
        return []
    found = []
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if field.required or value != field.default:
            found.append((field.name, f"{value:g}" if isinstance(value, float | int) else f"{value}"))
    return [(name, value) for name, value in found if value != "{}"]
