"""Plans: what is wrong is refused with its place before any simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scleroscope.design.examples import example, example_text, example_texts
from scleroscope.design.plan import plan, read_plan
from scleroscope.design.refuse import RefusedError
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
