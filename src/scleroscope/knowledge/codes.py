"""What the codes of medical records stand for: `codes_*.csv`, one row a code, each with its source.

A code is a pair of a code system's short id (`loinc`, `snomed`, `icd10`, …; `codes_systems.csv`) and the
code as the record has it. A code that stands in no table means nothing here: it is never guessed at.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import msgspec

from scleroscope.knowledge.fields import field
from scleroscope.knowledge.load import cells, rows
from scleroscope.model.patient import Value

OWN = "scleroscope"  # the fields' own ids as codes, for what no terminology has
OWN_URI = "urn:scleroscope:field"
ICD = "icd10"

Reads = Literal["value", "percent", "per_uln", "answer", "titre"]


class Code(NamedTuple):
    """A code in a system that is known here."""

    system: str
    code: str

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What an observation of this code tells: a number of the field, or a value for each answer.

    `reads`: `value` is the number itself; `percent` too, but only where its unit is %; `per_uln` the number
    over the upper limit that stands with it; `titre` the reciprocal; `answer` a coded or worded answer, which
    gives `positive` or `negative` (None: tells nothing) or stands in `codes_answers.csv`. It speaks of now
    only when it is at most `holds_weeks` old; None: until a later one.
    """

    field: str
    reads: Reads
    positive: Value | None = None
    negative: Value | None = None
    holds_weeks: float | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a diagnosis or a procedure of this code tells.

    `now` facts hold while the diagnosis is active (and for at most `holds_weeks` after it began), `lasting`
    ones until it is said to be over, `ever` facts for good. `since` is the field that its beginning dates: an
    `event` begins on the day of its record, another illness before. It counts only where the beginning of the
    field `later_than` is known to be earlier. `diagnosed` is the field that the day of diagnosis dates,
    `ended` the one that its end dates. `treatment` is the id of a drug or procedure that was given.
    """

    now: tuple[tuple[str, Value], ...] = ()
    lasting: tuple[tuple[str, Value], ...] = ()
    ever: tuple[tuple[str, Value], ...] = ()
    since: str = ""
    event: bool = False
    later_than: str = ""
    diagnosed: str = ""
    ended: str = ""
    treatment: str = ""
    holds_weeks: float | None = None


def system_of(uri: str) -> str | None:
    """The short id of a code system's address, OID or OMOP vocabulary name.

    >>> system_of("http://loinc.org")
    'loinc'
    """
    return _systems().get(uri.strip().rstrip("/").casefold())


def measures(code: Code) -> tuple[Measure, ...]:
    """What an observation of this code tells; empty when it is not known."""
    if code.system == OWN:
        return _own(code.code)
    return _measures().get(code, ())


def finding(code: Code) -> Finding | None:
    """What a diagnosis or procedure of this code tells; an ICD-10 code also through the codes above it."""
    found = _findings().get(code)
    if found is None and code.system.startswith(ICD):
        return _icd(code.code)
    if found is None and code.system == OWN:
        return _own_finding(code.code)
    return found


def drug(code: Code) -> str | None:
    """The id of the drug that a code stands for; a code of the ATC means its fifth level."""
    if code.system == "atc":
        return _atc().get(code.code.upper())
    return _drugs().get(code)


def ingredient_codes(identity: str) -> tuple[str, ...]:
    """The RxNorm codes that stand for a drug, by its id.

    >>> ingredient_codes("mycophenolate")
    ('7145',)
    """
    return tuple(
        code.code for code, known in _drugs().items() if known == identity and code.system == "rxnorm"
    )


def answer(question: Code, given: Code) -> tuple[tuple[str, Value], ...] | None:
    """The facts that a coded answer to this question tells; None when it is not known."""
    return _answers().get((question, given))


def polarity(given: Code) -> bool | None:
    """Whether a coded result says positive or negative; None when it says neither."""
    return _polarities().get(given)


def facts_in(cell: str) -> tuple[tuple[str, Value], ...]:
    """The facts of a cell such as `ssc=true | subset=limited`."""
    pairs = (part.partition("=") for part in cells(cell))
    return tuple((name, value_in(name, value)) for name, _, value in pairs)


def value_in(name: str, cell: str) -> Value:
    """The cell as a value of this field."""
    match field(name).type:
        case "bool":
            return {"true": True, "false": False}[cell]
        case "number":
            return float(cell)
        case "text":
            return cell


@cache
def code_rows(table: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of codes; several codes of one meaning share a row."""
    return tuple({**row, "code": code} for row in rows(table) for code in cells(row["code"]))


@cache
def _systems() -> dict[str, str]:
    return {
        name.rstrip("/").casefold(): row["id"]
        for row in rows("codes_systems")
        for name in (row["id"], *cells(row["uris"]), *cells(row["omop"]))
    }


@cache
def _measures() -> dict[Code, tuple[Measure, ...]]:
    found: dict[Code, tuple[Measure, ...]] = {}
    for row in code_rows("codes_measures"):
        code = Code(row["system"], row["code"])
        found[code] = (*found.get(code, ()), _measure(row))
    return found


def _measure(row: dict[str, str]) -> Measure:
    def value(cell: str) -> Value | None:
        return value_in(row["field"], cell) if cell else None

    return Measure(
        field=row["field"],
        reads=row["reads"],  # type: ignore[arg-type]
        positive=value(row["positive"]),
        negative=value(row["negative"]),
        holds_weeks=float(row["holds_weeks"]) if row["holds_weeks"] else None,
    )


def _own(name: str) -> tuple[Measure, ...]:
    from scleroscope.knowledge.fields import fields

    known = fields().get(name)
    if known is None:
        return ()
    if known.type == "bool":
        return (Measure(field=name, reads="answer", positive=True, negative=False),)
    return (Measure(field=name, reads="value" if known.type == "number" else "answer"),)


def _own_finding(name: str) -> Finding | None:
    from scleroscope.knowledge.fields import fields

    known = fields().get(name)
    return Finding(lasting=((name, True),)) if known is not None and known.type == "bool" else None


@cache
def _findings() -> dict[Code, Finding]:
    return {
        Code(row["system"], row["code"]): Finding(
            now=facts_in(row["now"]),
            lasting=facts_in(row["lasting"]),
            ever=facts_in(row["ever"]),
            since=row["since"],
            event=row["event"] == "true",
            later_than=row["later_than"],
            diagnosed=row["diagnosed"],
            ended=row["ended"],
            treatment=row["treatment"],
            holds_weeks=float(row["holds_weeks"]) if row["holds_weeks"] else None,
        )
        for row in code_rows("codes_findings")
    }


def _icd(code: str) -> Finding | None:
    """The row of the code or of the nearest one above it: `M34.81` is also `M34`."""
    bare = code.upper().replace(".", "")
    for length in range(len(bare), 2, -1):
        found = _icd_findings().get(bare[:length])
        if found is not None:
            return found
    return None


@cache
def _icd_findings() -> dict[str, Finding]:
    return {
        code.code.upper().replace(".", ""): found
        for code, found in _findings().items()
        if code.system.startswith(ICD)
    }


@cache
def _drugs() -> dict[Code, str]:
    own = {Code("rxnorm", code): row["id"] for row in rows("drugs") for code in cells(row["rxnorm"])}
    return own | {Code(row["system"], row["code"]): row["drug"] for row in code_rows("codes_drugs")}


@cache
def _atc() -> dict[str, str]:
    """ATC code → drug; a code that several drugs share tells none."""
    found: dict[str, set[str]] = {}
    for row in rows("drugs"):
        for code in cells(row["atc"]):
            found.setdefault(code.upper(), set()).add(row["id"])
    return {code: next(iter(ids)) for code, ids in found.items() if len(ids) == 1}


@cache
def _answers() -> dict[tuple[Code, Code], tuple[tuple[str, Value], ...]]:
    return {
        (Code(*row["question"].split(" ", 1)), Code(row["system"], row["code"])): facts_in(row["facts"])
        for row in code_rows("codes_answers")
        if row["question"]
    }


@cache
def _polarities() -> dict[Code, bool]:
    return {
        Code(row["system"], row["code"]): row["facts"] == "positive"
        for row in code_rows("codes_answers")
        if not row["question"]
    }


@cache
def known_concepts() -> dict[str, Code]:
    """OMOP concept id → the code that it stands for, where a CDM comes without its vocabulary."""
    tables = ("codes_measures", "codes_findings", "codes_drugs", "codes_answers")
    return {
        concept: Code(row["system"], row["code"])
        for table in tables
        for row in rows(table)
        for concept in cells(row["omop"])
    }
