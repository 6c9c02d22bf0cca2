"""Treatment leaves in CQL, over the list `Facts.courses`."""

from __future__ import annotations

from typing import Any as Anything

from scleroscope.criteria.facts import Course
from scleroscope.criteria.treatments import Limits, expand, limits, per_kg, relevance, targets
from scleroscope.knowledge import doses, drugs
from scleroscope.knowledge.units import dose_in, tidy
from scleroscope.model.criterion import Taking
from scleroscope.model.truth import Truth

COURSE_TYPE = """Tuple {
    ids List<String>, now Boolean, took Boolean, weeks_since_last Decimal, stable_weeks Decimal,
    total_weeks Decimal, mg Decimal, per_day Boolean, per_kg Boolean, route String, intolerant Boolean,
    half_life_weeks Decimal, equivalents List<Tuple { drug String, factor Decimal }>
  }"""


def course_for_cql(course: Course) -> dict[str, Anything]:
    """One treatment as an element of `Facts.courses`: its ids, dose in mg, half-life, equivalents."""
    half_lives = [doses.half_life_days(drug) for drug in expand(tuple(sorted(course.ids)))]
    known = [days for days in half_lives if days is not None]
    of = [(drug, doses.equivalent(course.ids, drug)) for drug in doses.comparable_drugs()]
    given = {
        "ids": sorted(course.ids),
        "now": course.now,
        "took": course.took,
        "weeks_since_last": course.weeks_since_last,
        "stable_weeks": course.stable_weeks,
        "total_weeks": course.total_weeks,
        "mg": course.dose.mg if course.dose else None,
        "per_day": course.dose.per_day if course.dose else None,
        "per_kg": course.dose.per_kg if course.dose else None,
        "route": course.route,
        "intolerant": course.intolerant,
        "half_life_weeks": tidy(max(known) / 7) if half_lives and len(known) == len(half_lives) else None,
        "equivalents": [{"drug": drug, "factor": factor} for drug, factor in of if factor is not None],
    }
    return {key: value for key, value in given.items() if value is not None}


def taking(node: Taking, weight: str) -> str:
    """The leaf as a CQL expression; `weight` is the expression of the patient's weight."""
    wanted = targets(node)
    ids = [*drugs.drugs(), *drugs.classes()]
    bearing = {one: relevance(wanted, frozenset({one})) for one in ids}
    sure = _list(one for one in ids if bearing[one] is Truth.YES)
    bears = _list(one for one in ids if bearing[one] is not None)
    answers = (
        f"(Facts.courses C where not exists C.ids or exists (C.ids intersect {bears}) "
        f"return all (({_course(node, weight)}) and "
        f"(if exists (C.ids intersect {sure}) then true else null)))"
    )
    # `exists` looks for elements that are not null, so an unknown answer returns a mark.
    unsure = f"exists ({answers} A where A is null return 1) or {_open(node, wanted)}"
    return f"(AnyTrue({answers}) or (if {unsure} then null else false))"


def _open(node: Taking, wanted: frozenset[str]) -> str:
    """Whether a drug that is asked for may be missing from the list."""
    if not wanted:
        return "false"
    listed = "flatten (Facts.courses C return all C.ids)"
    unlisted = "true" if node.routes else f"exists ({_list(sorted(wanted))} except {listed})"
    if node.intolerant:
        return unlisted
    return f"(not Coalesce(Facts.treatments_complete, false) and {unlisted})"


def _course(node: Taking, weight: str) -> str:
    if node.intolerant:
        return "C.intolerant"
    parts = [{"now": "C.now", "ever": "C.took", "past": "(not C.now and C.took)"}[node.when]]
    if node.within_weeks is not None or node.within_half_lives is not None:
        parts.append(_window(node))
    if node.routes:
        parts.append(f"(if C.route is null then null else C.route in {_list(node.routes)})")
    if node.dose is not None:
        parts.append(_dose(node, weight))
    if node.stable_weeks is not None:
        parts.append(_within(limits(node.stable_weeks), "C.stable_weeks", "0.0", "C.total_weeks"))
    if node.total_weeks is not None:
        parts.append(
            _within(limits(node.total_weeks), "C.total_weeks", "Coalesce(C.stable_weeks, 0.0)", "null")
        )
    return " and ".join(f"({part})" for part in parts)


def _half_lives(node: Taking) -> str:
    return f"{_number(node.within_half_lives or 0.0)} * C.half_life_weeks"


def _window(node: Taking) -> str:
    sides = []
    if node.within_weeks is not None:
        sides.append(f"C.weeks_since_last <= {_number(node.within_weeks)}")
    if node.within_half_lives is not None:
        sides.append(f"C.weeks_since_last <= {_half_lives(node)}")
    unknown = "C.weeks_since_last is null" + (
        " or C.half_life_weeks is null" if node.within_half_lives is not None else ""
    )
    return f"if C.now is true then true else if {unknown} then null else {' and '.join(sides)}"


def _dose(node: Taking, weight: str) -> str:
    assert node.dose is not None
    asked = dose_in(1.0, node.dose.unit)
    if asked is None:
        return "(null as Boolean)"
    mg = "C.mg"
    if node.equivalent is not None:
        factor = f"singleton from (C.equivalents E where E.drug = '{node.equivalent}' return E.factor)"
        mg = f"(C.mg * ({factor}))"
    amount = f"(if C.per_kg then {mg} * {weight} else {mg})"
    if per_kg(node.dose):
        amount = f"(if C.per_kg then {mg} else {mg} / {weight})"
    per_day = "true" if asked.per_day else "false"
    amount = f"(if C.per_day = {per_day} then {amount} else null)"
    bounds = limits(node.dose)
    sides = []
    if bounds.low is not None:
        sides.append(f"{amount} {'>' if bounds.low_open else '>='} {_number(bounds.low)}")
    if bounds.high is not None:
        sides.append(f"{amount} {'<' if bounds.high_open else '<='} {_number(bounds.high)}")
    fits = f"({' and '.join(sides)})"
    if node.when == "now":
        return fits
    windows = ["C.stable_weeks >= C.total_weeks"]
    if node.within_weeks is not None:
        windows.append(f"C.stable_weeks >= {_number(node.within_weeks)}")
    if node.within_half_lives is not None:
        windows.append(f"C.stable_weeks >= {_half_lives(node)}")
    same = f"C.now is true and ({' or '.join(windows)}) is true"
    return f"if {fits} is false and not ({same}) then null else {fits}"


def _within(bounds: Limits, value: str, least: str, most: str) -> str:
    """As `treatments.within`: the value, or what it lies between."""
    low_end = f"Coalesce({value}, {least})"
    high_end = value if most == "null" else f"Coalesce({value}, {most})"
    sides = []
    if bounds.low is not None:
        sides.append(_side(bounds.low, bounds.low_open, low_end, high_end))
    if bounds.high is not None:
        sides.append(f"not ({_side(bounds.high, not bounds.high_open, low_end, high_end)})")
    return " and ".join(f"({side})" for side in sides) or "true"


def _side(bound: float, is_open: bool, low_end: str, high_end: str) -> str:
    above, below = (">", "<=") if is_open else (">=", "<")
    limit = _number(bound)
    return f"if {low_end} {above} {limit} then true else if {high_end} {below} {limit} then false else null"


def _list(values: Anything) -> str:
    quoted = [f"'{value}'" for value in values]
    return f"{{ {', '.join(quoted)} }}" if quoted else "List<String>{}"


def _number(value: float) -> str:
    written = f"{value:.8f}".rstrip("0")
    return written + "0" if written.endswith(".") else written
