"""A plan against the trials of a catalogue that recruit the same patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scleroscope.model.problem import BadRequest

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue
    from scleroscope.design.competition import Competition
    from scleroscope.design.plan import Plan


def competition(plan: Plan, catalogue: Catalogue) -> Competition:
    """Which recruiting trials would take the plan's patients, and what share of them at most.

    BadRequest when the plan names no sites: how strong a trial pulls depends on how many it has.
    """
    import polars as pl

    from scleroscope.api.match import trials
    from scleroscope.design.competition import competition as compete
    from scleroscope.design.entry import judge_population
    from scleroscope.design.population import draw_population

    if plan.sites is None:
        raise BadRequest("sites: competition needs them; name [sites] count and screened_per_month")
    people = draw_population(
        plan.population.size, plan.seed, mix=plan.population.mix, overrides=plan.population.overrides
    )
    suitable = people.filter(judge_population(people, plan.criteria).suitable())
    open_now = catalogue.trials().filter(
        (pl.col("status") == "recruiting")
        & (pl.col("study_type") == "interventional")
        & (pl.col("id") != (plan.like or ""))
    )
    clauses = {reading.id: reading.clauses if reading.how else () for reading in trials(catalogue).readings}
    rivals = {
        row["id"]: (
            row["acronym"] or row["title"] or row["id"],
            row["recruiting_sites"] or row["sites"] or None,
            clauses.get(row["id"], ()),
        )
        for row in open_now.iter_rows(named=True)
    }
    return compete(suitable, plan.sites.count, rivals)


def with_competition(plan: Plan, found: Competition) -> Plan:
    """The plan with the share that other trials take."""
    import msgspec

    if plan.sites is None:
        return plan
    sites = msgspec.structs.replace(plan.sites, competing_share=min(found.share, 0.99))
    return msgspec.structs.replace(plan, sites=sites)
