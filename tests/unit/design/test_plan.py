"""Plans: what is wrong is refused with its place before any simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.design.plans import EVENTS, RANKS, visits

from scleroscope.design.examples import example, example_text, example_texts
from scleroscope.design.plan import plan, read_plan
from scleroscope.design.refuse import RefusedError
from scleroscope.design.stage import set_up
from scleroscope.model.problem import NotFound

GOOD: dict[str, Any] = {
    "title": "a trial",
    "endpoint": {"measure": "mrss_change", "week": 52},
    "arms": {"n": 100},
}


def test_the_least_plan_is_a_plan() -> None:
    assert plan(GOOD).endpoint.weeks == (0.0, 52.0)


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({"tittle": "x"}, "tittle"),
        ({"endpoint": {"measure": "mrs_change", "week": 52}}, r"endpoint\.measure"),
        ({"endpoint": {"measure": "mrss_change", "week": 0}}, r"endpoint\.visits"),
        ({"endpoint": {"measure": "mrss_change", "week": 52, "visits": [60]}}, r"endpoint\.visits"),
        ({"arms": {"n": 3}}, r"arms\.n"),
        ({"arms": {"n": 100, "ratio": [1, 0]}}, r"arms\.ratio"),
        ({"arms": {"n": "many"}}, r"arms\.n"),
        ({"analysis": {"alpha": 5}}, r"analysis\.alpha"),
        ({"design": {"kind": "group_sequential", "looks": [0.5, 0.5, 1]}}, r"design\.looks"),
        ({"design": {"looks": [0.5, 1]}}, r"design\.looks"),
        ({"sites": {"count": 0, "screened_per_month": 1}}, r"sites\.count"),
        ({"population": {"overrides": {"mrss.limited.mode": 1}}}, r"population\.overrides"),
        ({"population": {"overrides": {"course.dropout.per_year": 1.4}}}, r"course\.dropout\.per_year"),
        ({"population": {"overrides": {"course.haq_di.sd": -1}}}, r"course\.haq_di\.sd"),
        ({"population": {"size": 10}}, r"population\.size"),
    ],
)
def test_a_fault_is_refused_with_its_place(fault: dict[str, Any], place: str) -> None:
    with pytest.raises(RefusedError, match=place):
        plan(GOOD | fault)


TIMED = {"endpoint": {"measure": "death", "week": 260}}
HIERARCHY = {"endpoint": {"measure": "hierarchy", "week": 52, "hierarchy": RANKS}, "events": EVENTS}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"endpoint": None}, r"^endpoint: is missing"),
        (
            {"analysis": {"method": "log_rank"}},
            r"analysis\.method: log_rank does not compare changes; ancova",
        ),
        (TIMED | {"analysis": {"method": "ancova"}}, r"analysis\.method: .*log_rank, cox, rmst do"),
        ({"analysis": {"method": "mmrm"}}, r"endpoint\.visits: mmrm needs two visits"),
        ({"analysis": {"missing": "jump_to_reference", "imputations": 1}}, r"analysis\.imputations"),
        (TIMED | {"analysis": {"missing": "at_random"}}, r"analysis\.missing: at_random fills in changes"),
        (TIMED | {"analysis": {"horizon_week": 52}}, r"analysis\.horizon_week: belongs to rmst"),
        (TIMED | {"analysis": {"method": "rmst", "horizon_week": 300}}, r"analysis\.horizon_week: lies"),
        (
            {"endpoint": visits("mrss_responder"), "arms": {"n": 99, "strata": ["anti_scl70"]}},
            r"arms\.strata: score does not take strata into account; use cmh",
        ),
        (HIERARCHY | {"arms": {"n": 99, "strata": ["anti_scl70"]}}, r"arms\.strata: .*no analysis of this"),
        ({"endpoint": visits("mrss_change", dropout="failure")}, r"endpoint\.dropout: only a yes/no"),
        ({"endpoint": visits("mrss_change", hierarchy=RANKS)}, r"endpoint\.hierarchy: belongs to measure"),
        ({"endpoint": visits("hierarchy", hierarchy=RANKS[:1])}, r"endpoint\.hierarchy: name two"),
        ({"endpoint": visits("event_free_survival")}, r"events: event_free_survival needs"),
        ({"events": EVENTS}, r"events: the endpoint counts no events"),
        (TIMED | {"risk": {"age": 1.05}}, r"risk: moves the hazards"),
        (TIMED | {"events": EVENTS[1:]}, r"events: one of them must be fatal"),
        (TIMED | {"events": EVENTS, "risk": {"agee": 1.05}}, r"risk\.agee: no such field"),
        (TIMED | {"events": EVENTS, "risk": {"subset": 2}}, r"risk\.subset: is a text"),
        (TIMED | {"events": EVENTS, "risk": {"age": 0}}, r"risk\.age: must be above 0"),
        (TIMED | {"events": [EVENTS[0] | {"years": [1, 2]}]}, r"events\[0\]\.years: the first"),
        (TIMED | {"events": [EVENTS[0] | {"years": [0, 0]}]}, r"events\[0\]\.years\[1\]"),
        (TIMED | {"events": [EVENTS[0] | {"per_year": [0.1]}]}, r"events\[0\]\.per_year: has 1 hazards"),
        (TIMED | {"events": [EVENTS[0] | {"per_year": [0.1, -1]}]}, r"events\[0\]\.per_year\[1\]"),
        (TIMED | {"effect": {"mrss": -3}}, r"effect\.mrss: acts on a measure"),
        ({"effect": {"hazard_ratio": 0.5}}, r"effect\.hazard_ratio: acts on events"),
        (TIMED | {"effect": {"hazard_ratio": 0}}, r"effect\.hazard_ratio: must be above 0"),
        (TIMED | {"effect": {"treatment_death": 0.1}}, r"effect\.treatment_death: needs"),
        ({"arms": {"power": 0.9}}, r"effect: is 0: power at no effect is the type I error"),
        ({"arms": {"n": 100, "power": 0.9}}, r"arms\.n: give the number of patients, or a power"),
        ({"arms": {"power": 90}, "effect": {"mrss": -3}}, r"arms\.power: must lie between 0 and 1"),
        ({"endpoint": visits("mrss_change", changes={"mean": [0], "sd": [1]})}, r"changes\.mean: has 1"),
        (
            {"endpoint": {"measure": "mrss_change", "week": 52, "changes": {"mean": [0], "sd": [-7.5]}}},
            r"endpoint\.changes\.sd\[0\]: must be above 0",
        ),
        (
            {
                "endpoint": {
                    "measure": "mrss_change",
                    "week": 52,
                    "visits": [26],
                    "changes": {"mean": [0, 0], "sd": [7, 7], "correlation": [[1, 2], [2, 1]]},
                }
            },
            r"endpoint\.changes\.correlation: is not positive definite",
        ),
        ({"population": {"overrides": {"course.core_items.correlation": 1.2}}}, r"lies between -1 and 1"),
        ({"design": {"kind": "boin", "toxicity": [0.1], "target": 0.3}}, r"endpoint: a boin design counts"),
        ({"design": {"kind": "fixd"}}, r"design"),
        ({"design": {"kind": "boin", "looks": [1]}}, r"design\.looks: no key of a boin design"),
        ({"design": {"kind": "reestimation", "largest": 100}}, r"design\.largest: must be more than"),
        ({"design": {"kind": "simon", "poor": 0.3, "good": 0.5}}, r"design\.kind: simon counts responders"),
        (
            {"endpoint": visits("mrss_responder"), "design": {"kind": "simon", "poor": 0.3, "good": 0.5}},
            r"arms\.n: a simon design brings its own",
        ),
        ({"design": {"kind": "platform", "opens": [0], "patients": [50]}}, r"sites: a platform needs them"),
        ({"design": {"kind": "delayed_start", "switch_week": 26}}, r"design\.switch_week: must be one of"),
        (
            {
                "arms": {"power": 0.9},
                "effect": {"mrss": -3},
                "design": {"kind": "reestimation", "largest": 9},
            },
            r"arms\.power: is found for a fixed design",
        ),
    ],
)
def test_parts_that_do_not_go_together_are_refused_with_place_and_reason(
    fault: dict[str, Any], said: str
) -> None:
    parts = {name: value for name, value in (GOOD | fault).items() if value is not None}
    with pytest.raises(RefusedError, match=said):
        plan(parts)


@pytest.mark.parametrize(
    "design",
    [
        {"kind": "three_plus_three", "toxicity": [0.3, 0.1]},
        {"kind": "crm", "toxicity": [0.1, 0.3], "target": 0.3, "skeleton": [0.2]},
        {"kind": "boin", "toxicity": [0.1, 1.3], "target": 0.3},
    ],
)
def test_dose_finding_with_impossible_rates_is_refused(design: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=r"design\.(toxicity|skeleton)"):
        plan({"title": "x", "design": design})


@pytest.mark.parametrize(
    ("line", "place"), [({"subgroup": "anti_scl71"}, "subgroup"), ({"subgroup": "age >= 0"}, "subgroup")]
)
def test_a_subgroup_must_be_notation_and_hold_some_but_not_all(line: dict[str, str], place: str) -> None:
    asked = plan(GOOD | {"design": {"kind": "enrichment"} | line, "population": {"size": 1000}})
    with pytest.raises(RefusedError, match=rf"design\.{place}"):
        set_up(asked)


def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"plan\.toml.*not TOML"):
        read_plan(path)


def test_at_least_eight_published_trials_ship_as_checked_plans() -> None:
    plans = [example(name) for name in example_texts()]
    assert len(plans) >= 8
    assert all(each.like and each.source for each in plans)


def test_an_example_is_found_by_the_registry_id_of_its_trial() -> None:
    assert example_text("NCT02453256") == example_text("focussced")
    with pytest.raises(NotFound, match="focussced"):
        example_text("NCT99999999")
