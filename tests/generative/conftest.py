"""Random criteria and random patients, over the whole contract."""

from __future__ import annotations

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
         "prednisolone", "cyclophosphamide")  # fmt: skip
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


weeks = intervals((0.0, 4.0, 8.0, 12.0, 26.0), ("weeks", "months", "days"))
doses = intervals((0.0, 1.0, 5.0, 10.0, 20.0, 70.0), ("mg/day", "mg/week", "g/day", "mg/kg/day", "mg"))


@st.composite
def takings(draw: Anything) -> Taking:
    named = st.sampled_from(DRUGS + CLASSES)
    dose = draw(st.none() | doses)
    return Taking(
        names=tuple(draw(st.lists(named, min_size=1, max_size=3, unique=True))),
        except_names=tuple(draw(st.lists(named, max_size=2, unique=True))),
        when=draw(st.sampled_from(("now", "past", "ever"))),
        within_weeks=draw(st.none() | st.sampled_from((4.0, 8.0, 12.0, 26.0892857143))),
        within_half_lives=draw(st.none() | st.sampled_from((1.0, 5.0))),
        dose=dose,
        equivalent=None if dose is None else draw(st.none() | st.just("prednisolone")),
        stable_weeks=draw(st.none() | weeks),
        total_weeks=draw(st.none() | weeks),
        routes=tuple(draw(st.lists(st.sampled_from(routes()), max_size=2, unique=True))),
        intolerant=draw(st.sampled_from((False, False, False, True))),
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
    taking = draw(st.none() | st.booleans())
    entry: dict[str, Anything] = {"name": name, "taking": taking}
    if taking is False:
        entry["weeks_since_last"] = draw(st.none() | st.sampled_from((2.0, 4.0, 8.0, 30.0)))
    known = ("5 mg/day", "10 mg/day", "70 mg/week", "2 g/day", "a little", "2 mg/kg/day", "5 mg")
    entry["dose"] = draw(st.none() | st.sampled_from(known))
    total = draw(st.none() | st.sampled_from((0.0, 4.0, 12.0, 60.0)))
    stable = draw(st.none() | st.sampled_from((0.0, 4.0, 8.0, 26.0)))
    entry["total_weeks"] = total
    entry["stable_weeks"] = stable if total is None or stable is None else min(stable, total)
    entry["route"] = draw(st.none() | st.sampled_from(routes()))
    entry["intolerant"] = draw(st.none() | st.booleans())
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


@pytest.fixture(scope="session")
def some() -> SimpleNamespace:
    """Strategies: `some.trees`, `some.patients()` (records of the patient file)."""
    return SimpleNamespace(trees=trees, patients=patients, leaves=leaves, takings=takings)
