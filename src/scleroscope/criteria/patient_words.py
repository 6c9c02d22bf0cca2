"""A criterion as one would say it to a patient."""

from __future__ import annotations

from typing import assert_never

import msgspec

from scleroscope.criteria import spoken
from scleroscope.criteria.notation import number
from scleroscope.knowledge import units
from scleroscope.knowledge.fields import fields
from scleroscope.knowledge.names import treatment_name
from scleroscope.model.criterion import (
    All,
    Any,
    AtLeast,
    Compare,
    Criterion,
    Has,
    Interval,
    Is,
    Not,
    Opaque,
    Taking,
)

MONTHS = "months"
_MARKS = (
    tuple(map(str, range(1, 100))),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
)


def say(tree: Criterion, negated: bool = False, depth: int = 0) -> str:
    """A clause in the second person, such as `you are pregnant`; denied where `negated`.

    `depth` is how many lists it stands in: each level has its own marks, (1), (a), (i).
    """
    match tree:
        case Not(part=part):
            return say(part, not negated, depth)
        case All(parts=parts):
            return _list(parts, negated, "any" if negated else "all", depth)
        case Any(parts=parts):
            return _list(parts, negated, "all" if negated else "any", depth)
        case AtLeast(count=count, parts=parts):
            opening = f"{'fewer than' if negated else 'at least'} {count} of these are true: "
            return opening + _marked([say(part, depth=depth + 1) for part in parts], depth)
        case Has(field=field):
            return _has(field, negated)
        case Is(field=field, values=values):
            named = _either([value.replace("_", " ") for value in values])
            return f"{_noun(field)} is {'not ' if negated else ''}{named}"
        case Compare():
            return f"{_noun(tree.field)} is {_range(tree, negated)}"
        case Taking():
            return _taking(tree, negated)
        case Opaque(procedural=procedural):
            if procedural:
                return f"you {'do not ' if negated else ''}agree to how the study is run"
            applies = "does not apply" if negated else "applies"
            return f"a point {applies} that the study team must check with you"
    assert_never(tree)


def _list(parts: tuple[Criterion, ...], negated: bool, how: str, depth: int) -> str:
    if how == "any" and not negated and (doubt := _doubted(parts, depth)):
        return doubt
    if not parts:
        return "nothing more is asked" if how == "all" else "never"
    if len(parts) == 1:
        return say(parts[0], negated, depth)
    if how == "any" and not negated:
        said = _alternatives(parts, depth + 1)
    else:
        said = [say(part, negated, depth + 1) for part in parts]
    if len(said) == 1:
        return said[0]
    nested = any(", " in one or " and " in one or " or " in one or ":" in one for one in said)
    if nested or len(said) > 2:
        opening = f"{'all' if how == 'all' else 'one'} of these {'are' if how == 'all' else 'is'} true: "
        return opening + _marked(said, depth)
    return f"{said[0]} {'and' if how == 'all' else 'or'} {said[1]}"


def _doubted(parts: tuple[Criterion, ...], depth: int) -> str:
    """A wording with several readings, as the reader gives it: all of them for certain, one perhaps."""
    match parts:
        case (All(parts=every), All(parts=(Any(parts=some), Opaque(procedural=False)))) if set(every) == set(
            some
        ):
            opening = "one of these is true, and the study team must check with you which of them counts: "
            return opening + _marked([say(part, depth=depth + 1) for part in every], depth)
    return ""


def _alternatives(parts: tuple[Criterion, ...], depth: int) -> list[str]:
    """Each alternative; a drug taken now for certain, before perhaps, is one."""
    before = {
        msgspec.structs.replace(part.parts[0], when="now"): part
        for part in parts
        if isinstance(part, All) and len(part.parts) == 2
        and isinstance(part.parts[0], Taking) and part.parts[0].when == "ever"
        and isinstance(part.parts[1], Opaque) and not part.parts[1].procedural
    }  # fmt: skip
    told = [before[part] for part in parts if isinstance(part, Taking) and part in before]
    perhaps = ", or did before in a way that the study team must check with you"
    return [
        say(part, depth=depth) + (perhaps if isinstance(part, Taking) and part in before else "")
        for part in parts
        if part not in told
    ]


def _marked(said: list[str], depth: int) -> str:
    marks = _MARKS[depth % len(_MARKS)]
    return "; ".join(
        f"({marks[place] if place < len(marks) else place + 1}) {one}" for place, one in enumerate(said)
    )


def _has(field: str, negated: bool) -> str:
    plain = _plain(field)
    if not negated:
        return f"you {plain}"
    verb, _, rest = plain.partition(" ")
    if verb == "are":
        return f"you are not {rest}"
    if plain.startswith("have had "):
        return f"you have never had {plain.removeprefix('have had ')}"
    return f"you do not {plain}"


def _plain(field: str) -> str:
    return fields()[field].plain if field in fields() else field.replace("_", " ")


def _noun(field: str) -> str:
    plain = _plain(field)
    return f"the {plain}" if plain.startswith("time ") else plain if "your " in plain else f"your {plain}"


def _unit(field: str) -> str:
    unit = fields()[field].unit if field in fields() else ""
    return {"% predicted": " %", "points": "", "x ULN": " times the upper normal limit"}.get(
        unit, f" {unit}" if unit else ""
    )


def _range(node: Compare, negated: bool) -> str:
    unit = fields()[node.field].unit if node.field in fields() else ""
    whole_years = unit == MONTHS and all(
        side is None or (side % 12 == 0 and side > 12) for side in (node.low, node.high)
    )

    def amount(value: float) -> str:
        if whole_years:
            return f"{number(value / 12)} years"
        if unit in (MONTHS, "weeks") and value != int(value):
            return spoken.duration(round(units.convert(value, unit, "weeks"), 6))
        return f"{spoken.amount(value)}{_unit(node.field)}"

    return spoken_range(node, amount, negated)


def spoken_range(node: Compare | Interval, amount: object, negated: bool = False) -> str:
    """Bounds in words: `at least 15`, `between 15 and 40`, `below 50 %`."""
    say_amount = amount if callable(amount) else number
    low = None if node.low is None else say_amount(node.low)
    high = None if node.high is None else say_amount(node.high)
    if low is not None and high is not None:
        if low == high and not node.low_open and not node.high_open:
            return f"{'not ' if negated else ''}{low}"
        if not node.low_open and not node.high_open:
            return f"{'not ' if negated else ''}between {low} and {high}"
        start = f"{'more than' if node.low_open else 'at least'} {low}"
        end = f"{'less than' if node.high_open else 'at most'} {high}"
        return f"{'not ' if negated else ''}{start} and {end}"
    if low is not None:
        if negated:
            return f"{'at most' if node.low_open else 'less than'} {low}"
        return f"{'more than' if node.low_open else 'at least'} {low}"
    if high is None:
        return "of any size"
    if negated:
        return f"{'at least' if node.high_open else 'more than'} {high}"
    return f"{'less than' if node.high_open else 'at most'} {high}"


def _taking(node: Taking, negated: bool) -> str:
    named = _either([treatment_name(name) for name in node.names])
    if node.intolerant:
        return f"you {'can' if negated else 'cannot'} take {named}"
    now, before = ("do not take", "never took") if negated else ("take", "take or have taken")
    windowed = node.within_weeks is not None or node.within_half_lives is not None
    if negated and windowed:
        before = "did not take"
    verb = {"now": now, "ever": before, "past": "did not use to take" if negated else "used to take"}[
        node.when
    ]
    return " ".join([f"you {verb} {named}", *_details(node)])


def _details(node: Taking) -> list[str]:
    details = []
    if node.except_names:
        details.append(
            f"(but {_either([treatment_name(name) for name in node.except_names])} does not count)"
        )
    if node.dose is not None:
        unit = node.dose.unit.replace("/", " a ")
        dose = spoken_range(node.dose, lambda value: f"{spoken.amount(value)} {unit}")
        equal = f" (counted as {treatment_name(node.equivalent)})" if node.equivalent else ""
        details.append(f"at a dose of {dose}{equal}")
    if node.within_weeks is not None:
        details.append(f"in the last {spoken.duration(node.within_weeks)}")
    if node.within_half_lives is not None:
        details.append(
            f"within the time that it stays in the body ({number(node.within_half_lives)} half-lives)"
        )
    if node.stable_weeks is not None:
        details.append(f"at the same dose for {_time(node.stable_weeks)}")
    if node.total_weeks is not None:
        details.append(f"for {_time(node.total_weeks)}")
    if node.routes:
        details.append(f"({_either(list(node.routes))})")
    return details


def _time(interval: Interval) -> str:
    return spoken_range(interval, lambda value: spoken.duration(units.convert(value, interval.unit, "weeks")))


def _either(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"
