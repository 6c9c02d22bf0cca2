"""The plans in the reference are plans."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from scleroscope.design.kinds import Design, kind_of
from scleroscope.design.plan import Measure, Method, plan

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "plans.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
SITES = {"count": 30, "screened_per_month": 1.0}
TWO_ARMS: dict[str, Any] = {
    "endpoint": {"measure": "mrss_change", "week": 52, "visits": [13, 26, 39]},
    "arms": {"n": 120},
}


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_the_reference_is_a_plan_or_a_part_of_one(block: str) -> None:
    part = tomllib.loads(block)
    kind = part.get("design", {}).get("kind", "fixed")
    rest: dict[str, Any] = {"title": "x"}
    if kind not in ("boin", "crm", "three_plus_three"):
        rest |= TWO_ARMS
    if kind in ("simon", "platform"):
        rest = {name: value for name, value in rest.items() if name != "arms"} | {"sites": SITES}
    assert plan(rest | part)


def test_the_reference_names_every_kind_of_design_measure_and_analysis() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(Design)}
    shown = {kind_of(plan({"title": "x"} | TWO_ARMS).design)}
    shown |= set(re.findall(r'kind = "(\w+)"', TEXT))
    assert kinds == shown
    assert [name for name in (*get_args(Measure), *get_args(Method)) if f"`{name}`" not in TEXT] == []
