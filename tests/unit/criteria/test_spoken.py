"""Numbers and times in words: what a conversion leaves behind the digits is not read out."""

from __future__ import annotations

import pytest

from scleroscope.criteria import clinician_words, patient_words, spoken
from scleroscope.criteria.notation import format_tree, parse
from scleroscope.knowledge import units


@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
@pytest.mark.parametrize("count", range(1, 25))
def test_every_whole_time_is_said_as_a_whole_time_of_the_same_length(unit: str, count: int) -> None:
    weeks = units.convert(count, unit, "weeks")
    said, of = spoken.duration(weeks).split()
    assert said.isdigit()
    plural = of if of.endswith("s") else f"{of}s"
    assert units.convert(float(said), plural, "weeks") == pytest.approx(weeks)


def test_words_are_rounded_and_the_notation_is_not() -> None:
    tree = parse("creatinine_mg_dl < 177 umol/L")
    assert "2.002 mg/dL" in patient_words.say(tree)
    assert clinician_words.say(tree).endswith("< 2.002 mg/dL")
    assert format_tree(tree) == "creatinine_mg_dl < 2.00226244344"


def test_a_stable_dose_of_three_months_is_three_months() -> None:
    tree = parse("taking mycophenolate stable for >= 3 months")
    assert clinician_words.say(tree).endswith("stable for ≥ 3 months")
    assert "at least 3 months" in patient_words.say(tree)
