"""Recruitment against closed forms (Anisimov, Fedorov 2007; beta prime and negative binomial)."""

from __future__ import annotations

import pytest

from scleroscope.design.recruitment import Sites, forecast, reforecast


@pytest.mark.parametrize(
    ("sites", "beta", "target", "mean", "sd", "quantiles"),
    [
        # Worked with 200,000 simulated trials by an independent script; see the model statement,
        # arXiv 1912.09790.
        (77, 4.5575, 365, 18.200, 2.141, (15.580, 18.052, 21.010)),
        (14, 4.6693, 142, 41.964, 11.499, (29.186, 40.168, 56.922)),
    ],
)
def test_the_month_of_the_last_patient_is_beta_prime(
    sites: int, beta: float, target: int, mean: float, sd: float, quantiles: tuple[float, ...]
) -> None:
    answer = forecast(Sites(count=sites, screened_per_month=1.2 / beta), target)
    assert (answer.mean, answer.sd) == pytest.approx((mean, sd), abs=2e-3)
    assert (answer.q10, answer.q50, answer.q90) == pytest.approx(quantiles, abs=2e-3)


def test_staggered_opening_of_almost_nothing_agrees_with_the_closed_form() -> None:
    closed = forecast(Sites(count=77, screened_per_month=1.2 / 4.5575), 365)
    simulated = forecast(Sites(count=77, screened_per_month=1.2 / 4.5575, opening_months=1e-9), 365)
    assert simulated.mean == pytest.approx(closed.mean, abs=4 * simulated.monte_carlo_error)
    assert simulated.sd == pytest.approx(closed.sd, rel=0.05)


def test_half_the_eligible_share_doubles_the_mean_time() -> None:
    sites = Sites(count=20, screened_per_month=0.5)
    assert forecast(sites, 100, 0.25).mean == pytest.approx(2 * forecast(sites, 100, 0.5).mean)


def test_competition_and_late_opening_make_recruitment_longer() -> None:
    plain = forecast(Sites(count=20, screened_per_month=0.5), 100).mean
    assert forecast(Sites(count=20, screened_per_month=0.5, competing_share=0.3), 100).mean > plain
    assert forecast(Sites(count=20, screened_per_month=0.5, opening_months=12), 100).mean > plain + 3


def test_fast_sites_bring_the_forecast_forward() -> None:
    sites = Sites(count=10, screened_per_month=0.4)
    slow = reforecast(sites, 100, [1] * 10, [6.0] * 10)
    fast = reforecast(sites, 100, [5] * 10, [6.0] * 10)
    assert fast.mean < slow.mean / 2


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({"count": 0, "screened_per_month": 1}, "sites.count"),
        ({"count": 3, "screened_per_month": 0}, "sites.screened_per_month"),
        ({"count": 3, "screened_per_month": 1, "competing_share": 1}, "sites.competing_share"),
        ({"count": 3, "screened_per_month": 1, "opening_months": -1}, "sites.opening_months"),
    ],
)
def test_impossible_sites_are_refused_with_their_place(fault: dict[str, float], place: str) -> None:
    with pytest.raises(ValueError, match=place):
        Sites(**fault)  # type: ignore[arg-type]


def test_a_criterion_that_nobody_meets_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        forecast(Sites(count=3, screened_per_month=1), 10, 0.0)
