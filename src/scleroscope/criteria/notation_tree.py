"""From the parsed notation to criteria: names resolved, units converted."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any as Anything
from typing import cast

from lark import Token, Transformer, Tree, v_args

from scleroscope.criteria.notation import NotationError
from scleroscope.knowledge import drugs, units
from scleroscope.knowledge.fields import Field, canonical, fields, nearest
from scleroscope.knowledge.routes import routes as known_routes
from scleroscope.knowledge.text_values import known_value
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
    When,
)

Number = tuple[Token, Token | None]  # the number and its unit


def make(parsed: Tree[Token]) -> Criterion:
    """The criterion of a parsed line; NotationError (as the cause of Lark's error) on unknown names."""
    return _TreeMaker().transform(parsed)


@v_args(inline=True)
class _TreeMaker(Transformer[Token, Criterion]):
    """One method a rule of `notation.lark`."""

    def start(self, tree: Criterion) -> Criterion:
        return tree

    def disjunction(self, *parts: Criterion) -> Criterion:
        return Any(parts=parts)

    def conjunction(self, *parts: Criterion) -> Criterion:
        return All(parts=parts)

    all_of = conjunction
    any_of = disjunction

    def negation(self, part: Criterion) -> Criterion:
        return Not(part=part)

    def implication(self, condition: Criterion, consequence: Criterion) -> Criterion:
        return Any(parts=(Not(part=condition), consequence))

    def at_least(self, count: Token, *parts: Criterion) -> Criterion:
        if not count.isdigit():
            raise NotationError(_column(count), f"a whole number is needed, not {count}")
        return AtLeast(count=int(count), parts=parts)

    def always(self) -> Criterion:
        return All(parts=())

    def never(self) -> Criterion:
        return Any(parts=())

    def opaque(self, text: Token) -> Criterion:
        return Opaque(text=_unquoted(text))

    def procedural(self, text: Token) -> Criterion:
        return Opaque(text=_unquoted(text), procedural=True)

    def fact(self, name: Token) -> Criterion:
        known = _field(name)
        if known is None:
            raise NotationError(_column(name), f"{name} is a treatment; write: taking {name}")
        if known.type != "bool":
            hint = f"{name} >= …" if known.type == "number" else f"{name} = …"
            raise NotationError(_column(name), f"{name} is a {known.type}; write: {hint}")
        return Has(field=known.id)

    def number(self, value: Token, unit: Token | None = None) -> Number:
        return value, unit

    def word(self, token: Token) -> Token:
        return token

    def compared(self, name: Token, relation: Token, value: Number) -> Criterion:
        return _compare(name, [(relation, value)])

    def compared_from_left(self, value: Number, relation: Token, name: Token) -> Criterion:
        return _compare(name, [(_mirrored(relation), value)])

    def between(self, low: Number, left: Token, name: Token, right: Token, high: Number) -> Criterion:
        return _compare(name, [(_mirrored(left), low), (right, high)])

    def equal(self, name: Token, relation: Token, value: Token) -> Criterion:
        if relation not in ("=", "!="):
            raise NotationError(_column(value), f"a number is needed after {relation}")
        found = self.among(name, value)
        return Not(part=found) if relation == "!=" else found

    def among(self, name: Token, *values: Token) -> Criterion:
        known = _field(name)
        if known is None or known.type != "text":
            raise NotationError(_column(name), f"{name} has no named values")
        return Is(field=known.id, values=tuple(_value(known, value) for value in values))

    def taking(self, *given: Anything) -> Criterion:
        tokens = [token for token in given if isinstance(token, Token)]
        when = next((str(token) for token in tokens if token.type == "WHEN"), None)
        intolerant = any(token.type == "INTOLERANT" for token in tokens)
        names, *parts = [part for part in given if not isinstance(part, Token)]
        more: dict[str, Anything] = {}
        for part in parts:
            for key, value in part.items():
                if key in more:
                    raise NotationError(_column(tokens[0]), f"{key.replace('_', ' ')} is given twice")
                more[key] = value
        window = ("within_weeks" in more or "within_half_lives" in more) and not intolerant
        spoken = {None: "ever" if window else "now", "formerly": "past"}
        return Taking(
            names=_treatments(names),
            when=cast("When", spoken.get(when, when)),
            intolerant=intolerant,
            **more,
        )

    def names(self, *names: list[Token]) -> tuple[list[Token], ...]:
        return names

    def name(self, *words: Token) -> list[Token]:
        return list(words)

    def except_names(self, names: tuple[list[Token], ...]) -> dict[str, Anything]:
        return {"except_names": _treatments(names)}

    def within(self, value: Token, unit: Token) -> dict[str, Anything]:
        return {"within_weeks": _weeks(value, unit)}

    def within_half_lives(self, value: Token) -> dict[str, Anything]:
        return {"within_half_lives": float(value)}

    def dose(self, interval: tuple[Interval, Token], equivalent: Token | None = None) -> dict[str, Anything]:
        found, unit = interval
        if units.dose_in(1.0, unit) is None:
            raise NotationError(_column(unit), f"{unit} is not a unit of dose, such as mg/day")
        if equivalent is None:
            return {"dose": found}
        return {"dose": found, "equivalent": _treatment([equivalent])}

    def stable(self, interval: tuple[Interval, Token]) -> dict[str, Anything]:
        return {"stable_weeks": _of_time(interval)}

    def total(self, interval: tuple[Interval, Token]) -> dict[str, Anything]:
        return {"total_weeks": _of_time(interval)}

    def routes(self, names: tuple[list[Token], ...]) -> dict[str, Anything]:
        found = tuple(_text(words) for words in names)
        for words, route in zip(names, found, strict=True):
            if route not in known_routes():
                hint = f"a route is one of {', '.join(known_routes())}"
                raise NotationError(_column(words[0]), hint)
        return {"routes": found}

    def bounds(self, *tokens: Token) -> tuple[Interval, Token]:
        *sides, unit = tokens
        pairs = list(zip(sides[::2], sides[1::2], strict=True))
        limits = _limits([(relation, float(value)) for relation, value in pairs])
        return Interval(**limits, unit=str(unit)), unit


def _column(token: Token) -> int:
    return token.column or 1


def _unquoted(token: Token) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise NotationError(_column(token), "this text has a backslash that means nothing") from None


def _text(words: list[Token]) -> str:
    return " ".join(_unquoted(word) if word.type == "STRING" else str(word) for word in words)


def _field(name: Token) -> Field | None:
    """The field of this name; None when it is a treatment; NotationError when it is neither."""
    known = fields().get(name)
    if known is None and not _found(str(name)):
        hint = nearest(str(name), (*fields(), *drugs.drugs(), *drugs.classes()))
        raise NotationError(_column(name), f"{name} is no known fact or treatment{hint}")
    return known


def _found(text: str) -> str | None:
    if text in drugs.drugs() or text in drugs.classes():
        return text
    whole = [found.id for found in drugs.find(text) if found.matched.strip() == text.strip()]
    return whole[0] if len(whole) == 1 else None


def _treatment(words: list[Token]) -> str:
    text = _text(words)
    found = _found(text)
    if found is None:
        hint = nearest(text, (*drugs.drugs(), *drugs.classes()))
        raise NotationError(_column(words[0]), f"{text} is no known treatment{hint}")
    return found


def _treatments(names: tuple[list[Token], ...]) -> tuple[str, ...]:
    return tuple(_treatment(words) for words in names)


def _value(known: Field, token: Token) -> str:
    text = _unquoted(token) if token.type == "STRING" else str(token)
    found = known_value(known.id, text)
    if found is None and known.values:
        raise NotationError(_column(token), f"{known.id} is one of {', '.join(known.values)}")
    return found or text


def _compare(name: Token, sides: list[tuple[Token | str, Number]]) -> Criterion:
    known = _field(name)
    if known is None:
        unit = sides[-1][1][1]
        if unit is None or units.dose_in(1.0, unit) is None:
            column = _column(sides[-1][1][0])
            raise NotationError(column, f"{name} is a treatment: give a dose, such as 10 mg/day")
        limits = _limits([(relation, float(value)) for relation, (value, _) in sides])
        return Taking(names=_treatments(([name],)), dose=Interval(**limits, unit=str(unit)))
    if known.type != "number":
        raise NotationError(_column(name), f"{name} is not a number")
    if len(sides) == 1 and sides[0][0] == "!=":
        return Not(part=_compare(name, [("=", sides[0][1])]))
    return Compare(field=known.id, **_limits([(relation, _canonical(known, v)) for relation, v in sides]))


def _canonical(known: Field, given: Number) -> float:
    value, unit = given
    try:
        return canonical(known.id, float(value), unit)
    except ValueError as error:
        raise NotationError(_column(unit or value), str(error)) from None


def _limits(sides: list[tuple[Token | str, float]]) -> dict[str, Anything]:
    limits: dict[str, Anything] = {}
    for relation, value in sides:
        sign = {"≤": "<=", "≥": ">="}.get(relation, str(relation))
        new: dict[str, Anything] = {}
        if sign == "=":
            new = {"low": value, "high": value}
        elif sign in ("<", "<="):
            new = {"high": value} | ({"high_open": True} if sign == "<" else {})
        elif sign in (">", ">="):
            new = {"low": value} | ({"low_open": True} if sign == ">" else {})
        if not new or new.keys() & limits.keys():
            column = _column(relation) if isinstance(relation, Token) else 1
            raise NotationError(column, "the two bounds do not make a range")
        if not isfinite(value):
            column = _column(relation) if isinstance(relation, Token) else 1
            raise NotationError(column, "the number behind this sign is too large")
        limits |= new
    return limits


def _mirrored(relation: Token) -> Token:
    signs = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "≤": "≥", "≥": "≤"}
    return Token("RELATION", signs.get(relation, str(relation)), column=relation.column)


def _weeks(value: Token, unit: Token) -> float:
    try:
        return units.convert(float(value), str(unit), "weeks")
    except ValueError as error:
        raise NotationError(_column(unit), str(error)) from None


def _of_time(interval: tuple[Interval, Token]) -> Interval:
    found, unit = interval
    _weeks(Token("NUMBER", "1"), unit)
    return found
