"""Where a trial's criteria come from, and what becomes of a trial of which none are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scleroscope.criteria.facts import facts
from scleroscope.match.match import Nearest, TrialMatch, match, prepare
from scleroscope.match.readings import Reading, reading
from scleroscope.match.store import kept_readings
from scleroscope.model.quantity import Quantity
from scleroscope.model.study import AgeBound, EligibilityText, Study
from scleroscope.patients.profile import patient


def study(identity: str, **eligibility: Any) -> Study:
    return Study(id=identity, registry="ctgov", status="recruiting",
                 eligibility=EligibilityText(**eligibility) if eligibility else None)  # fmt: skip


def years(count: float) -> AgeBound:
    return AgeBound(age=Quantity(value=count, unit="year"))


def one(found: Study, **known: Any) -> TrialMatch:
    return match(prepare((reading(found),)), facts(patient({"id": "x", **known})))[0]


def test_a_text_is_read_and_its_words_stand_beside_our_reading() -> None:
    told = one(study("T1", text="Inclusion Criteria:\n\n* Age at least 18 years\n"), age=12)
    assert (told.verdict, told.criteria_from) == ("ineligible", "parsed")
    assert "Age at least 18" in (told.reasons[0].words or "")


def test_the_registrys_bounds_rule_out_even_where_no_criteria_are_known() -> None:
    bounded = study("T2", minimum_age=years(18), maximum_age=years(75), sex="female")
    assert one(bounded, age=50, sex="female").verdict == "not_known"
    assert one(bounded, age=50, sex="male").verdict == "ineligible"
    assert one(bounded, age=76).verdict == "ineligible"
    assert one(bounded, age=75.9).verdict == "not_known"  # 75 completed years
    assert one(bounded, age=17).verdict == "ineligible"


def test_a_trial_without_criteria_is_never_eligible() -> None:
    assert one(study("T3"), age=50).verdict == "not_known"
    assert one(study("T4", text="  \n"), age=50).verdict == "not_known"


def test_a_bound_in_months_is_one_in_years() -> None:
    months = study("T5", minimum_age=AgeBound(age=Quantity(value=6, unit="month")))
    assert one(months, age=0.4).verdict == "ineligible"
    assert one(months, age=0.6).verdict == "not_known"


def test_rank_is_by_verdict_then_missing_facts_then_distance_of_a_recruiting_site() -> None:
    text = "Inclusion Criteria:\n\n* mRSS at least 15\n"
    more = f"{text}* FVC at least 45 % of predicted\n"
    trials = prepare(
        tuple(map(reading, (study("M", text=more), study("FAR", text=text), study("SHUT", text=text),
                            study("NEAR", text=text), study("NO", minimum_age=years(60)), study("NONE"))))
    )  # fmt: skip
    near = {
        "FAR": Nearest(distance_km=900, status="recruiting"),
        "NEAR": Nearest(distance_km=5, status="recruiting"),
        "SHUT": Nearest(distance_km=1, status="completed"),
        "M": Nearest(distance_km=1, status="recruiting"),
    }
    ranked = match(trials, facts(patient({"id": "x", "age": 50})), near)
    assert [each.id for each in ranked] == ["NEAR", "FAR", "SHUT", "M", "NONE", "NO"]


def test_readings_are_kept_and_made_anew_when_the_catalogue_changes(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.sqlite"
    catalogue.write_bytes(b"one")
    asked: list[int] = []

    def studies() -> list[Study]:
        asked.append(1)
        return [study("T", text="Inclusion Criteria:\n\n* Age at least 18 years\n")]

    first = kept_readings(catalogue, studies, tmp_path / "cache")
    again = kept_readings(catalogue, studies, tmp_path / "cache")
    assert (first, len(asked)) == (again, 1)
    assert isinstance(first[0], Reading)
    catalogue.write_bytes(b"another")
    kept_readings(catalogue, studies, tmp_path / "cache")
    assert len(asked) == 2
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 1
    kept[0].write_bytes(b"damaged")
    assert kept_readings(catalogue, studies, tmp_path / "cache") == first
