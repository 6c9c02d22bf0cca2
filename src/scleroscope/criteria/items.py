"""What the lexer hands to the grammar: pieces of meaning in text order."""

from __future__ import annotations

import msgspec

from scleroscope.model.criterion import Criterion


class Item(msgspec.Struct, gc=False):
    """One recognised thing at characters [start, end).

    `kind` says what it is; `value` is what that kind carries:
    `measure` Measure, `fact` Fact, `drug` id, `quantity` Quantity, `bound` Bound, `window` Window,
    `lasting` Bound in weeks, `paren` list of items; `word` (not understood) and all kinds of
    `phrases_words.csv` carry the words or the row's value.
    """

    kind: str
    start: int
    end: int
    value: object = None


class Measure(msgspec.Struct, frozen=True):
    """A number of the patient: the fields that it may mean, the first that fits the unit is taken."""

    id: str
    fields: tuple[str, ...]
    bare: str  # unit of a number that stands without one; "" where such a number is not trusted
    ordinal: bool  # classes: "NYHA III" is an equality
    spread: bool  # all fields are plausible; the answer is settled only where they agree
    both: bool = False  # every field is meant: "transaminases"
    count: bool = False  # a number of things: to have them is to have one at least
    pair: bool = False  # two numbers written as one: 160/100
    rises: bool = False  # illness raises it: an upper bound as a reason for exclusion is a slip of the pen


class Fact(msgspec.Struct, frozen=True):
    """A condition: what its bare name says, with "current", with "history of"; the field that dates it."""

    id: str
    bare: Criterion
    now: Criterion
    ever: Criterion
    since: tuple[str, ...]
    group: str


class Quantity(msgspec.Struct, frozen=True):
    """A number with its unit ("" without), and whether the wording says that it is an age."""

    value: float
    unit: str
    age: bool = False


class Bound(msgspec.Struct, frozen=True):
    """An interval as written, in its unit."""

    low: float | None
    high: float | None
    low_open: bool
    high_open: bool
    unit: str
    age: bool = False


class Window(msgspec.Struct, frozen=True):
    """A time before now, in days: at most `high` ago, at least `low` ago."""

    high: float | None
    low: float | None = None
    strict: bool = False
