"""ACR-CRISS against values worked out by hand from the published equation (PMC4818571, table 4)."""

from __future__ import annotations

import numpy as np
import pytest

from scleroscope.design.endpoints.criss import acr_criss, lung_failure, revised_criss


@pytest.mark.parametrize(
    ("changes", "probability"),
    [
        ((0, 0, 0, 0, 0), 0.00391),
        ((-5, 0, 0, 0, 0), 0.1839),
        ((-10, 0, 0, 0, 0), 0.9282),
        ((-5, 3, -1, -1, -0.14), 0.6124),
    ],
)
def test_the_probability_of_improvement_is_the_published_one(
    changes: tuple[float, ...], probability: float
) -> None:
    assert float(acr_criss(*changes)) == pytest.approx(probability, abs=5e-5)


def test_a_step_one_failure_is_zero_whatever_improved() -> None:
    assert float(acr_criss(-20, 10, -5, -5, -1, failed=True)) == 0


def test_the_lung_fails_only_with_ild_below_80_percent() -> None:
    before, after = np.array([90.0, 90.0, 120.0]), np.array([70.0, 70.0, 95.0])
    assert lung_failure(before, after, np.array([True, False, True])).tolist() == [True, False, False]


def test_three_of_five_items_make_a_revised_criss_responder() -> None:
    before = {"mrss": 20, "fvc_percent": 80, "patient_global": 5, "physician_global": 5, "haq_di": 1}
    two = {"mrss": 16, "fvc_percent": 84, "patient_global": 5, "physician_global": 5, "haq_di": 1}
    three = two | {"haq_di": 0.8}
    assert [bool(revised_criss(before, after)) for after in (two, three)] == [False, True]
    assert not revised_criss(before, three, failed=True)


def test_an_item_that_starts_at_zero_cannot_improve() -> None:
    nothing = dict.fromkeys(("mrss", "patient_global", "physician_global", "haq_di"), 0)
    assert not revised_criss(nothing | {"fvc_percent": 80}, nothing | {"fvc_percent": 80})
