"""Criteria as a FHIR `Group` that defines who is eligible, R4 or R5.

Each leaf that stands alone (or in an *and* of an inclusion, an *or* of an exclusion) becomes a
`characteristic` with its code and its quantity, range or truth value. What FHIR's flat list cannot say
is one characteristic in words with the notation as its value, and what was not understood stands in
the words of the text: kept, not dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any as Anything
from typing import Literal

from scleroscope.criteria.bullets import unmarked
from scleroscope.criteria.clinician_words import say
from scleroscope.criteria.notation import format_tree
from scleroscope.knowledge.codes import ingredient_codes
from scleroscope.knowledge.fields import field
from scleroscope.knowledge.names import treatment_name
from scleroscope.knowledge.units import ucum
from scleroscope.model.criterion import (
    All,
    Any,
    Clause,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Is,
    Not,
    Opaque,
    Taking,
)

Json = dict[str, Anything]
OWN = "urn:scleroscope:field"
LOINC, SNOMED, RXNORM = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)


def to_group(eligibility: Eligibility, study: str, version: Literal["R4", "R5"] = "R4") -> Json:
    """The criteria as one Group resource."""
    kind = (
        {"membership": "definitional", "combinationMethod": "all-of"}
        if version == "R5"
        else {"actual": False}
    )
    return {
        "resourceType": "Group",
        "identifier": [{"value": study}],
        "name": f"Eligible for {study}",
        "type": "person",
        **kind,
        "characteristic": [one for clause in eligibility.clauses for one in _characteristics(clause)],
    }


def _characteristics(clause: Clause) -> Iterator[Json]:
    exclude = clause.kind == "exclusion"
    split = Any if exclude else All
    parts = clause.tree.parts if isinstance(clause.tree, split) else (clause.tree,)
    for part in parts:
        yield from _characteristic(part, exclude)


def _characteristic(tree: Criterion, exclude: bool) -> Iterator[Json]:
    match tree:
        case Not(part=part) if not isinstance(part, All | Any):
            yield from _characteristic(part, not exclude)
        case Has(field=name):
            yield {"code": _code(name), "valueBoolean": True, "exclude": exclude}
        case Is(field=name, values=values) if len(values) == 1:
            yield {"code": _code(name), "valueCodeableConcept": {"text": values[0]}, "exclude": exclude}
        case Compare() if not (_two_sided_open(tree)):
            yield {"code": _code(tree.field), **_amount(tree), "exclude": exclude}
        case Taking(names=names) if (
            tree == Taking(names=names, when=tree.when, span=tree.span) and len(names) == 1
        ):
            yield {
                "code": {"text": {"now": "takes", "ever": "takes or took", "past": "took"}[tree.when]},
                "valueCodeableConcept": _drug(names[0]),
                "exclude": exclude,
            }
        case Opaque(text=words):
            yield {
                "code": {"text": say(tree)},
                "valueCodeableConcept": {"text": " ".join(unmarked(words).split())},
                "exclude": exclude,
            }
        case _:
            yield {
                "code": {"text": say(tree)},
                "valueCodeableConcept": {"text": format_tree(tree)},
                "exclude": exclude,
            }


def _two_sided_open(node: Compare) -> bool:
    """A FHIR Range includes its ends."""
    return node.low is not None and node.high is not None and (node.low_open or node.high_open)


def _amount(node: Compare) -> Json:
    unit = field(node.field).unit

    def quantity(value: float) -> Json:
        return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": ucum(unit)}

    if node.low is not None and node.high is not None:
        return {"valueRange": {"low": quantity(node.low), "high": quantity(node.high)}}
    if node.low is not None:
        return {"valueQuantity": {**quantity(node.low), "comparator": ">" if node.low_open else ">="}}
    if node.high is not None:
        return {"valueQuantity": {**quantity(node.high), "comparator": "<" if node.high_open else "<="}}
    return {"valueBoolean": True}


def _code(name: str) -> Json:
    known = field(name)
    codings = [{"system": OWN, "code": name}]
    codings += [{"system": LOINC, "code": known.loinc}] if known.loinc else []
    codings += [{"system": SNOMED, "code": known.snomed}] if known.snomed else []
    return {"coding": codings, "text": known.name}


def _drug(identity: str) -> Json:
    codes = ingredient_codes(identity)
    concept: Json = {"text": treatment_name(identity)}
    if codes:
        concept["coding"] = [{"system": RXNORM, "code": code} for code in codes]
    return concept
