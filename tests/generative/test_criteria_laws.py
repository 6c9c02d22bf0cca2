"""What must hold for every criterion and every patient."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any as Anything

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.judge import missing
from scleroscope.criteria.notation import NotationError, format_tree, parse
from scleroscope.criteria.simplify import simplify
from scleroscope.knowledge.implications import close
from scleroscope.model.criterion import All, Any, Not, Opaque
from scleroscope.model.truth import Truth
from scleroscope.patients.profile import patient

laws = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@laws
@given(data=st.data())
def test_what_is_printed_is_read_back(some: SimpleNamespace, data: st.DataObject) -> None:
    tree = data.draw(some.trees)
    line = format_tree(tree)
    assert parse(line) == tree
    assert format_tree(parse(line)) == line


@laws
@given(text=st.text(max_size=40) | st.text(alphabet="mrss <=>()and or not 12,.\"'", max_size=40))
def test_what_is_not_notation_is_an_error_with_a_column(text: str) -> None:
    error = None
    try:
        parse(text)
    except NotationError as caught:
        error = caught
    assert error is None or 1 <= error.column <= len(text) + 1


@laws
@given(data=st.data())
def test_de_morgan(some: SimpleNamespace, data: st.DataObject) -> None:
    parts = tuple(data.draw(st.lists(some.trees, max_size=3)))
    one = patient(data.draw(some.patients()))
    negated = tuple(Not(part=part) for part in parts)
    assert evaluate(Not(part=All(parts=parts)), one) is evaluate(Any(parts=negated), one)
    assert evaluate(Not(part=Any(parts=parts)), one) is evaluate(All(parts=negated), one)
    for part in parts:
        assert evaluate(Not(part=Not(part=part)), one) is evaluate(part, one)


@laws
@given(data=st.data())
def test_what_is_left_out_for_speaking_changes_no_answer(some: SimpleNamespace, data: st.DataObject) -> None:
    a, b, c = (data.draw(some.trees) for _ in range(3))
    one = patient(data.draw(some.patients()))
    for tree in (
        a,
        Any(parts=(All(parts=(a, b)), a, Any(parts=(a, c)))),
        Any(parts=(All(parts=(a, b)), All(parts=(c, a)), All(parts=(b, a, c)))),
        All(
            parts=(
                Any(parts=(All(parts=(a, b)), a)),
                All(parts=(c, Any(parts=(c, b)))),
                Not(part=Not(part=a)),
            )
        ),
    ):
        short = simplify(tree)
        assert evaluate(short, one) is evaluate(tree, one)
        assert simplify(short) == short


@laws
@given(data=st.data())
def test_more_facts_never_reverse_a_settled_answer(some: SimpleNamespace, data: st.DataObject) -> None:
    """Take any facts away from a patient: what is settled without them stays as it is with them."""
    whole = data.draw(some.patients())
    assume(_consistent(whole))
    known = set(data.draw(st.lists(st.sampled_from(sorted(whole)), unique=True))) | {"id"}
    part = {key: value for key, value in whole.items() if key in known}
    if "treatments" in part:
        part["treatments"] = [_fewer(entry, data) for entry in part["treatments"]]
        if data.draw(st.booleans()) and "complete" not in whole:
            part["treatments"] = part["treatments"][1:]
    else:
        part.pop("complete", None)
    tree = data.draw(some.trees)
    before, after = evaluate(tree, patient(part)), evaluate(tree, patient(whole))
    assert before in (after, Truth.UNKNOWN)


def _fewer(entry: dict[str, Anything], data: st.DataObject) -> dict[str, Anything]:
    dropped = data.draw(st.lists(st.sampled_from(sorted(entry)), unique=True))
    return {key: value for key, value in entry.items() if key == "name" or key not in dropped}


def _consistent(record: dict[str, Anything]) -> bool:
    """Whether no given value contradicts what follows from the others."""
    values = patient(record).values
    for key, value in values.items():
        others = {name: other for name, other in values.items() if name != key}
        if close(others).get(key, value) != value:
            return False
    return True


@laws
@given(data=st.data())
def test_an_unknown_without_missing_facts_is_text_not_understood(
    some: SimpleNamespace, data: st.DataObject
) -> None:
    tree, one = data.draw(some.trees), patient(data.draw(some.patients()))
    if evaluate(tree, one) is Truth.UNKNOWN and not missing(tree, one):
        assert "Opaque" in repr(tree)
    if evaluate(tree, one) is not Truth.UNKNOWN:
        assert missing(tree, one) == ()


@pytest.mark.parametrize("procedural", [True, False])
def test_opaque_text_settles_nothing(procedural: bool) -> None:
    assert evaluate(Opaque(text="x", procedural=procedural), patient({"id": "x"})) is Truth.UNKNOWN
