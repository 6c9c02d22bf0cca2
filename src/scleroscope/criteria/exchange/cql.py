"""Criteria as Clinical Quality Language, runnable by any CQL engine.

The library needs no data model: its one parameter `Facts` is a tuple of the patient file's facts, made
by `facts_for_cql`, with treatments recognised. One definition a criterion, named by its id; `"I2"` is
what the text says, and `"I2 met"` what it means for the patient.
"""

from __future__ import annotations

from typing import Any as Anything
from typing import assert_never

from scleroscope.criteria.compile import takings, used
from scleroscope.criteria.exchange.cql_treatments import COURSE_TYPE, course_for_cql, taking
from scleroscope.criteria.facts import facts
from scleroscope.knowledge.fields import field
from scleroscope.knowledge.implications import NONE, Implication, implications, sources, steps
from scleroscope.knowledge.text_values import values_of
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Eligibility,
    Has,
    Is,
    Not,
    Opaque,
    Taking,
)
from scleroscope.model.patient import Patient

_TYPES = {"bool": "Boolean", "number": "Decimal", "text": "String"}


def to_cql(eligibility: Eligibility, name: str, version: str = "1") -> str:
    """The library's text; `name` becomes its identifier."""
    trees = [clause.tree for clause in eligibility.clauses]
    needed = {one for tree in trees for one in used(tree)}
    if any(takings(tree) for tree in trees):
        needed.add("weight")
    known = sorted(sources(needed))
    types = [f"{one} {_TYPES[field(one).type]}" for one in known]
    types += [f"courses List<{COURSE_TYPE}>", "treatments_complete Boolean"]
    parameter = ",\n  ".join(types)
    lines = [f"library {_identifier(name)} version {text(version)}", ""]
    lines.append(f"parameter Facts Tuple {{\n  {parameter}\n}}")
    lines += ["", *_closure(known)]
    for clause in eligibility.clauses:
        lines += [
            "",
            f"// {clause.kind} {clause.id}",
            f'define "{clause.id}":',
            f"  {expression(clause.tree)}",
        ]
        sign = "" if clause.kind == "inclusion" else "not "
        lines.append(f'define "{clause.id} met": {sign}"{clause.id}"')
    return "\n".join(lines) + "\n"


def facts_for_cql(patient: Patient) -> dict[str, Anything]:
    """The value of the library's parameter `Facts`: known facts only, treatments recognised."""
    known = facts(patient)
    return {
        **patient.values,
        "courses": [course_for_cql(course) for course in known.courses],
        "treatments_complete": known.treatments_complete,
    }


def expression(tree: Criterion) -> str:
    """One criterion as a CQL expression of three values."""
    match tree:
        case All(parts=parts):
            return _joined(" and ", parts, "true")
        case Any(parts=parts):
            return _joined(" or ", parts, "false")
        case AtLeast(count=count, parts=parts):
            return _at_least(count, [expression(part) for part in parts])
        case Not(part=part):
            return f"(not {expression(part)})"
        case Has(field=name):
            return fact(name)
        case Is(field=name, values=values):
            known = [text(value) for value in sorted({*values_of(name), NONE, *values})]
            asked = f"{fact(name)} in {{ {', '.join(map(text, values))} }}"
            if not field(name).values:
                return f"(if {fact(name)} in {{ {', '.join(known)} }} then {asked} else null)"
            return f"(if {fact(name)} is null then null else {asked})"
        case Compare():
            return _compare(tree)
        case Taking():
            return taking(tree, fact("weight"))
        case Opaque():
            return "(null as Boolean)"
    assert_never(tree)


def fact(name: str) -> str:
    """The definition that holds a fact with what follows from the others."""
    return f'"{name}"'


def text(value: str) -> str:
    """A CQL string literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number(value: float) -> str:
    """A CQL decimal literal (at most 8 digits after the point)."""
    written = f"{value:.8f}".rstrip("0")
    return written + "0" if written.endswith(".") else written


def _joined(operator: str, parts: tuple[Criterion, ...], empty: str) -> str:
    return f"({operator.join(expression(part) for part in parts)})" if parts else empty


def _at_least(count: int, parts: list[str]) -> str:
    if not parts:
        return "true" if count <= 0 else "false"
    sure = " + ".join(f"(if {part} is true then 1 else 0)" for part in parts)
    possible = " + ".join(f"(if {part} is false then 0 else 1)" for part in parts)
    return f"(if {sure} >= {count} then true else if {possible} < {count} then false else null)"


def _compare(node: Compare) -> str:
    sides = []
    if node.low is not None:
        sides.append(f"{fact(node.field)} {'>' if node.low_open else '>='} {number(node.low)}")
    if node.high is not None:
        sides.append(f"{fact(node.field)} {'<' if node.high_open else '<='} {number(node.high)}")
    return f"({' and '.join(sides)})"


def _closure(known: list[str]) -> list[str]:
    """Definitions of the facts: step 0 as given, each next step with what follows from the step before."""
    rules: dict[str, list[Implication]] = {}
    for row in implications():
        if row.then in known and row.field in known:
            rules.setdefault(row.then, []).append(row)
    current = {name: f"Facts.{name}" for name in known}
    lines = []
    for step in range(1, steps() + 1):
        following = dict(current)
        for then, because in rules.items():
            cases = " ".join(
                f"when {_premise(row, current[row.field])} then {_literal(row.then_value)}" for row in because
            )
            following[then] = f'"{then} after {step}"'
            lines.append(f"define {following[then]}: Coalesce({current[then]}, case {cases} else null end)")
        current = following
    return [*lines, *(f"define {fact(name)}: {value}" for name, value in current.items())]


def _premise(row: Implication, value: str) -> str:
    match row.relation:
        case "=" | "in":
            return " or ".join(f"{value} = {_literal(one)}" for one in row.values)
        case "given":
            return f"{value} != {text(NONE)}"
        case ">" | ">=":
            return f"{value} {row.relation} {_literal(row.values[0])}"
    assert_never(row.relation)


def _literal(value: Anything) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value) if isinstance(value, str) else number(float(value))


def _identifier(name: str) -> str:
    cleaned = "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
    return cleaned if cleaned[:1].isalpha() else f"Trial_{cleaned}"
