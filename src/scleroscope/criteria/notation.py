"""Criteria as one line of text that a person reads and writes: `age >= 18 and not pregnant`.

`docs/notation.md` shows every form. `parse(format_tree(tree)) == tree` for every tree without spans.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, assert_never

from scleroscope.knowledge import units
from scleroscope.knowledge.fields import fields
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
from scleroscope.model.problem import BadRequest

if TYPE_CHECKING:
    from lark import Lark


class NotationError(BadRequest):
    """A line that is not notation: the column (from 1) and what to write instead."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


def parse(text: str) -> Criterion:
    """The tree of one line of notation. NotationError names the column and the nearest known word.

    >>> parse("15 <= mrss <= 40")
    Compare(span=None, field='mrss', low=15.0, high=40.0, low_open=False, high_open=False)
    """
    from lark.exceptions import UnexpectedInput, VisitError

    from scleroscope.criteria.notation_tree import make

    try:
        return make(_grammar().parse(text))
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, NotationError):
            raise error.orig_exc from None
        raise


def format_tree(tree: Criterion) -> str:
    """The canonical line of a tree (spans are not written).

    >>> format_tree(parse("fvc_percent_predicted<50 % or (not pregnant)"))
    'fvc_percent_predicted < 50 or not pregnant'
    """
    match tree:
        case All(parts=parts):
            return _joined("and", "all of", "always", parts, (All, Any))
        case Any(parts=parts):
            return _joined("or", "any of", "never", parts, (Any,))
        case AtLeast(count=count, parts=parts):
            return f"at least {count} of ({', '.join(format_tree(part) for part in parts)})"
        case Not(part=part):
            return f"not {_wrapped(part, (All, Any))}"
        case Has(field=field):
            return field
        case Is(field=field, values=values):
            if len(values) == 1:
                return f"{field} = {_word(values[0])}"
            return f"{field} in ({', '.join(map(_word, values))})"
        case Compare():
            return _compare(tree.field, tree)
        case Taking():
            return _taking(tree)
        case Opaque(text=text, procedural=procedural):
            return f"{'procedural ' if procedural else ''}{json.dumps(text, ensure_ascii=False)}"
    assert_never(tree)


def _joined(
    operator: str, function: str, empty: str, parts: tuple[Criterion, ...], wrap: tuple[type, ...]
) -> str:
    if not parts:
        return empty
    if len(parts) == 1:
        return f"{function} ({format_tree(parts[0])})"
    return f" {operator} ".join(_wrapped(part, wrap) for part in parts)


def _wrapped(part: Criterion, wrap: tuple[type, ...]) -> str:
    text = format_tree(part)
    return f"({text})" if isinstance(part, wrap) and len(getattr(part, "parts", ())) > 1 else text


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _word(text: str) -> str:
    plain = _NAME.fullmatch(text) and text not in _keywords()
    return text if plain else json.dumps(text, ensure_ascii=False)


def number(value: float) -> str:
    """A number as short as it can be written without loss."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _compare(name: str, node: Compare | Interval) -> str:
    low, high = node.low, node.high
    if low is not None and low == high and not node.low_open and not node.high_open:
        return f"{name} = {number(low)}"
    if low is not None and high is None:
        return f"{name} {'>' if node.low_open else '>='} {number(low)}"
    left = "" if low is None else f"{number(low)} {'<' if node.low_open else '<='} "
    right = "" if high is None else f" {'<' if node.high_open else '<='} {number(high)}"
    return f"{left}{name}{right}"


def _taking(node: Taking) -> str:
    only_dose = node == Taking(names=node.names, dose=node.dose, span=node.span)
    if node.dose is not None and only_dose and len(node.names) == 1 and node.names[0] not in fields():
        return f"{_compare(node.names[0], node.dose)} {node.dose.unit}"
    verb = "intolerant of" if node.intolerant else "taking"
    window = node.within_weeks is not None or node.within_half_lives is not None
    usual = "ever" if window and not node.intolerant else "now"
    words = [] if node.when == usual else [{"now": "now", "ever": "ever", "past": "formerly"}[node.when]]
    words += [verb, _names(node.names)]
    if node.except_names:
        words.append(f"except {_names(node.except_names)}")
    if node.within_weeks is not None:
        words.append(f"within {duration(node.within_weeks)}")
    if node.within_half_lives is not None:
        words.append(f"within {number(node.within_half_lives)} half-lives")
    if node.dose is not None:
        equivalent = f" {node.equivalent} equivalent" if node.equivalent else ""
        words.append(f"at {_bounds(node.dose)}{equivalent}")
    if node.stable_weeks is not None:
        words.append(f"stable for {_bounds(node.stable_weeks)}")
    if node.total_weeks is not None:
        words.append(f"for {_bounds(node.total_weeks)}")
    if node.routes:
        words.append(f"route {_names(node.routes)}")
    return " ".join(words)


def duration(weeks: float) -> str:
    """A number of weeks in the unit in which it is a whole number: `6 months`.

    >>> duration(26.0892857143)
    '6 months'
    """
    for unit in ("weeks", "years", "months", "days"):
        value = units.convert(weeks, "weeks", unit)
        if value == int(value) and units.convert(value, unit, "weeks") == weeks:
            return f"{number(value)} {unit}"
    return f"{number(weeks)} weeks"


def _names(names: tuple[str, ...]) -> str:
    return _word(names[0]) if len(names) == 1 else f"({', '.join(map(_word, names))})"


def _bounds(interval: Interval) -> str:
    sides = []
    closed = not interval.low_open and not interval.high_open
    if interval.low is not None and interval.low == interval.high and closed:
        return f"= {number(interval.low)} {interval.unit}"
    if interval.low is not None:
        sides.append(f"{'>' if interval.low_open else '>='} {number(interval.low)}")
    if interval.high is not None:
        sides.append(f"{'<' if interval.high_open else '<='} {number(interval.high)}")
    return f"{', '.join(sides)} {interval.unit}"


@cache
def _grammar() -> Lark:
    from lark import Lark

    text = (files("scleroscope.criteria") / "notation.lark").read_text(encoding="utf-8")
    unit = units.pattern().replace("/", r"\/")  # Lark writes a pattern between slashes
    return Lark(f"{text}\nUNIT: /{unit}/i\n", parser="lalr", lexer="contextual")


@cache
def _keywords() -> frozenset[str]:
    text = (files("scleroscope.criteria") / "notation.lark").read_text(encoding="utf-8")
    return frozenset(re.findall(r'"([a-z-]+)"', text)) | {"now", "ever", "formerly", "taking", "intolerant"}


def _unexpected(text: str, error: object) -> NotationError:
    column = getattr(error, "column", -1)
    token = getattr(error, "token", None)
    if (token is not None and token.type == "$END") or column is None or column < 1:
        return NotationError(len(text) + 1, "the line ends too early")
    found = re.match(r"\w+|\S", text[column - 1 :])
    return NotationError(column, f"{found[0] if found else ''!r} is not expected here")
