"""Hazards constant in periods: when what happens, to whom sooner, and with which treatment.

Times are in weeks from randomisation, hazards a week. A person's hazard is that of the average entrant times
her risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.plan import Effect, Event
from scleroscope.design.population.course import WEEKS_A_YEAR

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WEEKS_A_MONTH = WEEKS_A_YEAR / 12


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """One event: periods begin at `start` (weeks, the first 0), `rate` a week in each, `risk` (people,)."""

    name: str
    fatal: bool
    start: Floats
    rate: Floats
    risk: Floats

    def cumulative(self, weeks: Floats) -> Floats:
        """∫ rate from 0 to each week, for a person of risk 1."""
        stop = np.append(self.start[1:], np.inf)
        inside = np.clip(weeks[:, None], self.start, stop) - self.start
        return np.asarray(inside @ self.rate, dtype=np.float64)

    def times(self, uniform: Floats) -> Floats:
        """When it happens to each person: survival up to then is `uniform` (people,); infinite for never."""
        wanted = -np.log(uniform) / self.risk
        reached = np.concatenate([[0.0], np.cumsum(self.rate[:-1] * np.diff(self.start))])
        period = np.searchsorted(reached, wanted, side="right") - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            week = self.start[period] + (wanted - reached[period]) / self.rate[period]
        return np.where(self.rate[period] > 0, week, np.inf)


def risk_of(population: pl.DataFrame, ratios: Mapping[str, float], entrants: Flags) -> Floats:
    """Each person's risk: ratios to the power of each field's distance from its mean among `entrants`, scaled
    to a mean of 1 among them. A field that is not known of a person leaves her at the mean."""
    log_risk = np.zeros(population.height)
    for name, ratio in ratios.items():
        value = population[name].cast(float).to_numpy()
        away = value - np.nanmean(value[entrants])
        log_risk += np.log(ratio) * np.where(np.isfinite(away), away, 0.0)
    risk = np.exp(log_risk)
    return np.asarray(risk / risk[entrants].mean(), dtype=np.float64)


def untreated_hazards(events: tuple[Event, ...], risk: Floats) -> list[Hazard]:
    """The plan's events without treatment."""
    return [
        Hazard(
            name=each.name,
            fatal=each.fatal,
            start=np.asarray(each.years) * WEEKS_A_YEAR,
            rate=np.asarray(each.per_year) / WEEKS_A_YEAR,
            risk=risk,
        )
        for each in events
    ]


def treated_hazards(untreated: list[Hazard], effect: Effect, risk: Floats) -> list[Hazard]:
    """The same with treatment: hazards times the ratio after the delay, and deaths of the treatment itself.

    `risk` (people,) is that of dying of the treatment.
    """
    hazards = [_changed(each, effect.hazard_ratio, effect.delay_months * WEEKS_A_MONTH) for each in untreated]
    if effect.treatment_death > 0:
        weeks = effect.treatment_death_months * WEEKS_A_MONTH
        rate = -np.log1p(-effect.treatment_death) / weeks
        start, rates = np.array([0.0, weeks]), np.array([rate, 0.0])
        hazards.append(Hazard(name="treatment death", fatal=True, start=start, rate=rates, risk=risk))
    return hazards


def _changed(hazard: Hazard, ratio: float, delay: float) -> Hazard:
    start = np.union1d(hazard.start, [delay])
    rate = hazard.rate[np.searchsorted(hazard.start, start, side="right") - 1]
    return replace(hazard, start=start, rate=np.where(start >= delay, rate * ratio, rate))


def survival(hazards: list[Hazard], weeks: Floats, people: Flags) -> Floats:
    """Share of `people` to whom none of it has happened at each week: the mean of their own curves, exact."""
    total = np.zeros((weeks.size, int(people.sum())))
    for hazard in hazards:
        total += np.outer(hazard.cumulative(weeks), hazard.risk[people])
    return np.asarray(np.exp(-total).mean(axis=1), dtype=np.float64)
