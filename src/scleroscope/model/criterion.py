"""A criterion: a small tree that can be run, spoken, checked and exchanged.

The union of node kinds is closed. A new kind makes the type checker list every reading
(`evaluate`, `compile`, `explain`, notation, exchange) that still lacks it.

Meaning (`criteria.evaluate` is the reference):

- every node answers yes, no or unknown for one patient;
- `Opaque` is text that was not understood: always unknown, never dropped;
- a node says what the *text* says. Polarity (inclusion or exclusion) belongs to the `Clause`.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Characters [start, end) of the text that was read."""

    start: int
    end: int


class _Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="node", tag=str.lower):
    """What all nodes share: the characters that they came from."""

    span: Span | None = None


class All(_Node, frozen=True, kw_only=True):
    """Every part holds. Of no parts: yes."""

    parts: tuple[Criterion, ...]


class Any(_Node, frozen=True, kw_only=True):
    """Some part holds. Of no parts: no."""

    parts: tuple[Criterion, ...]


class AtLeast(_Node, frozen=True, kw_only=True):
    """At least `count` of the parts hold."""

    count: int
    parts: tuple[Criterion, ...]


class Not(_Node, frozen=True, kw_only=True):
    """The part does not hold."""

    part: Criterion


class Has(_Node, frozen=True, kw_only=True):
    """A yes/no field of the patient is true: `pregnant`, `anti_scl70`."""

    field: str


class Is(_Node, frozen=True, kw_only=True):
    """A text field of the patient is one of the values: `subset = diffuse`."""

    field: str
    values: tuple[str, ...]


class Compare(_Node, frozen=True, kw_only=True):
    """A number lies between bounds, in the field's canonical unit: `15 <= mrss <= 40`.

    At least one bound is given. A bound belongs to the interval unless it is open.
    """

    field: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False


class Interval(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bounds in a stated unit; a bound belongs to it unless open."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str


When = Literal["now", "past", "ever"]


class Taking(_Node, frozen=True, kw_only=True):
    """Some treatment of the patient is one of `names`, none of `except_names`, and fits the rest.

    - `names`: ids of drugs, procedures or classes in knowledge; a class stands for its members.
    - `when`: taken now; taken before and not now; ever (now or before).
    - `within_weeks`, `within_half_lives`: taken at some time in the window that ends now
      (so taking it now counts). Only with `when="ever"` or "past".
    - `dose`: in mg/day, mg/week … of the drug; with `equivalent="prednisone"` as prednisone equivalent.
    - `stable_weeks`, `total_weeks`: how long at this dose, how long in all.
    - `route`: oral, intravenous, subcutaneous, inhaled, topical.
    - `intolerant`: the patient cannot take it (allergy or intolerance), rather than takes it.
    """

    names: tuple[str, ...]
    except_names: tuple[str, ...] = ()
    when: When = "now"
    within_weeks: float | None = None
    within_half_lives: float | None = None
    dose: Interval | None = None
    equivalent: str | None = None
    stable_weeks: Interval | None = None
    total_weeks: Interval | None = None
    routes: tuple[str, ...] = ()
    intolerant: bool = False


class Opaque(_Node, frozen=True, kw_only=True):
    """Text that is not understood, kept word for word. Always unknown."""

    text: str
    procedural: bool = False  # consent, willingness, ability to comply: nothing a record could settle


Criterion = All | Any | AtLeast | Not | Has | Is | Compare | Taking | Opaque

Kind = Literal["inclusion", "exclusion"]
Reading = Literal["computable", "partly", "opaque", "procedural"]


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a study's eligibility list."""

    id: str  # I1, I2 … E1, E2 …
    kind: Kind
    text: str
    start: int
    end: int
    tree: Criterion
    reading: Reading


class Eligibility(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All clauses read from one text, in order."""

    clauses: tuple[Clause, ...]
