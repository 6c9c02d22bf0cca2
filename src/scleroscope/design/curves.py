"""Early harm against late benefit: survival curves of both arms, where they cross, and who gains.

The curves are means of each person's own curve under the plan's hazards: exact, without drawing trials.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from scleroscope.design.follow_up import Fates, fates
from scleroscope.design.hazards import Hazard, survival
from scleroscope.design.measures import free_of
from scleroscope.design.population.course import WEEKS_A_YEAR
from scleroscope.design.stage import Stage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_POINTS = 400
_GROUPS = ("lowest third", "middle third", "highest third")


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Share without the event by year in both arms; `name` says of what (survival, event-free survival).

    `crossing`: the year from which treatment is ahead for good (None: never, or from the start); `even`: the
    year by which the months lost early have been won back (the gain turns positive).
    """

    name: str
    years: tuple[float, ...]
    control: tuple[float, ...]
    treated: tuple[float, ...]
    crossing: float | None
    even: float | None


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """Months of restricted mean survival that treatment adds by a horizon, for a group of baseline risk."""

    group: str
    years: float
    survival: float
    event_free: float


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """Hazard of treated over control at a time, of all events and of death."""

    years: float
    event_free: float
    survival: float


class Curves(msgspec.Struct, frozen=True, kw_only=True):
    """Overall and event-free survival, gains by horizon and by risk group, hazard ratios over time."""

    survival: Curve
    event_free: Curve
    gains: tuple[Gain, ...]
    ratios: tuple[Ratio, ...]


def curves(stage: Stage, suitable: Flags) -> Curves:
    """The curves of those who may enter, to the endpoint's week.

    Groups are thirds of baseline risk (`risk` in the plan); without it there is one group.
    """
    plan, endpoint = stage.plan, stage.plan.endpoint
    if endpoint is None or not plan.events:
        raise ValueError("curves need events and a time to follow them")
    both = fates(plan, stage.population, suitable)
    weeks = np.linspace(0.0, endpoint.week, _POINTS + 1)
    gains = _gains(both, weeks, "all", suitable)
    if plan.risk:
        risk = both.untreated[0].risk
        cuts = np.quantile(risk[suitable], [1 / 3, 2 / 3])
        third = np.searchsorted(cuts, risk)
        for place, name in enumerate(_GROUPS):
            gains += _gains(both, weeks, f"{name} of risk", suitable & (third == place))
    return Curves(
        survival=_curve(both, weeks, suitable, fatal=True),
        event_free=_curve(both, weeks, suitable, fatal=False),
        gains=tuple(gains),
        ratios=_ratios(both, suitable, endpoint.week),
    )


def _pair(both: Fates, weeks: Floats, people: Flags, *, fatal: bool) -> tuple[Floats, Floats]:
    def of(hazards: list[Hazard]) -> Floats:
        return survival([each for each in hazards if each.fatal or not fatal], weeks, people)

    return of(both.untreated), of(both.treated)


def _curve(both: Fates, weeks: Floats, people: Flags, *, fatal: bool) -> Curve:
    control, treated = _pair(both, weeks, people, fatal=fatal)
    years = weeks / WEEKS_A_YEAR
    return Curve(
        name=free_of("death" if fatal else "event_free_survival"),
        years=tuple(years.tolist()),
        control=tuple(control.tolist()),
        treated=tuple(treated.tolist()),
        crossing=_last_rise(years, treated - control),
        even=_last_rise(years, _area(weeks, treated - control)),
    )


def _last_rise(years: Floats, gap: Floats) -> float | None:
    """Where `gap` last turns from below 0 to above, interpolated; None where it does not end above 0 or never
    was below."""
    below = np.flatnonzero(gap < -1e-12)
    if below.size == 0 or gap[-1] <= 0:
        return None
    place = int(below[-1])
    part = -gap[place] / (gap[place + 1] - gap[place])
    return float(years[place] + part * (years[place + 1] - years[place]))


def _area(weeks: Floats, values: Floats) -> Floats:
    pieces = np.diff(weeks) * (values[1:] + values[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(pieces)])


def _horizons(week: float) -> list[float]:
    last = week / WEEKS_A_YEAR
    return [years for years in (1.0, 2.0, 3.0, 5.0, 10.0, 20.0) if years < last - 0.05] + [last]


def _gains(both: Fates, weeks: Floats, group: str, people: Flags) -> list[Gain]:
    areas = []
    for fatal in (True, False):
        control, treated = _pair(both, weeks, people, fatal=fatal)
        areas.append(_area(weeks, treated - control) / WEEKS_A_YEAR * 12)
    return [
        Gain(
            group=group,
            years=years,
            survival=float(np.interp(years * WEEKS_A_YEAR, weeks, areas[0])),
            event_free=float(np.interp(years * WEEKS_A_YEAR, weeks, areas[1])),
        )
        for years in _horizons(float(weeks[-1]))
    ]


def _ratios(both: Fates, people: Flags, week: float) -> tuple[Ratio, ...]:
    """Hazards are the falls of the logarithm of the mean curves over the week around each time."""
    years = [each for each in (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0) if each * WEEKS_A_YEAR <= week]
    found = []
    for year in years:
        around = np.array([year * WEEKS_A_YEAR - 1.0, year * WEEKS_A_YEAR - 0.01])
        ratio = {}
        for fatal in (True, False):
            control, treated = _pair(both, around, people, fatal=fatal)
            fall = [float(np.log(curve[0] / curve[1])) for curve in (control, treated)]
            ratio[fatal] = fall[1] / fall[0] if fall[0] > 0 else float("nan")
        found.append(Ratio(years=year, event_free=ratio[False], survival=ratio[True]))
    return tuple(found)
