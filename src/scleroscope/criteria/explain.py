"""Criteria in plain words, made from the tree: for patients, for clinicians, and as questions."""

from __future__ import annotations

from typing import Literal, assert_never

import msgspec

from scleroscope.criteria import clinician_words, patient_words
from scleroscope.criteria.facts import TREATMENTS
from scleroscope.criteria.simplify import simplify
from scleroscope.knowledge.fields import field
from scleroscope.model.criterion import All, Any, AtLeast, Criterion, Kind, Not, Opaque

Audience = Literal["patient", "clinician"]


def explain(tree: Criterion, kind: Kind, audience: Audience = "patient") -> str:
    """One sentence for one criterion; never the registry's own words.

    >>> from scleroscope.criteria.notation import parse
    >>> explain(parse("fvc_percent_predicted >= 45"), "inclusion")
    'You can take part only if your lung volume (FVC, in % of predicted) is at least 45 %.'
    >>> explain(parse("pregnant or breastfeeding"), "exclusion", "clinician")
    'Excluded: pregnancy or breastfeeding.'
    """
    tree = simplify(_untold(tree))
    match audience:
        case "patient":
            opening = "You can take part only if" if kind == "inclusion" else "You cannot take part if"
            return f"{opening} {patient_words.say(tree)}."
        case "clinician":
            return f"{'Required' if kind == 'inclusion' else 'Excluded'}: {clinician_words.say(tree)}."
    assert_never(audience)


def _untold(tree: Criterion) -> Criterion:
    """What was not understood without its words: to a reader, one such point is like another."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return msgspec.structs.replace(tree, parts=tuple(map(_untold, parts)))
        case Not(part=part):
            return Not(part=_untold(part))
        case Opaque():
            return msgspec.structs.replace(tree, text="", span=None)
    return tree


def question(identity: str) -> str:
    """The question that settles an unknown field.

    >>> question("fvc_percent_predicted")
    'What was your last FVC, in % of predicted?'
    """
    if identity == TREATMENTS:
        return "Which medicines do you take or have you taken, in what dose, since when, and when last?"
    return field(identity).question
