"""What no plan may be: each check names the place and the reason, before any simulation."""

from __future__ import annotations

from scleroscope.design import kinds
from scleroscope.design.check_parts import check_changes, check_effect, check_events, check_hierarchy
from scleroscope.design.measures import FAMILY, METHODS, STRATIFIED, family, method
from scleroscope.design.plan import Plan
from scleroscope.design.refuse import RefusedError, effect, fractions, patients, positive, share

_MANY_STRATA = 4  # lines; two answers and "unknown" each


def checked(plan: Plan) -> Plan:
    """The same plan when a trial can be so; RefusedError otherwise."""
    if plan.trials < 1:
        raise RefusedError("trials", "at least one trial is needed")
    if plan.population.size < 1000:
        raise RefusedError("population.size", "at least 1000 people, so that the criteria leave some")
    _overrides(plan)
    if isinstance(plan.design, kinds.DoseFinding):
        _dose_finding(plan)
        return plan
    share(plan.analysis.alpha, "analysis.alpha")
    _endpoint(plan)
    check_hierarchy(plan)
    check_events(plan)
    check_effect(plan)
    check_changes(plan)
    _analysis(plan)
    _design(plan)
    if isinstance(plan.design, kinds.Simon | kinds.Platform):
        _sizes_elsewhere(plan)
    else:
        _arms(plan)
    return plan


def _endpoint(plan: Plan) -> None:
    it = plan.endpoint
    if it is None:
        raise RefusedError("endpoint", "is missing: say what is measured, and in which week")
    if it.week <= 0 or it.weeks[0] < 0 or it.weeks[-1] != it.week:
        raise RefusedError("endpoint.visits", "weeks from 0 to the endpoint's week, none beyond")
    for name, value in (("dropout", it.dropout), ("rescue", it.rescue)):
        if value == "failure" and family(plan) != "response":
            raise RefusedError(f"endpoint.{name}", "only a yes/no endpoint can count it as a failure")


def _arms(plan: Plan) -> None:
    it = plan.arms
    if min(it.ratio) < 1:
        raise RefusedError("arms.ratio", "each arm needs a weight of at least 1")
    if (it.n is None) == (it.power is None):
        raise RefusedError("arms.n", "give the number of patients, or a power to be reached, not both")
    if it.n is not None:
        patients(it.n, "arms.n", least=6)
    if it.power is not None:
        share(it.power, "arms.power")
        if all(value == 0 for value in _effects(plan)):
            effect(0.0, "effect")
        if not isinstance(plan.design, kinds.Fixed):
            raise RefusedError("arms.power", "is found for a fixed design; this kind needs arms.n")
    if len(it.strata) > _MANY_STRATA:
        raise RefusedError("arms.strata", f"at most {_MANY_STRATA} lines: more leave strata empty")


def _effects(plan: Plan) -> list[float]:
    it = plan.effect
    added = [it.mrss, it.fvc_ml, it.haq_di, it.patient_global, it.physician_global]
    return [*added, it.hazard_ratio - 1.0, it.treatment_death]


def _analysis(plan: Plan) -> None:
    it, named = plan.analysis, method(plan)
    endpoint = plan.endpoint
    if endpoint is None:
        return
    after = len(endpoint.weeks) - 1
    if named == "mmrm" and after < 2:
        raise RefusedError("endpoint.visits", "mmrm needs two visits or more after baseline")
    if named == "random_slope" and after < 2:
        raise RefusedError("endpoint.visits", "random_slope needs three visits or more, with baseline")
    if it.missing != "left_out":
        if named != "ancova" or family(plan) != "change":
            raise RefusedError(
                "analysis.missing", f"{it.missing} fills in changes for ancova; {named} leaves out or models"
            )
        if it.imputations < 2:
            raise RefusedError("analysis.imputations", "needs 2 or more, to see how they differ")
    if plan.arms.strata and named not in STRATIFIED:
        allowed = [each for each in METHODS[family(plan)] if each in STRATIFIED]
        better = f"use {' or '.join(allowed)}" if allowed else "no analysis of this endpoint does"
        raise RefusedError("arms.strata", f"{named} does not take strata into account; {better}")
    if plan.arms.strata and it.missing != "left_out":
        raise RefusedError("arms.strata", "multiple imputation does not take strata into account")
    if it.horizon_week is not None:
        if named != "rmst":
            raise RefusedError("analysis.horizon_week", f"belongs to rmst, not to {named}")
        if not 0 < it.horizon_week <= endpoint.week:
            raise RefusedError("analysis.horizon_week", "lies after 0 and not after the endpoint's week")


def _dose_finding(plan: Plan) -> None:
    from scleroscope.design.designs.doses import rates

    kind = kinds.kind_of(plan.design)
    for name, empty in (
        ("endpoint", plan.endpoint is None),
        ("events", not plan.events),
        ("effect", plan.effect == type(plan.effect)()),
        ("analysis", plan.analysis == type(plan.analysis)()),
        ("arms", plan.arms == type(plan.arms)()),
    ):
        if not empty:
            raise RefusedError(name, f"a {kind} design counts toxicities by dose; leave this table out")
    it = plan.design
    if isinstance(it, kinds.DoseFinding):
        rates(it.toxicity, "design.toxicity")
    if isinstance(it, kinds.Crm | kinds.Boin):
        share(it.target, "design.target")
        patients(it.cohort, "design.cohort", least=1)
        patients(it.cohorts, "design.cohorts", least=1)
    if isinstance(it, kinds.Crm):
        positive(it.sd, "design.sd")
        share(it.stop, "design.stop")
        if it.skeleton and rates(it.skeleton, "design.skeleton").size != len(it.toxicity):
            raise RefusedError("design.skeleton", f"needs one rate for each of {len(it.toxicity)} doses")


def _sizes_elsewhere(plan: Plan) -> None:
    kind = kinds.kind_of(plan.design)
    if plan.arms.n is not None or plan.arms.power is not None:
        raise RefusedError("arms.n", f"a {kind} design brings its own number of patients; leave it out")
    if plan.arms.ratio != (1, 1) or plan.arms.strata:
        raise RefusedError("arms", f"a {kind} design has arms of its own; leave this table out")


def _design(plan: Plan) -> None:
    match plan.design:
        case kinds.GroupSequential() as it:
            fractions(it.looks, "design.looks")
            if it.futility is not None:
                share(it.power, "design.power")
        case kinds.Reestimation() as it:
            share(it.interim, "design.interim")
            share(it.promising, "design.promising")
            if share(it.power, "design.power") <= it.promising:
                raise RefusedError("design.promising", "must lie below design.power")
            if plan.arms.n is not None and it.largest <= plan.arms.n:
                raise RefusedError("design.largest", f"must be more than the {plan.arms.n} planned")
        case kinds.Enrichment() as it:
            share(it.interim, "design.interim")
        case kinds.Simon() as it:
            _simon(plan, it)
        case kinds.Platform() as it:
            _platform(plan, it)
        case kinds.DelayedStart() as it:
            _delayed(plan, it)
        case _:
            pass


def _simon(plan: Plan, it: kinds.Simon) -> None:
    if family(plan) != "response":
        raise RefusedError("design.kind", "simon counts responders; choose a responder measure")
    if plan.analysis.method is not None:
        raise RefusedError("analysis.method", "simon has one arm and an exact rule; leave the method out")
    share(it.poor, "design.poor")
    share(it.power, "design.power")
    if share(it.good, "design.good") <= it.poor:
        raise RefusedError("design.good", f"{it.good:g} is not above the poor rate {it.poor:g}")


def _platform(plan: Plan, it: kinds.Platform) -> None:
    if method(plan) not in ("ancova", "score") or plan.analysis.missing != "left_out":
        raise RefusedError("analysis.method", "a platform compares its arms by ancova or score")
    if plan.sites is None:
        raise RefusedError("sites", "a platform needs them: who shares a control depends on who came when")
    if not it.opens or len(it.patients) != len(it.opens):
        raise RefusedError("design.patients", f"has {len(it.patients)} entries for {len(it.opens)} openings")
    if it.effects and len(it.effects) != len(it.opens):
        raise RefusedError("design.effects", f"has {len(it.effects)} entries for {len(it.opens)} openings")
    if min(it.opens) < 0 or min(it.opens) > 0:
        raise RefusedError("design.opens", "the first treatment opens in month 0, none before")
    for place, count in enumerate(it.patients):
        patients(count, f"design.patients[{place}]", least=4)
    if it.control_weight is not None:
        positive(it.control_weight, "design.control_weight")


def _delayed(plan: Plan, it: kinds.DelayedStart) -> None:
    endpoint = plan.endpoint
    if endpoint is None or FAMILY[endpoint.measure] != "change" or method(plan) == "random_slope":
        raise RefusedError("design.kind", "delayed_start compares changes, by ancova or mmrm")
    if it.switch_week not in endpoint.weeks[1:-1]:
        raise RefusedError("design.switch_week", "must be one of endpoint.visits, before endpoint.week")
    if not 0 <= it.lasting <= 1:
        raise RefusedError("design.lasting", f"is a share from 0 to 1, not {it.lasting:g}")
    if plan.analysis.missing not in ("left_out", "at_random"):
        raise RefusedError("analysis.missing", "there is no untreated reference after the switch")


def _overrides(plan: Plan) -> None:
    from scleroscope.design.population.parameters import Values, parameters

    try:
        Values(plan.population.overrides)
    except ValueError as error:
        raise RefusedError("population.overrides", str(error)) from None
    for name, value in plan.population.overrides.items():
        known = parameters()[name]
        if known.unit == "share" and not 0 <= value <= 1:
            raise RefusedError(f"population.overrides.{name}", "a share lies from 0 to 1")
        if name.endswith(("_sd", ".sd")) and value < 0:
            raise RefusedError(f"population.overrides.{name}", "a standard deviation is not below 0")
        if name.endswith("correlation") and not -1 < value < 1:
            raise RefusedError(f"population.overrides.{name}", "a correlation lies between -1 and 1")
