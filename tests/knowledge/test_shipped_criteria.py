"""The shipped criteria are sound: notation, bounds, and for each trial one who fits and one who does not."""

import itertools
from collections import Counter

import pytest

from scleroscope.catalogue.shipped import shipped_trials
from scleroscope.criteria.curated import curated
from scleroscope.criteria.judge import judge
from scleroscope.criteria.notation import format_tree, parse
from scleroscope.knowledge import drugs
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.load import rows
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Has, Is, Not, Opaque, Taking
from scleroscope.model.patient import Patient, PatientTreatment

TRIALS = sorted(trial.id for trial in shipped_trials().values() if trial.eligibility)
BY_FIELD = {row["id"]: row for row in rows("fields")}


def lines(trial):
    for line in (*trial.eligibility.inclusion, *trial.eligibility.exclusion):
        if isinstance(line, str):
            yield line
        else:
            yield line.criterion
            yield from (other.criterion for other in (*line.disputed, *line.earlier))


def leaves(tree):
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part=part):
            return leaves(part)
        case _:
            return [tree]


def eligibility_of(trial_id):
    return curated(shipped_trials()[trial_id].eligibility).eligibility


def test_at_least_130_trials_have_criteria_that_can_be_computed():
    computable = [
        trial_id
        for trial_id in TRIALS
        if any(clause.reading == "computable" for clause in eligibility_of(trial_id).clauses)
    ]
    assert len(computable) >= 130


def test_lines_are_notation_in_its_canonical_form():
    for trial_id in TRIALS:
        for line in lines(shipped_trials()[trial_id]):
            assert format_tree(parse(line)) == line, (trial_id, line)


def test_a_trial_does_not_say_a_thing_twice():
    for trial_id in TRIALS:
        entry = shipped_trials()[trial_id].eligibility
        for side in (entry.inclusion, entry.exclusion):
            said = [line if isinstance(line, str) else line.criterion for line in side]
            assert not [line for line, count in Counter(said).items() if count > 1], trial_id


def test_bounds_lie_inside_the_range_that_is_plausible_for_their_measure():
    for trial_id in TRIALS:
        for line in lines(shipped_trials()[trial_id]):
            for leaf in leaves(parse(line)):
                if isinstance(leaf, Compare):
                    row = BY_FIELD[leaf.field]
                    for bound in (leaf.low, leaf.high):
                        if bound is not None:
                            assert float(row["low"]) <= bound <= float(row["high"]), (trial_id, line)


def test_a_range_is_not_empty():
    for trial_id in TRIALS:
        for line in lines(shipped_trials()[trial_id]):
            for leaf in leaves(parse(line)):
                if isinstance(leaf, Compare) and leaf.low is not None and leaf.high is not None:
                    assert leaf.low <= leaf.high, (trial_id, line)


@pytest.mark.parametrize("trial_id", TRIALS)
def test_one_patient_fits_and_another_does_not(trial_id):
    eligibility = eligibility_of(trial_id)
    fitting = example(eligibility)
    judgement = judge(eligibility, patient_of(fitting))
    excluded = [answer.id for answer in judgement.criteria if answer.verdict == "not_met"]
    assert not excluded, "no patient was found whom these criteria do not exclude"
    open_points = {
        answer.id
        for answer, clause in zip(judgement.criteria, eligibility.clauses, strict=True)
        if answer.verdict == "unknown"
        and clause.reading == "computable"
        and not all("_since_" in field for field in answer.missing)  # it never happened to this patient
        and not any(getattr(leaf, "intolerant", False) for leaf in leaves(clause.tree))  # never tried it
    }
    assert not open_points, "these computable criteria stay unknown for a patient of whom all is known"
    if any(clause.reading in ("computable", "partly") for clause in eligibility.clauses):
        assert any(
            judge(eligibility, patient_of(other)).verdict == "ineligible"
            for other in (opposite(eligibility, fitting), *neighbours(eligibility.clauses, fitting))
        ), "these criteria exclude nobody"


@pytest.mark.parametrize("trial_id", TRIALS)
def test_someone_of_whom_nothing_is_known_is_never_excluded(trial_id):
    assert judge(eligibility_of(trial_id), Patient(id="nobody")).verdict == "possible"


def test_a_partial_list_never_makes_a_patient_eligible():
    for trial_id in TRIALS:
        if shipped_trials()[trial_id].eligibility.extent != "whole":
            eligibility = eligibility_of(trial_id)
            assert judge(eligibility, patient_of(example(eligibility))).verdict != "eligible", trial_id


def test_where_sources_differ_only_what_all_of_them_say_is_settled():
    eligibility = eligibility_of("NCT00114530")
    verdicts = {}
    for months in (40, 54, 70):
        patient = Patient(id="x", values={"months_since_first_non_raynaud": float(months)})
        answers = judge(eligibility, patient).criteria
        verdicts[months] = next(
            answer.verdict for answer in answers if "months_since_first_non_raynaud" in answer.text
        )
    assert verdicts == {40: "met", 54: "unknown", 70: "not_met"}


# An example patient, by search: change one fact at a time while fewer criteria stand in the way.

START = {
    "ssc": True,
    "acr_eular_2013": True,
    "acr_1980": True,
    "age": 45.0,
    "sex": "female",
    "subset": "diffuse",
    "mrss": 20.0,
    "months_since_first_non_raynaud": 12.0,
    "months_since_first_raynaud": 12.0,
    "months_since_diagnosis": 6.0,
    "informed_consent": True,
    "contraception": True,
    "raynaud": True,
}


def example(eligibility):
    """A patient in whose way nothing stands, or the nearest that the search finds."""
    wanted = {"values": start_values(eligibility), "treatments": {}}
    blocked = in_the_way(eligibility, wanted)
    while blocked:
        one_step = list(neighbours(blocked, wanted))
        two_steps = (second for first in one_step for second in neighbours(blocked, first))
        better = next(
            (
                other
                for other in itertools.chain(one_step, two_steps)
                if len(in_the_way(eligibility, other)) < len(blocked)
            ),
            None,
        )
        if better is None:
            break
        wanted, blocked = better, in_the_way(eligibility, better)
    return wanted


def opposite(eligibility, wanted):
    """A patient of whom every yes/no fact of the inclusion criteria is the other way round."""
    included = [clause for clause in eligibility.clauses if clause.kind == "inclusion"]
    asked = {leaf.field for clause in included for leaf in leaves(clause.tree) if isinstance(leaf, Has)}
    return {**wanted, "values": {**wanted["values"], **dict.fromkeys(asked, False)}}


def start_values(eligibility):
    values = dict(START)
    for clause in eligibility.clauses:
        for leaf in leaves(clause.tree):
            if isinstance(leaf, Has):
                values.setdefault(leaf.field, clause.kind == "inclusion")
            elif isinstance(leaf, Compare) and leaf.field not in values:
                values[leaf.field] = inside(leaf) if clause.kind == "inclusion" else outside(leaf)
    return values


def inside(leaf):
    field = fields()[leaf.field]
    low = leaf.low if leaf.low is not None else field.low
    high = leaf.high if leaf.high is not None else field.high
    return float((low + high) / 2)


def outside(leaf):
    field = fields()[leaf.field]
    if leaf.low is not None and leaf.low > field.low:
        return float((leaf.low + field.low) / 2)
    return float((leaf.high + field.high) / 2) if leaf.high is not None else float(field.low)


def in_the_way(eligibility, wanted):
    answers = judge(eligibility, patient_of(wanted)).criteria
    return [
        clause
        for clause, answer in zip(eligibility.clauses, answers, strict=True)
        if answer.verdict == "not_met"
    ]


def neighbours(clauses, wanted):
    """Every patient who differs in one fact that the clauses ask for."""
    for leaf in {leaf: None for clause in clauses for leaf in leaves(clause.tree)}:
        for value in candidates(leaf):
            if isinstance(leaf, Taking):
                yield {**wanted, "treatments": {**wanted["treatments"], **value}}
            elif value is None:
                kept = {name: known for name, known in wanted["values"].items() if name != leaf.field}
                yield {**wanted, "values": kept}
            elif wanted["values"].get(leaf.field) != value:
                yield {**wanted, "values": {**wanted["values"], leaf.field: value}}


def candidates(leaf):
    match leaf:
        case Has():
            return [True, False]
        case Is(field=field):
            return BY_FIELD[field]["values"].split(" | ")
        case Compare():
            field = fields()[leaf.field]
            bounds = [bound for bound in (leaf.low, leaf.high) if bound is not None]
            near = itertools.chain.from_iterable((bound, bound - 1, bound + 1) for bound in bounds)
            values = {inside(leaf), outside(leaf), *near}
            never = [None] if "_since_" in leaf.field else []
            return never + sorted(value for value in values if field.low <= value <= field.high)
        case Taking():
            return [{}, taken(leaf)]
        case Opaque():
            return []


def taken(leaf):
    """What someone takes who fits the leaf: a drug that is not excepted, for long, at a middling dose."""
    left_out = {drug for name in leaf.except_names for drug in drugs.expand(name)}
    drug = min({drug for name in leaf.names for drug in drugs.expand(name)} - left_out)
    dose = None
    if leaf.dose:
        bound = leaf.dose.low if leaf.dose.low is not None else leaf.dose.high
        amount = bound * 2 if leaf.dose.low is not None else bound / 2
        dose = f"{amount:g} {leaf.dose.unit}"
        drug = "prednisolone" if leaf.equivalent else drug
    return {
        drug: PatientTreatment(
            name=drug,
            taking=True,
            dose=dose,
            weeks_since_last=0.0,
            total_weeks=200.0,
            stable_weeks=100.0,
            intolerant=leaf.intolerant,
        )
    }


def patient_of(wanted):
    return Patient(
        id="example",
        values=wanted["values"],
        treatments=tuple(wanted["treatments"].values()),
        complete=frozenset({"treatments"}),
    )
