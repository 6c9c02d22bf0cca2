"""Random criteria and random patients, over the whole contract."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any as Anything

import pytest
from hypothesis import strategies as st

from scleroscope.knowledge.fields import Field, fields
from scleroscope.knowledge.routes import routes
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Has, Interval, Is, Not, Opaque, Taking

BOOLS = tuple(one for one in fields().values() if one.type == "bool")
NUMBERS = tuple(one for one in fields().values() if one.type == "number")
# A few drugs of a few classes, so that random criteria and random patients meet.
DRUGS = ("bosentan", "macitentan", "rituximab", "tocilizumab", "methotrexate", "mycophenolate",
         "prednisone", "cyclophosphamide")  # fmt: skip
CLASSES = ("endothelin_receptor_antagonist", "immunosuppressant", "biologic", "corticosteroid")
TEXTS = {
    "subset": ("diffuse", "limited", "sine"),
    "sex": ("female", "male"),
    "malignancy_type": ("basal_cell_carcinoma", "melanoma", "lymphoma"),
}
NAMES = {**{drug: drug for drug in DRUGS}, "some new compound": "?", "Actemra": "tocilizumab"}


def value_of(field: Field) -> st.SearchStrategy[float]:
    """Few values, so that bounds and values often coincide."""
    low, high = field.low or 0.0, field.high or 0.0
    return st.sampled_from([float(f"{low + (high - low) * step / 8:.6g}") for step in range(9)])


@st.composite
def compares(draw: Anything) -> Compare:
    field = draw(st.sampled_from(NUMBERS))
    low, high = draw(st.none() | value_of(field)), draw(st.none() | value_of(field))
    if low is None and high is None:
        high = field.high
    low_open, high_open = low is not None and draw(st.booleans()), high is not None and draw(st.booleans())
    return Compare(field=field.id, low=low, high=high, low_open=low_open, high_open=high_open)


@st.composite
def intervals(draw: Anything, values: tuple[float, ...], units: tuple[str, ...]) -> Interval:
    low, high = draw(st.none() | st.sampled_from(values)), draw(st.none() | st.sampled_from(values))
    if low is None and high is None:
        low = values[0]
    low_open, high_open = low is not None and draw(st.booleans()), high is not None and draw(st.booleans())
    unit = draw(st.sampled_from(units))
    return Interval(low=low, high=high, low_open=low_open, high_open=high_open, unit=unit)


weeks = intervals((0.0, 4.0, 8.0, 12.0), ("weeks", "weeks", "months"))
doses = intervals((1.0, 2.0, 5.0, 10.0, 70.0), ("mg/day", "mg/day", "mg/week", "mg/kg/day", "mg"))


CONSTRAINTS: dict[str, st.SearchStrategy[Anything]] = {
    "except_names": st.lists(st.sampled_from(DRUGS + CLASSES), min_size=1, max_size=2, unique=True).map(
        tuple
    ),
    "within_weeks": st.sampled_from((4.0, 8.0, 12.0, 26.0892857143)),
    "within_half_lives": st.sampled_from((1.0, 5.0)),
    "dose": doses,
    "stable_weeks": weeks,
    "total_weeks": weeks,
    "routes": st.lists(st.sampled_from(routes()), min_size=1, max_size=2, unique=True).map(tuple),
}


@st.composite
def takings(draw: Anything) -> Taking:
    """At most two constraints: with more, almost every answer would be unknown."""
    chosen = draw(st.lists(st.sampled_from(sorted(CONSTRAINTS)), max_size=2, unique=True))
    constraints = {name: draw(CONSTRAINTS[name]) for name in chosen}
    return Taking(
        names=tuple(draw(st.lists(st.sampled_from(DRUGS + CLASSES), min_size=1, max_size=2, unique=True))),
        when=draw(st.sampled_from(("now", "past", "ever"))),
        equivalent=draw(st.none() | st.just("prednisone")) if "dose" in chosen else None,
        intolerant=draw(st.sampled_from((False, False, False, False, True))),
        **constraints,
    )


texts = st.sampled_from(sorted(TEXTS)).flatmap(
    lambda field: st.builds(
        Is,
        field=st.just(field),
        values=st.lists(st.sampled_from(TEXTS[field]), min_size=1, max_size=2, unique=True).map(tuple),
    )
)
leaves = st.one_of(
    st.builds(Has, field=st.sampled_from([one.id for one in BOOLS])),
    compares(),
    texts,
    takings(),
    st.builds(Opaque, text=st.text(max_size=20), procedural=st.booleans()),
)


def nodes(children: st.SearchStrategy[Anything]) -> st.SearchStrategy[Anything]:
    parts = st.lists(children, max_size=4).map(tuple)
    return st.one_of(
        st.builds(All, parts=parts),
        st.builds(Any, parts=parts),
        st.builds(AtLeast, count=st.integers(0, 3), parts=parts),
        st.builds(Not, part=children),
    )


trees = st.recursive(leaves, nodes, max_leaves=8)


@st.composite
def treatments(draw: Anything, name: str) -> dict[str, Anything]:
    """Mostly known: what is unknown cannot show that two engines differ."""
    entry: dict[str, Anything] = {"name": name, "taking": draw(st.sampled_from((True, True, False, None)))}
    if entry["taking"] is False:
        entry["weeks_since_last"] = draw(st.sampled_from((2.0, 4.0, 8.0, 30.0, None)))
    entry["dose"] = draw(
        st.sampled_from(("5 mg/day", "10 mg/day", "70 mg/week", "2 mg/kg/day", "5 mg", "some", None))
    )
    total = draw(st.sampled_from((0.0, 4.0, 12.0, 60.0, None)))
    stable = draw(st.sampled_from((0.0, 4.0, 8.0, 12.0, None)))
    entry["total_weeks"] = total
    entry["stable_weeks"] = stable if total is None or stable is None else min(stable, total)
    entry["route"] = draw(st.sampled_from(("oral", "intravenous", None)))
    entry["intolerant"] = draw(st.sampled_from((False, True, None)))
    return {key: value for key, value in entry.items() if value is not None}


@st.composite
def patients(draw: Anything) -> dict[str, Anything]:
    record: dict[str, Anything] = {"id": "x"}
    for field in draw(st.lists(st.sampled_from(BOOLS), max_size=25, unique=True)):
        record[field.id] = draw(st.booleans())
    for field in draw(st.lists(st.sampled_from(NUMBERS), max_size=25, unique=True)):
        record[field.id] = draw(value_of(field))
    for name, values in TEXTS.items():
        value = draw(st.none() | st.sampled_from(values))
        if value is not None:
            record[name] = value
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from(sorted(NAMES)), max_size=4, unique_by=lambda name: NAMES[name]))
        record["treatments"] = [draw(treatments(name)) for name in names]
        if draw(st.booleans()):
            record["complete"] = ["treatments"]
    return record


DOSES = ("5 mg/day", "10 mg/day", "70 mg/week", "2 mg/kg/day", "350 mg/day", "5 mg", None)


def random_taking(chance: Random) -> Taking:
    """A treatment leaf with at most two constraints: with more, almost every answer is unknown."""

    def interval(values: tuple[float, ...], *units: str) -> Interval:
        low, high = sorted(chance.sample(values, 2))
        kept = chance.choice(("low", "high", "both"))
        return Interval(
            low=None if kept == "high" else low,
            high=None if kept == "low" else high,
            low_open=kept != "high" and chance.random() < 0.5,
            high_open=kept != "low" and chance.random() < 0.5,
            unit=chance.choice(units),
        )

    constraints: dict[str, Anything] = {
        "except_names": tuple(chance.sample(DRUGS + CLASSES, 1)),
        "within_weeks": chance.choice((2.0, 4.0, 8.0, 12.0)),
        "within_half_lives": chance.choice((1.0, 5.0)),
        "dose": interval((2.0, 5.0, 10.0, 70.0), "mg/day", "mg/week", "mg/kg/day", "mg"),
        "stable_weeks": interval((0.0, 4.0, 8.0, 12.0), "weeks"),
        "total_weeks": interval((4.0, 8.0, 12.0, 60.0), "weeks"),
        "routes": tuple(chance.sample(routes(), 2)),
        "intolerant": True,
    }
    chosen = chance.sample(sorted(constraints), chance.choice((0, 1, 1, 2, 2)))
    if chance.random() < 0.15:
        chosen = ["dose", "within_weeks"]  # whether an earlier dose may have been another
    return Taking(
        names=tuple(chance.sample(DRUGS + CLASSES, chance.choice((1, 1, 2)))),
        when=chance.choice(("now", "ever", "past")),
        equivalent=chance.choice((None, "prednisone")) if "dose" in chosen else None,
        **{name: constraints[name] for name in chosen},
    )


def random_treated(chance: Random) -> dict[str, Anything]:
    """A patient of whom the treatments are mostly known, with values that meet the bounds above."""
    names = {NAMES[name]: name for name in chance.sample(sorted(NAMES), chance.randint(0, 8))}
    record: dict[str, Anything] = {"id": "x", "treatments": []}
    for name in names.values():
        total, stable = (
            chance.choice((None, 4.0, 8.0, 12.0, 60.0)),
            chance.choice((None, 0.0, 4.0, 8.0, 12.0)),
        )
        entry = {
            "name": name,
            "taking": chance.choice((True, True, False, None)),
            "dose": chance.choice(DOSES),
            "total_weeks": total,
            "stable_weeks": stable if total is None or stable is None else min(stable, total),
            "route": chance.choice(("oral", "intravenous", None)),
            "intolerant": chance.choice((False, True, None)),
        }
        if entry["taking"] is not True:
            entry["weeks_since_last"] = chance.choice((2.0, 4.0, 8.0, 30.0, None))
        record["treatments"].append({key: value for key, value in entry.items() if value is not None})
    if chance.random() < 0.7:
        record["weight"] = chance.choice((35.0, 70.0, 175.0))
    if chance.random() < 0.5:
        record["complete"] = ["treatments"]
    return record


@pytest.fixture(scope="session")
def some() -> SimpleNamespace:
    """Strategies: `some.trees`, `some.patients()` (records of the patient file)."""
    return SimpleNamespace(
        trees=trees,
        patients=patients,
        random_taking=random_taking,
        random_treated=random_treated,
    )
