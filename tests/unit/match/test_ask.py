"""The next question: held against matching again with every answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from scleroscope.criteria.facts import facts
from scleroscope.match.ask import Question, ask_next
from scleroscope.match.match import Trials, match, prepare
from scleroscope.match.readings import reading
from scleroscope.model.patient import Patient
from scleroscope.model.study import EligibilityText, Study
from scleroscope.patients.answers import answered
from scleroscope.patients.profile import PatientError, patient

TEXTS = {
    "A": "Inclusion Criteria:\n\n* mRSS at least 15\n* FVC at least 50 % of predicted\n",
    "B": "Inclusion Criteria:\n\n* mRSS of 10 to 20\n",
    "C": "Inclusion Criteria:\n\n* Age over 18\n\nExclusion Criteria:\n\n* Pregnant or breastfeeding\n",
    "D": "Inclusion Criteria:\n\n* Age at least 65 years\n* Good humour on Tuesdays\n",
    "E": "Exclusion Criteria:\n\n* Treatment with rituximab within 6 months\n",
}
SAMPLE = [patient({"id": str(n), "mrss": 2 * (n % 20), "age": 30 + n % 40, "sex": "female",
                   "pregnant": n % 10 == 0, "complete": ["treatments"],
                   "treatments": [{"name": "rituximab", "taking": True}] if n % 4 == 0 else []})
          for n in range(60)]  # fmt: skip


@pytest.fixture(scope="module")
def trials() -> Trials:
    return prepare(
        tuple(
            reading(Study(id=name, registry="ctgov", eligibility=EligibilityText(text=text)))
            for name, text in TEXTS.items()
        )
    )


def settled(trials: Trials, before: dict[str, Any], after: Patient) -> int:
    verdicts = {one.id: one.verdict for one in match(trials, facts(patient(before)))}
    now = {one.id: one.verdict for one in match(trials, facts(after))}
    return sum(verdicts[trial] == "possible" and now[trial] != "possible" for trial in verdicts)


@pytest.mark.parametrize("known", [{}, {"age": 40}, {"sex": "female", "fvc_percent_predicted": 80}])
@pytest.mark.parametrize("field", ["mrss", "age", "pregnant"])
def test_what_a_question_settles_is_what_matching_again_settles(
    trials: Trials, known: dict[str, Any], field: str
) -> None:
    before = {"id": "x", **known}
    asked = {one.field: one for one in ask_next(trials, facts(patient(before)), SAMPLE)}
    if field in known:
        assert field not in asked
        return
    values = Counter(one.values[field] for one in SAMPLE)
    expected = sum(
        count * settled(trials, before, patient({**before, field: value})) for value, count in values.items()
    )
    assert asked[field].settles == round(expected / len(SAMPLE), 2)
    assert asked[field].basis == "sample"


def test_a_list_of_treatments_settles_what_depends_on_it(trials: Trials) -> None:
    asked = {one.field: one for one in ask_next(trials, facts(patient({"id": "x"})), SAMPLE)}
    assert asked["treatments"].settles == 1.0


def test_only_trials_that_were_asked_for_count(trials: Trials) -> None:
    asked = ask_next(trials, facts(patient({"id": "x"})), SAMPLE, among={"B"})
    assert [one.field for one in asked] == ["mrss"]
    assert asked[0].waiting == 1


def test_an_answer_that_nobody_counted_says_so_and_comes_later(trials: Trials) -> None:
    asked = ask_next(trials, facts(patient({"id": "x"})), SAMPLE)
    fvc = next(one for one in asked if one.field == "fvc_percent_predicted")
    assert fvc.basis == "alike"
    assert isinstance(asked[0], Question)
    assert asked[0].basis == "sample"
    assert asked.index(fvc) > 0


def test_nothing_is_asked_that_no_trial_waits_for(trials: Trials) -> None:
    known = {"id": "x", "mrss": 12, "fvc_percent_predicted": 80, "age": 40, "pregnant": False,
             "breastfeeding": False, "complete": ["treatments"]}  # fmt: skip
    assert ask_next(trials, facts(patient(known)), SAMPLE) == []


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [("mrss", "12", 12), ("hemoglobin_g_dl", "91 g/L", 9.1), ("months_since_diagnosis", "2 years", 24),
     ("pregnant", "No", False), ("subset", "diffuse", "diffuse"), ("crp_mg_l", "0,8 mg/dL", 8)],
)  # fmt: skip
def test_an_answer_becomes_a_value(field: str, typed: str, value: object) -> None:
    assert answered(Patient(id="x"), field, typed).values[field] == value


def test_an_answer_that_is_not_known_changes_nothing() -> None:
    one = Patient(id="x")
    assert all(answered(one, "mrss", typed) is one for typed in ("", "?", "unknown"))


def test_treatments_are_whole_only_when_said_so() -> None:
    some = answered(Patient(id="x"), "treatments", "mycophenolate; bosentan")
    assert [one.name for one in some.treatments] == ["mycophenolate", "bosentan"]
    assert some.complete == frozenset()
    assert answered(some, "treatments", "nothing else").complete == {"treatments"}
    assert answered(Patient(id="x"), "treatments", "none").complete == {"treatments"}


@pytest.mark.parametrize(("field", "typed"), [("mrss", "secret"), ("mrss", "812"), ("pregnant", "secret")])
def test_a_wrong_answer_is_not_repeated(field: str, typed: str) -> None:
    with pytest.raises(PatientError) as caught:
        answered(Patient(id="x"), field, typed)
    assert typed not in str(caught.value)
