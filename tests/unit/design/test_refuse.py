"""What no trial can be is refused with the place and the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scleroscope.design import refuse
from scleroscope.design.refuse import RefusedError


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        (refuse.positive, -7.5, "here: must be above 0, not -7.5"),
        (refuse.share, 1.2, "here: must lie between 0 and 1, not 1.2"),
        (refuse.effect, 0, "here: is 0: power at no effect"),
        (refuse.patients, 3, "here: is 3; this analysis needs"),
        (refuse.hazard_ratio, 1.0, "here: is 1"),
        (refuse.fractions, [0.4, 0.4, 1.0], r"here\[1\]: information must increase"),
        (refuse.fractions, [], "here: needs at least one look"),
        (
            refuse.correlation,
            [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
            "here: is not positive definite",
        ),
        (refuse.covariance, [[1, 0.2], [0.3, 1]], r"here\[0\]\[1\]: differs from its mirror image"),
        (refuse.correlation, [[2, 0.2], [0.2, 2]], "here: has a diagonal entry that is not 1"),
    ],
)
def test_the_place_and_the_reason_are_said(check: Callable[..., object], value: object, said: str) -> None:
    with pytest.raises(RefusedError, match=f"^{said}"):
        check(value, "here")
