"""One block of trials: which kernel runs on which data of the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scleroscope.design import kinds
from scleroscope.design.follow_up import Pairs, Times
from scleroscope.design.measures import method
from scleroscope.design.outcome import Outcomes, Series
from scleroscope.design.population.course import WEEKS_A_YEAR
from scleroscope.design.trials.enrol import Door

if TYPE_CHECKING:
    from scleroscope.design.stage import Data, Stage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Sizes = NDArray[np.int64]
Common = tuple[Door, int, Sizes]


def block_table(stage: Stage, part: str, suitable: Flags, first: int, sizes: Sizes) -> Floats:
    """Trials first … with these sizes → a table of one row each.

    `part` is "end" (the plan's endpoint), "switch" (a delayed start before controls are treated), "simon",
    or "platform"; the first two give the four columns of `trials`.
    """
    if part == "simon":
        return _simon(stage, suitable, first, sizes)
    if part == "platform":
        return _platform(stage, suitable, first, sizes)
    data = stage.switch if part == "switch" else stage.data
    if data is None:
        raise ValueError(f"the plan has no {part} to run")
    door = Door(stage.plan.seed, stage.plan.arms.ratio, suitable, stage.levels, stage.strata)
    common = (door, first, np.ascontiguousarray(sizes))
    return _compare(stage, data, common)


def _compare(stage: Stage, data: Data, common: Common) -> Floats:
    named = method(stage.plan)
    if isinstance(data, Times):
        from scleroscope.design.trials import events

        code = {"log_rank": events.LOG_RANK, "cox": events.COX, "rmst": events.RMST}[named]
        return events.event_trials(*common, data.times, data.events, code, _horizon(stage))
    if isinstance(data, Pairs):
        from scleroscope.design.trials import pairs

        code = {"finkelstein_schoenfeld": pairs.FINKELSTEIN_SCHOENFELD, "win_ratio": pairs.WIN_RATIO}[named]
        return pairs.pair_trials(*common, data.values, data.events, data.kinds, data.thresholds, code)
    if isinstance(data, Series):
        return _by_visit(stage, data, common)
    if data.responder:
        from scleroscope.design.trials import response

        code = {"score": response.SCORE, "fisher": response.FISHER, "cmh": response.CMH}[named]
        both = np.column_stack([data.untreated, data.treated])
        return response.responder_trials(*common, both, code)
    from scleroscope.design.trials.change import change_trials

    return change_trials(*common, people_table(data))


def people_table(data: Outcomes) -> Floats:
    """One row a person, as `change_trials` draws them."""
    return np.column_stack(
        [data.baseline, data.untreated, data.treated, data.untreated_weight, data.treated_weight]
    )


def _horizon(stage: Stage) -> float:
    endpoint = stage.plan.endpoint
    if endpoint is None:
        return 0.0
    return float(stage.plan.analysis.horizon_week or endpoint.week)


def _by_visit(stage: Stage, data: Series, common: Common) -> Floats:
    it = stage.plan.analysis
    if it.missing != "left_out":
        from scleroscope.design.trials import imputed

        code = {
            "at_random": imputed.AT_RANDOM,
            "jump_to_reference": imputed.JUMP_TO_REFERENCE,
            "copy_reference": imputed.COPY_REFERENCE,
            "copy_increments": imputed.COPY_INCREMENTS,
        }[it.missing]
        return imputed.imputed_trials(
            *common, data.baseline, data.untreated, data.treated, code, it.imputations
        )
    from scleroscope.design.trials import repeated

    adjust = method(stage.plan) == "mmrm"
    unit = 1.0
    if adjust:
        model = repeated.visit_model(data.weeks.size, stage.strata)
    else:
        unit = float(data.weeks[-1] - data.weeks[0]) / WEEKS_A_YEAR  # fit in units of the whole schedule
        scaled = (data.weeks - data.weeks[0]) / (data.weeks[-1] - data.weeks[0])
        model = repeated.slope_model(scaled, stage.strata)
    table = repeated.repeated_trials(
        *common, data.baseline, data.untreated, data.treated, adjust, model[0], model[1], model[2], model[3]
    )
    table[:, :2] /= unit
    return table


def _simon(stage: Stage, suitable: Flags, first: int, sizes: Sizes) -> Floats:
    from scleroscope.design.conduct_other import two_stage
    from scleroscope.design.trials.response import simon_trials

    design, data = stage.plan.design, stage.data
    if not (isinstance(design, kinds.Simon) and isinstance(data, Outcomes)):
        raise TypeError("simon needs responders")
    rule = two_stage(design, stage.plan.analysis.alpha)
    return simon_trials(
        stage.plan.seed, first, sizes.size, suitable, data.treated, rule.r1, rule.n1, rule.r, rule.n
    )


def _platform(stage: Stage, suitable: Flags, first: int, sizes: Sizes) -> Floats:
    from scleroscope.design.conduct_other import platform_periods
    from scleroscope.design.trials.platform import platform_trials

    design = stage.plan.design
    if not isinstance(design, kinds.Platform):
        raise TypeError("the plan is no platform")
    counts, _ = platform_periods(stage.plan, float(suitable.mean()))
    people = np.stack([people_table(each) for each in stage.treatments])
    return platform_trials(
        stage.plan.seed, first, sizes.size, suitable, people, counts,
        design.control == "concurrent", stage.treatments[0].responder,
    )  # fmt: skip
