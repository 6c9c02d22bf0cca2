"""Who else recruits the same patients, and how much of them that costs."""

from __future__ import annotations

import numpy as np
import pytest

from scleroscope.criteria.notation import parse
from scleroscope.design.competition import barred, competition
from scleroscope.design.population import draw_population
from scleroscope.model.criterion import Clause, Kind

PEOPLE = draw_population(2000, seed=4)


def _clause(kind: Kind, line: str) -> Clause:
    return Clause(
        id="I1", kind=kind, text=line, start=0, end=len(line), tree=parse(line), reading="computable"
    )


DIFFUSE = _clause("inclusion", "subset = diffuse")
NOT_DIFFUSE = _clause("exclusion", "subset = diffuse")
UNKNOWN = _clause("inclusion", "ana_titre >= 80")


def test_unknown_bars_nobody_and_settles_nobody() -> None:
    out, certain = barred(PEOPLE, [UNKNOWN])
    assert not out.any()
    assert not certain.any()


def test_inclusion_and_exclusion_of_the_same_fact_bar_everybody_between_them() -> None:
    one, _ = barred(PEOPLE, [DIFFUSE])
    other, certain = barred(PEOPLE, [NOT_DIFFUSE])
    assert np.array_equal(one, ~other)
    assert np.array_equal(certain, ~other)


def test_a_rival_with_as_many_sites_takes_half_of_those_whom_it_does_not_bar() -> None:
    found = competition(PEOPLE, 10, {"A": ("a", 10, [DIFFUSE])})
    share = float((PEOPLE["subset"] == "diffuse").mean())  # type: ignore[arg-type]
    assert found.share == pytest.approx(share / 2)
    assert found.rivals[0].not_barred == pytest.approx(share)


def test_rivals_add_up_and_sites_not_stated_count_as_one() -> None:
    found = competition(PEOPLE, 8, {"A": ("a", None, [DIFFUSE]), "B": ("b", 3, [NOT_DIFFUSE])})
    diffuse = float((PEOPLE["subset"] == "diffuse").mean())  # type: ignore[arg-type]
    assert found.share == pytest.approx(diffuse * 1 / 9 + (1 - diffuse) * 3 / 11)
    assert [rival.sites for rival in found.rivals] in ([3, None], [None, 3])


def test_a_trial_whose_criteria_are_not_known_is_told_and_not_counted() -> None:
    found = competition(PEOPLE, 10, {"A": ("a", 10, [])})
    assert found.share == 0
    assert found.unread == ("A",)
