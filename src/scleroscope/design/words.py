"""A plan in words: design, estimand, analysis; for the report and the command."""

from __future__ import annotations

from scleroscope.design import kinds
from scleroscope.design.measures import family, method, method_words, name_of
from scleroscope.design.plan import Endpoint, Plan

_MISSING = {
    "left_out": "Patients without a value are left out of it",
    "at_random": "Missing visits are filled in from the patient's own arm (missing at random)",
    "jump_to_reference": "Missing visits are filled in from the control arm (jump to reference)",
    "copy_reference": "Missing visits are filled in as if from the control arm throughout (copy reference)",
    "copy_increments": "Missing visits follow the control arm's changes (copy increments in reference)",
}
_EVENT = {
    "ignored": "values after it count",
    "missing": "values after it are missing",
    "failure": "is a failure",
}


def measure_words(endpoint: Endpoint) -> str:
    """The endpoint in one phrase."""
    if endpoint.measure == "hierarchy":
        return ", then ".join(name_of(rank.measure) for rank in endpoint.hierarchy)
    return name_of(endpoint.measure)


def intercurrent_words(endpoint: Endpoint) -> str:
    """What dropout and rescue do to the endpoint."""
    return f"dropout: {_EVENT[endpoint.dropout]}; rescue treatment: {_EVENT[endpoint.rescue]}"


def analysis_words(plan: Plan) -> str:
    """The analysis in sentences."""
    if isinstance(plan.design, kinds.DoseFinding):
        return "Toxicities are counted by dose; no arms are compared."
    if isinstance(plan.design, kinds.Simon):
        return f"Responders of one arm are counted; exact binomial rule, one-sided {plan.analysis.alpha:g}."
    text = f"The arms are compared by {method_words(plan)}"
    if plan.arms.strata:
        text += f", stratified by {'; '.join(plan.arms.strata)}"
    sides = "one-sided" if claims_benefit(plan) else "two-sided"
    alpha = plan.analysis.alpha / 2 if claims_benefit(plan) else plan.analysis.alpha
    text += f"; {sides} alpha {alpha:g}."
    if family(plan) in ("change", "index", "slope") and method(plan) == "ancova":
        text += f" {_MISSING[plan.analysis.missing]}"
        text += f", {plan.analysis.imputations} times." if plan.analysis.missing != "left_out" else "."
    return text


def claims_benefit(plan: Plan) -> bool:
    """Whether a trial claims benefit alone (at half of alpha), not a difference of either direction."""
    design = plan.design
    if isinstance(design, kinds.GroupSequential):
        return design.futility is not None
    return isinstance(design, kinds.Reestimation | kinds.Enrichment)


def design_words(plan: Plan) -> str:
    """The design in a sentence."""
    match plan.design:
        case kinds.GroupSequential() as it:
            looks = ", ".join(f"{look:.0%}" for look in it.looks)
            text = f"Group-sequential: looks at {looks} of the patients, {_spending(it.spending, it.gamma)}"
            if it.futility is None:
                return f"{text} for efficacy."
            futility = _spending(it.futility, it.futility_gamma)
            return f"{text} for efficacy, {futility} for futility (non-binding)."
        case kinds.Reestimation() as it:
            return (
                f"Sample size looked at again after {it.interim:.0%}: where conditional power lies from "
                f"{it.promising:.0%} to {it.power:.0%} the trial grows, to {it.largest} patients at most."
            )
        case kinds.Enrichment() as it:
            return (
                f"Adaptive enrichment: after {it.interim:.0%} the trial goes on with everybody, with the "
                f"subgroup {it.subgroup} alone, or stops."
            )
        case kinds.Simon() as it:
            return (
                f"Simon's {it.choice} two-stage design: is the response rate {it.poor:.0%}, or at least "
                f"{it.good:.0%} (power {it.power:.0%})?"
            )
        case kinds.Platform() as it:
            months = ", ".join(f"{month:g}" for month in it.opens)
            return (
                f"Platform: {len(it.opens)} treatments, opening in month {months}, with one shared control."
            )
        case kinds.DelayedStart() as it:
            return (
                f"Delayed start: controls are treated too from week {it.switch_week:g} on; {it.lasting:.0%} "
                "of the effect is lasting, the rest is relief that late starters catch up with."
            )
        case _:
            return _dose_words(plan.design)


def _dose_words(design: kinds.Design) -> str:
    match design:
        case kinds.ThreePlusThree():
            return f"3 + 3 on {len(design.toxicity)} doses."
        case kinds.Crm():
            return (
                f"Continual reassessment on {len(design.toxicity)} doses: target toxicity "
                f"{design.target:.0%}, {design.cohorts} cohorts of {design.cohort}."
            )
        case kinds.Boin():
            return (
                f"BOIN on {len(design.toxicity)} doses: target toxicity {design.target:.0%}, "
                f"{design.cohorts} cohorts of {design.cohort}."
            )
        case _:
            return "Parallel arms, one analysis at the end."


def _spending(name: str, gamma: float) -> str:
    if name == "hwang_shih_decani":
        return f"Hwang–Shih–DeCani spending (γ = {gamma:g})"
    return "O'Brien–Fleming spending" if name == "obrien_fleming" else "Pocock spending"


def no_effect(plan: Plan) -> bool:
    """Whether the plan assumes no effect: then the share of trials that claim one is the type I error."""
    nothing = type(plan.effect)()
    return plan.effect == nothing and not isinstance(plan.design, kinds.DoseFinding | kinds.Simon)


def power_words(plan: Plan) -> str:
    """What the share of trials with a claim is called."""
    if isinstance(plan.design, kinds.Simon):
        return "declared worthy"
    return "type I error" if no_effect(plan) else "power"
