"""A design report as one self-contained page, under the headings of ICH M11 where it has them."""

from __future__ import annotations

import platform
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from scleroscope import __version__
from scleroscope.api import design_sections as sections
from scleroscope.api.design import words
from scleroscope.api.design_benefit import benefit
from scleroscope.api.design_figures import figure, percent
from scleroscope.api.design_recruitment import competition, recruitment
from scleroscope.charts import design as charts
from scleroscope.charts.report import Section, Tile, page

if TYPE_CHECKING:
    from scleroscope.design.competition import Competition
    from scleroscope.design.plan import Plan
    from scleroscope.design.sensitivity import Sensitivity
    from scleroscope.design.simulate import Simulated
    from scleroscope.design.sweep import Point

_FOOTER = (
    "All patients in this report are virtual. Their numbers, sourced or marked as assumptions: "
    "`scleroscope population --describe`. ± is the Monte-Carlo standard error. A report for planning, "
    "no medical advice. Headings follow the protocol template of ICH M11 where it has them."
)


def report(plan: Plan, answer: Sensitivity, rivals: Competition | None = None) -> str:
    """The page as HTML text, from a plan and what `api.design.sensitivity` found."""
    it = answer.plan
    parts = [
        sections.objective(plan, it),
        sections.trial_design(plan, it),
        sections.doses(it),
        sections.clinic_table(it),
        sections.population(plan, answer),
        recruitment(plan, answer),
        competition(rivals),
        sections.statistics(plan, it),
        *benefit(plan, it),
        sections.assumptions(plan),
        stamp(plan),
    ]
    return page(
        plan.title,
        lead=_lead(plan, it),
        tiles=_tiles(plan, it),
        subtitle=[plan.source] if plan.source else [],
        sections=[part for part in parts if part is not None],
        footer=[_FOOTER],
    )


def _tiles(plan: Plan, it: Simulated) -> list[Tile]:
    tiles = [Tile(percent(it.eligible.value), "of the population may enter")]
    if it.power is not None:
        tiles.append(Tile(percent(it.power.value), words(plan)["power"], "completed"))
    if it.doses is not None:
        best = max(range(len(it.doses.rows)), key=lambda place: it.doses.rows[place].selected)  # type: ignore[union-attr]
        tiles.append(Tile(f"{best + 1}", "dose chosen most often", "completed"))
    tiles.append(
        Tile(f"{it.patients}", "patients at most" if it.expected_n < it.patients - 0.5 else "patients")
    )
    if it.recruitment is not None:
        tiles.append(Tile(f"{it.recruitment.mean:.0f}", "months to recruit", "ongoing"))
    if it.curves is not None and it.curves.survival.crossing is not None:
        tiles.append(Tile(f"{it.curves.survival.crossing:.1f}", "years until the curves cross", "stopped"))
    return tiles


def _lead(plan: Plan, it: Simulated) -> str:
    lead = f"{percent(it.eligible.value)} of {plan.population.size:,} virtual patients may enter."
    if it.power is not None:
        claim = (
            "claims an effect where there is none"
            if words(plan)["power"] == "type I error"
            else "claims an effect"
        )
        mean = " on average" if it.expected_n < it.patients - 0.5 else ""
        of_trials = f"{percent(it.power.value)} of {plan.trials:,} simulations"
        lead += f" With {it.expected_n:.0f} of them{mean} the trial {claim} in {of_trials}."
    if it.recruitment is not None:
        lead += f" Recruiting {it.recruitment.target} takes about {it.recruitment.mean:.0f} months."
    return lead


def stamp(plan: Plan) -> Section:
    """What is needed to get the same page again: plan, seed, versions."""
    import msgspec

    text = msgspec.toml.encode(plan).decode()
    rows = [
        {"what": "seed", "value": f"{plan.seed}"},
        {"what": "simulated trials", "value": f"{plan.trials:,}"},
        {"what": "plan, digest", "value": blake2b(text.encode(), digest_size=8).hexdigest()},
        {"what": "scleroscope", "value": __version__},
        {"what": "Python", "value": platform.python_version()},
        *({"what": name, "value": version(name)} for name in ("numpy", "numba", "scipy", "polars")),
    ]
    rows += [
        {"what": f"plan, line {n}", "value": line} for n, line in enumerate(text.splitlines(), 1) if line
    ]
    return Section(
        id="stamp",
        title="Reproducibility",
        says="The same plan, seed and versions give the same figures, on any number of workers.",
        columns={"what": "", "value": ""},
        rows=rows,
    )


def sweep_report(plan: Plan, points: list[Point]) -> str:
    """A page for a sweep: every variant, duration (or patients) against power, and the Pareto front."""
    months = all(point.answer.recruitment is not None for point in points)
    rows = [_variant(point, months=months) for point in points]
    best = [row["name"] for row in rows if row["front"]]
    says = (
        f"{len(best)} of {len(rows)} variants are beaten by no other in both "
        f"{'months to recruit' if months else 'patients'} and power: {'; '.join(best[:6])}."
    )
    axis = "months to recruit" if months else "patients"
    return page(
        plan.title,
        lead=f"{len(rows)} variants of the plan, each on {plan.trials:,} trials of the same people.",
        subtitle=[plan.source] if plan.source else [],
        sections=[
            Section(
                id="sweep",
                title=f"{'Duration' if months else 'Size'} against power",
                says=says,
                figure=figure(lambda data, width: charts.pareto(data, width=width, axis=axis), rows, says),
                columns={
                    "name": "variant",
                    "eligible": "may enter",
                    "cost_text": axis,
                    "power_text": "power",
                },
                rows=rows,
                note="The line joins the variants that no other beats; upright lines: ± one error.",
                open=True,
            ),
            sections.assumptions(plan),
            stamp(plan),
        ],
        footer=[_FOOTER],
    )


def _variant(point: Point, *, months: bool) -> dict[str, Any]:
    it = point.answer
    cost = it.recruitment.mean if months and it.recruitment is not None else it.expected_n
    power, error = (it.power.value, it.power.error) if it.power else (0.0, 0.0)
    return {
        "name": ", ".join(
            f"{place} {value:g}" if isinstance(value, float | int) else f"{place} {value}"
            for place, value in point.values.items()
        ),
        "cost": cost,
        "power": power * 100,
        "low": (power - error) * 100,
        "high": (power + error) * 100,
        "front": point.front,
        "eligible": percent(it.eligible.value),
        "cost_text": f"{cost:.1f}" if months else f"{cost:.0f}",
        "power_text": percent(power),
    }
