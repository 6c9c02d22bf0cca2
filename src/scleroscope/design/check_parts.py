"""Checks of the plan's tables that not every endpoint has: hierarchy, events, effect, own changes."""

from __future__ import annotations

from scleroscope.design import kinds
from scleroscope.design.measures import FAMILY, family, method
from scleroscope.design.plan import Effect, Plan
from scleroscope.design.refuse import RefusedError, correlation, positive, share

_ADDED = ("mrss", "fvc_ml", "haq_di", "patient_global", "physician_global")
_ON_EVENTS = (
    "hazard_ratio", "delay_months", "treatment_death", "treatment_death_months", "treatment_death_risk",
)  # fmt: skip


def check_hierarchy(plan: Plan) -> None:
    """Ranks where the measure is a hierarchy, and only there."""
    it = plan.endpoint
    if it is None:
        return
    if it.measure != "hierarchy":
        if it.hierarchy:
            raise RefusedError("endpoint.hierarchy", f'belongs to measure = "hierarchy", not {it.measure}')
        return
    if len(it.hierarchy) < 2:
        raise RefusedError("endpoint.hierarchy", "name two measures or more, the most important first")
    for place, rank in enumerate(it.hierarchy):
        if FAMILY[rank.measure] == "hierarchy":
            raise RefusedError(f"endpoint.hierarchy[{place}].measure", "a hierarchy holds no hierarchy")
        if rank.threshold < 0:
            raise RefusedError(f"endpoint.hierarchy[{place}].threshold", "is not below 0")


def _measures(plan: Plan) -> tuple[str, ...]:
    it = plan.endpoint
    if it is None:
        return ()
    return (it.measure, *(rank.measure for rank in it.hierarchy))


def check_events(plan: Plan) -> None:
    """Hazards that can be, for endpoints that count events."""
    times = [measure for measure in _measures(plan) if measure in ("death", "event_free_survival")]
    if (plan.events or plan.risk) and not times:
        raise RefusedError("events" if plan.events else "risk", "the endpoint counts no events")
    if "event_free_survival" in times and not any(not each.fatal for each in plan.events):
        raise RefusedError(
            "events", f"{max(times)} needs [[events]]: death, and what else ends being event-free"
        )
    if plan.events and not any(each.fatal for each in plan.events):
        raise RefusedError("events", "one of them must be fatal = true")
    names = [each.name for each in plan.events]
    for place, event in enumerate(plan.events):
        if event.name in names[:place]:
            raise RefusedError(f"events[{place}].name", f"{event.name} is there twice")
        _periods(f"events[{place}]", event.years, event.per_year)
    check_ratios("risk", plan.risk)
    if plan.risk and not plan.events:
        raise RefusedError("risk", "moves the hazards of [[events]]; there are none")


def _periods(place: str, years: tuple[float, ...], per_year: tuple[float, ...]) -> None:
    if not years or years[0] != 0:
        raise RefusedError(f"{place}.years", "the first period begins at 0")
    for index in range(1, len(years)):
        if years[index] <= years[index - 1]:
            raise RefusedError(f"{place}.years[{index}]", "periods follow each other in time")
    if len(per_year) != len(years):
        raise RefusedError(f"{place}.per_year", f"has {len(per_year)} hazards for {len(years)} periods")
    for index, value in enumerate(per_year):
        if not 0 <= value < float("inf"):
            raise RefusedError(f"{place}.per_year[{index}]", f"a hazard is not below 0: {value:g}")


def check_ratios(place: str, ratios: dict[str, float]) -> None:
    """Hazard ratios by field of the patient contract, of fields that are numbers or yes/no."""
    from scleroscope.knowledge.load import rows

    known = {row["id"]: row["type"] for row in rows("fields")}
    for name, ratio in ratios.items():
        if name not in known:
            raise RefusedError(f"{place}.{name}", "no such field in the patient contract")
        if known[name] not in ("number", "bool"):
            raise RefusedError(f"{place}.{name}", f"is a {known[name]}; risk goes with numbers and yes/no")
        positive(ratio, f"{place}.{name}")


def check_effect(plan: Plan) -> None:
    """Only effects that the endpoint can show."""
    it, nothing = plan.effect, Effect()
    positive(it.hazard_ratio, "effect.hazard_ratio")
    positive(it.treatment_death_months, "effect.treatment_death_months")
    if it.treatment_death != 0:
        share(it.treatment_death, "effect.treatment_death")
    if it.delay_months < 0:
        raise RefusedError("effect.delay_months", "is not below 0")
    check_ratios("effect.treatment_death_risk", it.treatment_death_risk)
    kind = family(plan)
    changed = [name for name in (*_ADDED, *_ON_EVENTS) if getattr(it, name) != getattr(nothing, name)]
    for name in changed:
        if kind == "time" and name in _ADDED:
            raise RefusedError(f"effect.{name}", "acts on a measure; the endpoint counts events")
        if kind not in ("time", "hierarchy") and name in _ON_EVENTS:
            raise RefusedError(f"effect.{name}", "acts on events; the endpoint counts none")
    if it.treatment_death and not plan.events:
        raise RefusedError("effect.treatment_death", "needs [[events]] with the hazards without treatment")


def check_changes(plan: Plan) -> None:
    """Means, standard deviations and correlations of one's own, one for each visit."""
    it = plan.endpoint
    if it is None or it.changes is None:
        return
    if family(plan) != "change":
        raise RefusedError("endpoint.changes", f"belongs to a change, not to {it.measure}")
    if isinstance(plan.design, kinds.Simon):
        raise RefusedError("endpoint.changes", "belongs to a change")
    visits = len(it.weeks) - 1
    for name in ("mean", "sd"):
        size = len(getattr(it.changes, name))
        if size != visits:
            raise RefusedError(f"endpoint.changes.{name}", f"has {size} entries for {visits} visits")
    for place, value in enumerate(it.changes.sd):
        positive(value, f"endpoint.changes.sd[{place}]")
    if it.changes.correlation:
        matrix = correlation(it.changes.correlation, "endpoint.changes.correlation")
        if len(matrix) != visits:
            raise RefusedError("endpoint.changes.correlation", f"is not {visits} × {visits}")
    elif visits > 1 and method(plan) != "ancova":
        raise RefusedError("endpoint.changes.correlation", "is needed where several visits are analysed")
