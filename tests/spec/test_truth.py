"""Kleene's three-valued logic, row by row."""

from __future__ import annotations

import pytest

from scleroscope.model.truth import Truth, at_least, every, some

Y, N, U = Truth.YES, Truth.NO, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(Y, Y, Y, Y), (Y, N, N, Y), (Y, U, U, Y), (N, N, N, N), (N, U, N, U), (U, U, U, U)],
)
def test_and_and_or_follow_kleene(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert (left & right, right & left) == (both, both)
    assert (left | right, right | left) == (either, either)


def test_not_unknown_is_unknown() -> None:
    assert [~Y, ~N, ~U] == [N, Y, U]


def test_a_truth_refuses_to_be_a_boolean() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(U)


def test_of_no_parts_every_is_yes_and_some_is_no() -> None:
    assert (every([]), some([])) == (Y, N)


@pytest.mark.parametrize(
    ("parts", "answer"), [((Y, Y, N), Y), ((Y, U, N), U), ((Y, N, N), N), ((U, U, N), U), ((), N)]
)
def test_at_least_two_waits_for_unknown_parts(parts: tuple[Truth, ...], answer: Truth) -> None:
    assert at_least(2, parts) is answer
