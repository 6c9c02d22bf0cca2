"""A plan begun from a trial: what virtual patients can answer is used, the rest is said."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from scleroscope.criteria.notation import parse
from scleroscope.design.like import Begun, plan_text, weeks
from scleroscope.design.plan import plan
from scleroscope.model.criterion import Clause, Kind, Opaque


def _clause(name: str, kind: Kind, line: str) -> Clause:
    return Clause(id=name, kind=kind, text=line, start=0, end=9, tree=parse(line), reading="computable")


OPAQUE = Clause(
    id="E2", kind="exclusion", text="x", start=0, end=1, tree=Opaque(text='a "word"\nmore'), reading="opaque"
)
BEGUN: dict[str, Any] = {
    "trial": "NCT00000000",
    "title": 'A "quoted" \\ trial',
    "clauses": [
        _clause("I1", "inclusion", "subset = diffuse"),
        _clause("I2", "inclusion", "ana_titre >= 80"),
        _clause("I3", "inclusion", "age > 119"),
        _clause("E1", "exclusion", "pregnant"),
        OPAQUE,
    ],
    "endpoints": ["mrss", "haq_di"],
    "times": ["48 weeks"],
    "n": 120,
    "sites": 30,
}


def test_what_can_be_answered_is_asked_and_the_rest_stands_as_a_comment() -> None:
    text = plan_text(Begun(**BEGUN))
    begun = plan(tomllib.loads(text))
    assert begun.criteria.inclusion == ("subset = diffuse",)
    assert begun.criteria.exclusion == ("pregnant",)
    assert "# I2, not known of virtual patients: ana_titre >= 80" in text
    assert "# I3, bars every virtual patient" in text
    assert "# E2, not computable" in text
    assert begun.like == "NCT00000000"
    assert (begun.arms.n, begun.endpoint and begun.endpoint.week) == (120, 48)
    assert begun.endpoint is not None
    assert begun.endpoint.measure == "mrss_change"
    assert begun.sites is not None
    assert begun.sites.count == 30


def test_what_a_record_does_not_say_is_marked() -> None:
    text = plan_text(Begun(**(BEGUN | {"endpoints": ["itch"], "times": [], "n": None, "sites": None})))
    assert plan(tomllib.loads(text)).sites is None
    assert text.count("# the record") == 3


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (["Week 24", "baseline to week 48"], 48),
        (["12 months"], 52),
        (["2 years"], 104),
        (["90 days"], 13),
        (["at the end"], None),
        ([], None),
    ],
)
def test_the_latest_time_is_the_endpoints_week(times: list[str], found: float | None) -> None:
    assert weeks(times) == found
