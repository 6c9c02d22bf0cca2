"""The commands about designing trials: `population` and `design`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scleroscope.cli.design_show import show, show_sweep
from scleroscope.cli.options import CatalogueOption, scope
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
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            "--example",
            metavar="TRIAL",
            help="Print a plan to start from: a shipped one (name or id), or one begun from the catalogue.",
        ),
    ] = None,
    competition: Annotated[
        bool,
        typer.Option(
            "--competition", help="Derive from the catalogue what share of patients recruiting trials take."
        ),
    ] = False,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, help="Simulated trials, instead of the plan's.")
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Leave out each pair of criteria as well.")] = False,
    sweep: Annotated[
        list[str] | None,
        typer.Option("--sweep", help="A value of the plan at several sizes: arms.n=100,150,200"),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", help="Keep finished parts in FOLDER; a run that was broken off goes on there."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Simulate a trial on virtual patients: who may enter, how long, what power, what criteria cost."""
    import msgspec

    from scleroscope.api import design as api

    if like is not None:
        say(api.plan_like(like, scope(catalogue).catalogue), nl=False)
        return
    if plan is None:
        note("Plans of published trials to start from (`scleroscope design --example NAME > plan.toml`):")
        say("\n".join(api.example_names()))
        return
    asked = api.read_plan(plan)
    if trials is not None:
        asked = msgspec.structs.replace(asked, trials=trials)
    rivals = None
    if competition:
        from scleroscope.api.competition import competition as compete
        from scleroscope.api.competition import with_competition

        rivals = compete(asked, scope(catalogue).catalogue)
        asked = with_competition(asked, rivals)
    with _progress() as progress:
        if sweep:
            points = api.sweep(asked, _places(sweep), keep=keep, progress=progress)
        else:
            answer = api.sensitivity(asked, pairs=pairs, keep=keep, progress=progress)
    if html is not None:
        from scleroscope.api.design_report import report, sweep_report

        text = sweep_report(asked, points) if sweep else report(asked, answer, rivals)
        html.write_text(text, encoding="utf-8")
        note(f"report written to {html}")
    if as_json:
        whole = answer if not sweep and rivals is None else None
        print_json(points if sweep else whole or {"answer": answer, "competition": rivals})
    elif sweep:
        show_sweep(points)
    else:
        show(asked, answer, rivals)


def _places(texts: list[str]) -> dict[str, list[float | str]]:
    places = {}
    for text in texts:
        place, mark, values = text.partition("=")
        if not mark or not values:
            raise typer.BadParameter(f"--sweep {text}: write place=value,value, as in arms.n=100,150,200")
        places[place.strip()] = [_value(value.strip()) for value in values.split(",")]
    return places


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


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
