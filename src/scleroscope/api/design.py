"""Trials designed on the patients who exist: the virtual population, plans, and what they would show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from scleroscope.catalogue import Catalogue
    from scleroscope.design.blocks import Workers
    from scleroscope.design.plan import Plan
    from scleroscope.design.sensitivity import Sensitivity
    from scleroscope.design.simulate import Simulated
    from scleroscope.design.sweep import Point

Progress = Callable[[int, int], None]


def population(n: int = 10_000, seed: int = 0, *, mix: str = "eustar") -> pl.DataFrame:
    """`n` virtual patients, one row each; columns are ids of the patient contract."""
    from scleroscope.design.population import draw_population
    from scleroscope.model.problem import BadRequest

    if mix not in ("eustar", "royal_free"):
        raise BadRequest(f"mix: must be eustar or royal_free, not {mix!r}")
    return draw_population(n, seed, mix=mix)  # type: ignore[arg-type]


def compare_with_published(people: pl.DataFrame) -> pl.DataFrame:
    """Each published figure beside the population's, and the difference."""
    from scleroscope.design.population import compare_with_published as compare

    return compare(people)


def read_plan(path: str | Path) -> Plan:
    """A plan from a TOML file; the error names the place in the plan and the reason."""
    from scleroscope.design.plan import read_plan as read

    return read(Path(path))


def example_plan(name: str) -> str:
    """The TOML text of a published trial's plan, by name (`focussced`) or by registry id."""
    from scleroscope.design.examples import example_text

    return example_text(name)


def plan_like(trial: str, catalogue: Catalogue) -> str:
    """A plan's TOML text to start from: the shipped plan of that trial, else one begun from its record.

    Criteria that virtual patients cannot answer stand in it as comments with the reason. NotFound when
    neither the plans nor the catalogue know the trial.
    """
    from scleroscope.api.criteria import trial_criteria
    from scleroscope.design.examples import example_text
    from scleroscope.design.like import Begun, plan_text
    from scleroscope.model.problem import NotFound

    try:
        return example_text(trial)
    except NotFound:
        study = catalogue.study(trial)
    text = study.eligibility.text if study.eligibility else None
    row = catalogue.trials([study.id]).row(0, named=True)
    return plan_text(
        Begun(
            trial=study.id,
            title=row["acronym"] or row["title"] or study.id,
            clauses=trial_criteria(study.id, text).eligibility().clauses,
            endpoints=row["primary_endpoints"] or [],
            times=[each.time_frame for each in study.outcomes if each.level == "primary" and each.time_frame],
            n=row["enrolment"] or row["planned_enrolment"],
            sites=row["sites"],
        )
    )


def example_names() -> tuple[str, ...]:
    """The names of the plans that ship."""
    from scleroscope.design.examples import example_texts

    return tuple(example_texts())


def _workers(executor: Executor | None, keep: Path | None) -> Workers:
    from scleroscope import __version__
    from scleroscope.design.blocks import Workers

    return Workers(executor=executor, keep=keep, release=__version__)


def simulate(
    plan: Plan, *, trials: int | None = None, executor: Executor | None = None, keep: Path | None = None
) -> Simulated:
    """Eligible share, months to recruit, power, effect, each with its Monte-Carlo error.

    `executor`: any of `concurrent.futures` (a process pool, or `get_executor()` of a dask client); threads on
    all cores otherwise. `keep`: a folder for finished parts, from which a run that was broken off goes on.
    """
    from scleroscope.design.simulate import simulate as run

    return run(plan, trials=trials, workers=_workers(executor, keep))


def sensitivity(
    plan: Plan,
    *,
    pairs: bool = False,
    trials: int | None = None,
    executor: Executor | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Which criterion buys or costs how much, on the same patients and trials (see `simulate`)."""
    from scleroscope.design.sensitivity import criterion_costs
    from scleroscope.design.stage import set_up

    workers = _workers(executor, keep)
    return criterion_costs(set_up(plan), pairs=pairs, trials=trials, workers=workers, progress=progress)


def sweep(
    plan: Plan,
    places: Mapping[str, Sequence[float | str]],
    *,
    trials: int | None = None,
    executor: Executor | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> list[Point]:
    """The plan at every combination of these values of its places (see `simulate`)."""
    from scleroscope.design.sweep import sweep as run

    return run(plan, places, trials=trials, workers=_workers(executor, keep), progress=progress)


def words(plan: Plan) -> dict[str, str]:
    """The plan in words: design, analysis, measure, scale of the effect, what a claim's share is called."""
    from scleroscope.design import words as said
    from scleroscope.design.measures import scale

    return {
        "design": said.design_words(plan),
        "analysis": said.analysis_words(plan),
        "measure": said.measure_words(plan.endpoint) if plan.endpoint else "",
        "scale": scale(plan),
        "power": said.power_words(plan),
    }
