"""A design's answer on the screen."""

from __future__ import annotations

from typing import Any

from scleroscope.cli.output import note, screen

_MANY = 10  # rivals shown; --json has all


def _with_error(figure: Any, scale: float = 100.0, unit: str = " %", sign: str = "") -> str:
    return f"{figure.value * scale:{sign}.1f}{unit} ±{figure.error * scale:.1f}"


def _months(value: float | None, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.1f}"


def show(plan: Any, answer: Any, rivals: Any = None) -> None:
    """The plan's figures, then what each criterion costs."""
    from rich.table import Table

    from scleroscope.api.design import words

    it = answer.plan
    said = words(plan)
    console = screen()
    console.print(f"[bold]{plan.title}[/bold]")
    console.print(f"{said['design']} {said['analysis']}", style="dim")
    facts = Table.grid(padding=(0, 2))
    facts.add_row("may enter", _with_error(it.eligible), f"1 in {it.screened_per_patient:.1f} who come")
    if it.power is not None:
        facts.add_row(
            said["power"],
            _with_error(it.power),
            f"{'up to ' if it.expected_n < it.patients - 0.5 else ''}{it.patients} patients",
        )
        facts.add_row("effect", f"{it.effect.value:.3g} ±{it.effect.error:.2g}", said["scale"])
        if it.se is not None:
            facts.add_row("its error", f"{it.se:.3g}", "standard error in one trial")
    if it.control is not None:
        facts.add_row("untreated", f"{it.control.value:.3g}", said["measure"])
    if it.expected_n < it.patients - 0.5:
        facts.add_row("expected n", f"{it.expected_n:.0f}", "patients on average")
    for name, figure in it.also.items():
        small = abs(figure.value) <= 1 and "difference at" not in name
        facts.add_row(name, _with_error(figure) if small else f"{figure.value:.3g} ±{figure.error:.2g}", "")
    if it.unanswered > 0:
        facts.add_row("no answer", f"{it.unanswered:.2%}", "of the trials; they claim nothing")
    if it.recruitment is not None:
        months = it.recruitment
        facts.add_row(
            "recruitment", f"{months.mean:.1f} months", f"80 % interval {months.q10:.1f} to {months.q90:.1f}"
        )
    console.print(facts)
    if it.doses is not None:
        _doses(it.doses)
    if it.curves is not None:
        _curves(it.curves)
    _costs(answer.costs)
    if rivals is not None:
        _rivals(rivals)
    note("± is the Monte-Carlo standard error. Virtual patients: see `scleroscope population --describe`.")


def _costs(costs: Any) -> None:
    from rich.table import Table

    if not costs:
        return
    table = Table(box=None, pad_edge=False, title="Left out, it changes …", title_justify="left")
    for title in ("criterion", "may enter", "months", "power", "n for the same power"):
        table.add_column(title, justify="left" if title == "criterion" else "right")
    for cost in costs:
        table.add_row(
            " + ".join(f"{each} {text}" for each, text in zip(cost.criteria, cost.texts, strict=True)),
            _with_error(cost.eligible, sign="+"),
            _months(cost.months, "+"),
            "–" if cost.power is None else _with_error(cost.power, sign="+"),
            "–" if cost.n_for_same_power is None else f"{cost.n_for_same_power:.0f}",
        )
    screen().print(table)


def _rivals(found: Any) -> None:
    from rich.table import Table

    table = Table(
        box=None,
        pad_edge=False,
        title=f"Other trials take at most {found.share:.1%}",
        title_justify="left",
    )
    for title in ("trial", "", "sites", "bars not", "surely takes"):
        table.add_column(title, justify="left" if title in ("trial", "") else "right")
    for rival in found.rivals[:_MANY]:
        sites = "not stated" if rival.sites is None else f"{rival.sites}"
        table.add_row(rival.trial, rival.title, sites, f"{rival.not_barred:.0%}", f"{rival.certain:.0%}")
    screen().print(table)
    note("Competition assumes that all sites are within everybody's reach; sites not stated count as one.")
    if found.unread:
        note(f"Recruiting too, criteria not known here: {', '.join(found.unread)}")


def _doses(doses: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("dose", "true toxicity", "chosen", "patients", "toxicities"):
        table.add_column(title, justify="right")
    for place, row in enumerate(doses.rows, 1):
        table.add_row(
            f"{place}",
            f"{row.toxicity:.0%}",
            f"{row.selected:.1%}",
            f"{row.patients:.1f}",
            f"{row.toxicities:.2f}",
        )
    screen().print(table)
    screen().print(f"none chosen {doses.none:.1%}; {doses.size:.1f} patients on average; ±{doses.error:.1%}")
    if not doses.table:
        return
    rules = Table(box=None, pad_edge=False, title="To take to the clinic", title_justify="left")
    for title in ("patients at the dose", "up if at most", "down if at least", "give up if at least"):
        rules.add_column(title, justify="right")
    for rule in doses.table:
        rules.add_row(
            f"{rule.treated}", f"{rule.escalate}", f"{rule.deescalate}",
            "–" if rule.eliminate is None else f"{rule.eliminate}",
        )  # fmt: skip
    screen().print(rules)


def _curves(curves: Any) -> None:
    from rich.table import Table

    for curve in (curves.survival, curves.event_free):
        crossing = (
            "the curves do not cross" if curve.crossing is None else f"crosses at {curve.crossing:.1f} years"
        )
        even = "" if curve.even is None else f"; what was lost early is won back by {curve.even:.1f} years"
        screen().print(
            f"{curve.name} at {curve.years[-1]:.3g} years: {curve.treated[-1]:.1%} treated, "
            f"{curve.control[-1]:.1%} control; {crossing}{even}"
        )
    table = Table(
        box=None, pad_edge=False, title="Who gains? Months of life gained by …", title_justify="left"
    )
    table.add_column("group")
    years = sorted({gain.years for gain in curves.gains})
    for year in years:
        table.add_column(f"year {year:.3g}", justify="right")
    for group in dict.fromkeys(gain.group for gain in curves.gains):
        here = {gain.years: gain.survival for gain in curves.gains if gain.group == group}
        table.add_row(group, *(f"{here[year]:+.1f}" for year in years))
    screen().print(table)


def show_sweep(points: Any) -> None:
    """One line a point; a star marks what no other point beats in both months and power."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for place in points[0].values:
        table.add_column(place, justify="right")
    for title in ("may enter", "power", "effect", "months", ""):
        table.add_column(title, justify="right")
    for point in points:
        it = point.answer
        table.add_row(
            *(
                f"{value:g}" if isinstance(value, float | int) else str(value)
                for value in point.values.values()
            ),
            _with_error(it.eligible),
            "–" if it.power is None else _with_error(it.power),
            "–" if it.effect is None else f"{it.effect.value:.3g}",
            "–" if it.recruitment is None else f"{it.recruitment.mean:.1f}",
            "*" if point.front else "",
        )
    screen().print(table)
    note("* no other point has as much power in less time.")
