"""The commands about designing trials: `population` and `design`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scleroscope.cli.output import note, print_json, say, screen

if TYPE_CHECKING:
    from scleroscope.api.design import Progress


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(population)
    app.command()(design)


def population(
    n: Annotated[int, typer.Option("--n", min=1, help="How many virtual patients.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same people.")] = 0,
    mix: Annotated[
        str, typer.Option("--mix", help="Registry of the antibody mix: eustar, royal_free.")
    ] = "eustar",
    describe: Annotated[bool, typer.Option("--describe", help="Compare with published tables.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the people to FILE.parquet or .jsonl.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The comparison as JSON.")] = False,
) -> None:
    """Draw virtual patients with systemic sclerosis; hold them against published tables."""
    from scleroscope.api import design as api

    people = api.population(n, seed, mix=mix)
    if out is not None:
        # The skin without the rater's error is no column of a cohort: no trial could measure it.
        measured = people.drop("true_mrss")
        if out.suffix == ".parquet":
            measured.write_parquet(out)
        elif out.suffix in (".jsonl", ".ndjson"):
            measured.write_ndjson(out)
        else:
            raise typer.BadParameter("--out must end in .parquet or .jsonl")
        note(f"{people.height} virtual patients written to {out}")
    if out is not None and not (describe or as_json):
        return
    rows = api.compare_with_published(people).rows(named=True)
    if as_json:
        print_json(rows)
        return
    _comparison(rows)


def _comparison(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title, side in (
        ("among", "left"),
        ("figure", "left"),
        ("published", "right"),
        ("ours", "right"),
        ("difference", "right"),
    ):
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for row in rows:
        ours = "–" if row["ours"] is None else f"{row['ours']:.3g}"
        gap = "–" if row["difference"] is None else f"{row['difference']:+.2g}"
        table.add_row(
            row["among"], f"{row['statistic']} {row['measure']}", f"{row['published']:.3g}", ours, gap
        )
    screen().print(table)
    note("Sources of the published figures: --json, key source. Virtual patients, no real ones.")


def design(
    plan: Annotated[Path | None, typer.Argument(help="A plan in TOML.")] = None,
    example: Annotated[
        str | None,
        typer.Option(
            "--example", "--like", help="Print the plan of a published trial (name or id) to start from."
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, help="Simulated trials, instead of the plan's.")
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Leave out each pair of criteria as well.")] = False,
    sweep: Annotated[
        list[str] | None,
        typer.Option("--sweep", help="A value of the plan at several sizes: arms.n=100,150,200"),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Simulate a trial on virtual patients: who may enter, how long, what power, what criteria cost."""
    import msgspec

    from scleroscope.api import design as api

    if example is not None:
        say(api.example_plan(example), nl=False)
        return
    if plan is None:
        note("Plans of published trials to start from (`scleroscope design --example NAME > plan.toml`):")
        say("\n".join(api.example_names()))
        return
    asked = api.read_plan(plan)
    if trials is not None:
        asked = msgspec.structs.replace(asked, trials=trials)
    with _progress() as progress:
        if sweep:
            points = api.sweep(asked, _places(sweep), progress=progress)
        else:
            answer = api.sensitivity(asked, pairs=pairs, progress=progress)
    if sweep:
        print_json(points) if as_json else _swept(points)
        return
    if html is not None:
        from scleroscope.api.design_report import report

        html.write_text(report(asked, answer), encoding="utf-8")
        note(f"report written to {html}")
    print_json(answer) if as_json else _answer(asked, answer)


def _places(texts: list[str]) -> dict[str, list[float]]:
    places = {}
    for text in texts:
        place, mark, values = text.partition("=")
        try:
            places[place.strip()] = [float(value) for value in values.split(",")]
        except ValueError:
            mark = ""
        if not mark:
            raise typer.BadParameter(f"--sweep {text}: write place=value,value, as in arms.n=100,150,200")
    return places


class _progress:  # noqa: N801  (used as a function)
    """A bar on stderr while variants run; silent where stderr is no terminal."""

    def __enter__(self) -> Progress:
        from rich.console import Console
        from rich.progress import Progress as Bar

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("simulating", total=None)
        self._bar.start()
        return lambda done, total: self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _with_error(figure: Any, scale: float = 100.0, unit: str = " %", sign: str = "") -> str:
    return f"{figure.value * scale:{sign}.1f}{unit} ±{figure.error * scale:.1f}"


def _answer(plan: Any, answer: Any) -> None:
    from rich.table import Table

    it = answer.plan
    console = screen()
    console.print(f"[bold]{plan.title}[/bold]")
    facts = Table.grid(padding=(0, 2))
    facts.add_row("may enter", _with_error(it.eligible), f"1 in {it.screened_per_patient:.1f} who come")
    facts.add_row("power", _with_error(it.power), f"n = {plan.arms.n}, two-sided {plan.analysis.alpha:g}")
    facts.add_row("effect", f"{it.effect.value:.2f} ±{it.effect.error:.2f}", f"SE of one trial {it.se:.2f}")
    facts.add_row("untreated", f"{it.control.value:.2f}", plan.endpoint.measure.replace("_", " "))
    if plan.design.kind != "fixed":
        facts.add_row("expected n", f"{it.expected_n:.0f}", "patients, with early stopping")
    if it.recruitment is not None:
        months = it.recruitment
        facts.add_row(
            "recruitment", f"{months.mean:.1f} months", f"80 % interval {months.q10:.1f} to {months.q90:.1f}"
        )
    console.print(facts)
    table = Table(box=None, pad_edge=False, title="Left out, it changes …", title_justify="left")
    for title in ("criterion", "may enter", "months", "power", "n for the same power"):
        table.add_column(title, justify="left" if title == "criterion" else "right")
    for cost in answer.costs:
        name = " + ".join(f"{each} {text}" for each, text in zip(cost.criteria, cost.texts, strict=True))
        months_change = "–" if cost.months is None else f"{cost.months:+.1f}"
        table.add_row(
            name,
            _with_error(cost.eligible, sign="+"),
            months_change,
            _with_error(cost.power, sign="+"),
            f"{cost.n_for_same_power:.0f}",
        )
    console.print(table)
    note("± is the Monte-Carlo standard error. Virtual patients: see `scleroscope population --describe`.")


def _swept(points: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for place in points[0].values:
        table.add_column(place, justify="right")
    for title in ("may enter", "power", "effect", "months"):
        table.add_column(title, justify="right")
    for point in points:
        it = point.answer
        months = "–" if it.recruitment is None else f"{it.recruitment.mean:.1f}"
        table.add_row(
            *(f"{value:g}" for value in point.values.values()),
            _with_error(it.eligible),
            _with_error(it.power),
            f"{it.effect.value:.2f}",
            months,
        )
    screen().print(table)
