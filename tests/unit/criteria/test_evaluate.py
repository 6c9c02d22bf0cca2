"""What one criterion means for one patient."""

from __future__ import annotations

from typing import Any as AnyValue

import pytest

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.judge import judge, missing
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Clause,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Interval,
    Is,
    Not,
    Opaque,
    Taking,
)
from scleroscope.model.truth import Truth
from scleroscope.patients.profile import patient

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def ask(tree: Criterion, **record: AnyValue) -> Truth:
    return evaluate(tree, patient({"id": "x", **record}))


def drug(name: str, **keys: AnyValue) -> dict[str, AnyValue]:
    return {"name": name, **keys}


def test_what_follows_by_definition_is_known() -> None:
    assert ask(Has(field="acr_eular_2013"), ssc=False) is NO
    assert ask(Has(field="acr_eular_2013"), ssc=True) is UNKNOWN
    assert ask(Has(field="ssc"), subset="limited") is YES
    assert ask(Is(field="subset", values=("diffuse",)), ssc=False) is NO
    assert ask(Has(field="pregnant"), sex="male") is NO
    assert ask(Has(field="pregnant"), sex="female") is UNKNOWN
    assert ask(Has(field="active_infection"), active_tuberculosis=True) is YES
    assert ask(Has(field="active_infection"), active_tuberculosis=False) is UNKNOWN
    assert ask(Has(field="infected_ulcer"), digital_ulcer_history=False) is NO


def test_a_given_value_is_not_replaced_by_what_follows() -> None:
    assert ask(Has(field="acr_eular_2013"), ssc=False, acr_eular_2013=True) is YES


def test_another_wording_of_a_cancer_may_be_the_same_cancer() -> None:
    exempt = Is(field="malignancy_type", values=("basal_cell_carcinoma",))
    assert ask(exempt, malignancy_type="BCC") is YES
    assert ask(exempt, malignancy_type="melanoma") is NO
    assert ask(exempt, malignancy_type="a rodent ulcer") is UNKNOWN


RITUXIMAB = Taking(names=("rituximab",), when="ever", within_weeks=13)


def test_a_drug_that_is_not_listed_is_unknown_unless_the_list_is_complete() -> None:
    assert ask(RITUXIMAB) is UNKNOWN
    assert ask(RITUXIMAB, treatments=[drug("methotrexate", taking=True)]) is UNKNOWN
    assert ask(RITUXIMAB, treatments=[], complete=["treatments"]) is NO
    assert ask(RITUXIMAB, treatments=[drug("methotrexate", taking=True)], complete=["treatments"]) is NO


def test_an_unrecognised_name_may_be_any_drug() -> None:
    assert ask(RITUXIMAB, treatments=[drug("qwertymab", taking=True)], complete=["treatments"]) is UNKNOWN


def test_a_listed_drug_settles_its_window() -> None:
    assert ask(RITUXIMAB, treatments=[drug("rituximab", weeks_since_last=20)]) is NO
    assert ask(RITUXIMAB, treatments=[drug("rituximab", weeks_since_last=8)]) is YES
    assert ask(RITUXIMAB, treatments=[drug("rituximab", taking=True)]) is YES
    assert ask(RITUXIMAB, treatments=[drug("rituximab", taking=False)]) is UNKNOWN
    assert ask(RITUXIMAB, treatments=[drug("MabThera", weeks_since_last=8)]) is YES


def test_a_class_stands_for_its_members() -> None:
    antagonist = Taking(names=("endothelin_receptor_antagonist",))
    assert ask(antagonist, treatments=[drug("bosentan", taking=True)]) is YES
    assert ask(antagonist, treatments=[drug("bosentan", taking=False)]) is UNKNOWN  # ambrisentan?
    assert ask(antagonist, treatments=[drug("bosentan", taking=False)], complete=["treatments"]) is NO
    assert ask(antagonist, treatments=[drug("an endothelin receptor antagonist", taking=True)]) is YES
    assert (
        ask(Taking(names=("bosentan",)), treatments=[drug("an endothelin receptor antagonist", taking=True)])
        is UNKNOWN
    )


def test_an_exception_is_taken_out_of_its_class() -> None:
    other = Taking(names=("immunosuppressant",), except_names=("methotrexate",))
    assert ask(other, treatments=[drug("methotrexate", taking=True)], complete=["treatments"]) is NO
    assert ask(other, treatments=[drug("azathioprine", taking=True)]) is YES


def test_past_is_before_and_not_now() -> None:
    before = Taking(names=("tocilizumab",), when="past")
    assert ask(before, treatments=[drug("Actemra", weeks_since_last=30)]) is YES
    assert ask(before, treatments=[drug("Actemra", taking=True)]) is NO


TEN = Interval(high=10, unit="mg/day")
OVER_TEN = Interval(low=10, low_open=True, unit="mg/day")


def test_a_dose_is_compared_in_one_unit() -> None:
    node = Taking(names=("prednisone",), dose=OVER_TEN)
    assert ask(node, treatments=[drug("prednisone", taking=True, dose="10 mg/day")]) is NO
    assert ask(node, treatments=[drug("prednisone", taking=True, dose="10 mg twice daily")]) is YES
    assert ask(node, treatments=[drug("prednisone", taking=True, dose="70 mg/week")]) is NO
    assert ask(node, treatments=[drug("prednisone", taking=True)]) is UNKNOWN
    assert ask(node, treatments=[drug("prednisone", taking=True, dose="a little")]) is UNKNOWN


def test_a_low_dose_now_does_not_rule_out_a_high_dose_before() -> None:
    node = Taking(names=("prednisone",), when="ever", within_weeks=8, dose=OVER_TEN)
    now = {"taking": True, "dose": "5 mg/day"}
    assert ask(node, treatments=[drug("prednisone", **now)]) is UNKNOWN
    assert ask(node, treatments=[drug("prednisone", **now, stable_weeks=4)]) is UNKNOWN
    assert ask(node, treatments=[drug("prednisone", **now, stable_weeks=8)]) is NO


def test_a_steroid_is_counted_as_another() -> None:
    node = Taking(names=("corticosteroid",), dose=OVER_TEN, equivalent="prednisone")
    assert ask(node, treatments=[drug("hydrocortisone", taking=True, dose="20 mg/day")]) is UNKNOWN  # others?
    alone = {"complete": ["treatments"]}
    assert ask(node, treatments=[drug("hydrocortisone", taking=True, dose="20 mg/day")], **alone) is NO
    assert ask(node, treatments=[drug("methylprednisolone", taking=True, dose="16 mg/day")], **alone) is YES
    assert (
        ask(node, treatments=[drug("inhaled budesonide", taking=True, dose="1 mg/day")], **alone) is UNKNOWN
    )


def test_half_lives_make_the_window() -> None:
    node = Taking(names=("adalimumab",), when="ever", within_half_lives=5)  # 5 × 14 days are 10 weeks
    assert ask(node, treatments=[drug("adalimumab", weeks_since_last=10)]) is YES
    assert ask(node, treatments=[drug("adalimumab", weeks_since_last=11)]) is NO


def test_the_sodium_salt_counts_as_more() -> None:
    node = Taking(names=("mycophenolate",), dose=Interval(low=2, unit="g/day"))
    assert ask(node, treatments=[drug("mycophenolate sodium", taking=True, dose="1440 mg/day")]) is YES
    assert ask(node, treatments=[drug("mycophenolate mofetil", taking=True, dose="1440 mg/day")]) is NO


def test_a_dose_per_kilogram_needs_the_weight() -> None:
    node = Taking(names=("cyclophosphamide",), dose=Interval(low=2, unit="mg/kg/day"))
    entry = drug("oral cyclophosphamide", taking=True, dose="150 mg/day")
    assert ask(node, treatments=[entry]) is UNKNOWN
    assert ask(node, treatments=[entry], weight=70) is YES
    assert ask(node, treatments=[entry], weight=90) is NO


def test_stability_is_bounded_by_the_whole_course() -> None:
    stable = Taking(names=("methotrexate",), stable_weeks=Interval(low=12, unit="weeks"))
    assert ask(stable, treatments=[drug("methotrexate", taking=True, stable_weeks=12)]) is YES
    assert ask(stable, treatments=[drug("methotrexate", taking=True, total_weeks=6)]) is NO
    assert ask(stable, treatments=[drug("methotrexate", taking=True, total_weeks=60)]) is UNKNOWN
    new = Taking(names=("methotrexate",), total_weeks=Interval(high=12, high_open=True, unit="weeks"))
    assert ask(new, treatments=[drug("methotrexate", taking=True, stable_weeks=60)]) is NO


def test_another_route_of_the_same_drug_may_not_be_listed() -> None:
    infused = Taking(names=("cyclophosphamide",), routes=("intravenous",), when="ever")
    assert ask(infused, treatments=[drug("oral cyclophosphamide", taking=True)]) is UNKNOWN
    assert (
        ask(infused, treatments=[drug("oral cyclophosphamide", taking=True)], complete=["treatments"]) is NO
    )


def test_intolerance_is_not_use() -> None:
    intolerant = Taking(names=("cyclophosphamide",), intolerant=True)
    assert ask(intolerant, treatments=[drug("cyclophosphamide", weeks_since_last=60)]) is UNKNOWN
    assert ask(intolerant, treatments=[drug("cyclophosphamide", intolerant=True)]) is YES
    assert ask(intolerant, treatments=[], complete=["treatments"]) is UNKNOWN


def clause(kind: AnyValue, tree: Criterion) -> Clause:
    return Clause(id="X1", kind=kind, text="…", start=0, end=1, tree=tree, reading="computable")


@pytest.mark.parametrize(
    ("kind", "record", "verdict"),
    [
        ("inclusion", {"mrss": 20}, "met"),
        ("inclusion", {"mrss": 10}, "not_met"),
        ("inclusion", {}, "unknown"),
        ("exclusion", {"mrss": 20}, "not_met"),
        ("exclusion", {"mrss": 10}, "met"),
        ("exclusion", {}, "unknown"),
    ],
)
def test_a_verdict_is_seen_from_the_patient(kind: str, record: dict[str, AnyValue], verdict: str) -> None:
    eligibility = Eligibility(clauses=(clause(kind, Compare(field="mrss", low=15)),))
    answer = judge(eligibility, patient({"id": "x", **record}))
    assert answer.criteria[0].verdict == verdict
    expected = {"met": "eligible", "not_met": "ineligible", "unknown": "possible"}
    assert answer.verdict == expected[verdict]


def test_an_unknown_tells_missing_facts_from_text_that_was_not_understood() -> None:
    x = patient({"id": "x", "mrss": 20})
    tree = All(parts=(Compare(field="mrss", low=15), Has(field="ild"), Opaque(text="good prognosis")))
    assert missing(tree, x) == ("ild",)
    assert missing(Opaque(text="good prognosis"), x) == ()
    assert missing(Any(parts=(Has(field="ild"), Compare(field="mrss", low=15))), x) == ()
    assert missing(AtLeast(count=2, parts=(Has(field="ild"), Has(field="pah"))), x) == ("ild", "pah")
    assert missing(Not(part=Taking(names=("rituximab",))), x) == ("treatments",)
