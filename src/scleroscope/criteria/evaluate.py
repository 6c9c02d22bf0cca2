"""What a criterion means: one tree, one patient, one of yes, no, unknown.

This plain reading is the reference; `compile` must agree with it on every engine.
"""

from __future__ import annotations

from typing import assert_never

from scleroscope.criteria.facts import Facts, facts
from scleroscope.criteria.treatments import taking
from scleroscope.knowledge.implications import NONE
from scleroscope.knowledge.text_values import values_of
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Criterion, Has, Is, Not, Opaque, Taking
from scleroscope.model.patient import Patient
from scleroscope.model.truth import Truth, at_least, every, some, truth


def evaluate(tree: Criterion, patient: Patient | Facts) -> Truth:
    """Whether the tree holds for the patient.

    Give `facts(patient)` instead of the patient when many trees are asked of one patient.

    >>> from scleroscope.model.criterion import Compare
    >>> evaluate(Compare(field="mrss", low=15, high=40), Patient(id="1", values={"mrss": 12}))
    <Truth.NO: 'no'>
    """
    known = patient if isinstance(patient, Facts) else facts(patient)
    match tree:
        case Compare():  # the commonest first: one patient is asked thousands of leaves
            return _compare(tree, known)
        case Has(field=field):
            value = known.values.get(field)
            return truth(None if value is None else bool(value))
        case Taking():
            return taking(tree, known)
        case All(parts=parts):
            return every(evaluate(part, known) for part in parts)
        case Any(parts=parts):
            return some(evaluate(part, known) for part in parts)
        case Not(part=part):
            return ~evaluate(part, known)
        case AtLeast(count=count, parts=parts):
            return at_least(count, (evaluate(part, known) for part in parts))
        case Is():
            return _is(tree, known)
        case Opaque():
            return Truth.UNKNOWN
    assert_never(tree)


def _compare(node: Compare, known: Facts) -> Truth:
    value = known.values.get(node.field)
    if value is None:
        return Truth.UNKNOWN
    number = float(value)
    if node.low is not None and (number <= node.low if node.low_open else number < node.low):
        return Truth.NO
    if node.high is not None and (number >= node.high if node.high_open else number > node.high):
        return Truth.NO
    return Truth.YES


def _is(node: Is, known: Facts) -> Truth:
    value = known.values.get(node.field)
    if value is None:
        return Truth.UNKNOWN
    text = str(value)
    if text in node.values:
        return Truth.YES
    # A value that knowledge does not know could be another name of the one that is asked for.
    recognised = text == NONE or text in values_of(node.field)
    return Truth.NO if recognised else Truth.UNKNOWN
