"""Trials with a time to an event: log-rank, Cox, difference in restricted mean survival."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scleroscope.design.analyses.cox import cox_two_arms
from scleroscope.design.analyses.logrank import logrank_sums
from scleroscope.design.analyses.ranks import pack, sort_keys, tabulate
from scleroscope.design.compiled import compiled
from scleroscope.design.trials.enrol import Door, Floats, Sizes, admit, room_for

LOG_RANK, COX, RMST = range(3)


@compiled
def restricted_mean(time: Any, event: Any, horizon: float) -> Any:
    """(area under the Kaplan–Meier curve to the horizon, its variance); times in rising order.

    As `survival.rmst`; NaN where the horizon lies after the last follow-up while the curve is above 0.
    """
    n = time.size
    if n == 0 or (time[n - 1] < horizon and event[n - 1] == 0.0):
        return math.nan, math.nan
    area = 0.0
    level = 1.0
    before = 0.0
    # First the area; then the variance, which needs the area still to come at each death.
    for i in range(n):
        if time[i] >= horizon:
            break
        area += level * (time[i] - before)
        before = time[i]
        if event[i] > 0.0:
            level *= 1.0 - 1.0 / (n - i)
    area += level * (horizon - before)
    variance = 0.0
    level = 1.0
    before = 0.0
    to_come = area
    i = 0
    while i < n and time[i] < horizon:
        now = time[i]
        to_come -= level * (now - before)
        before = now
        risk = float(n - i)
        deaths = 0.0
        while i < n and time[i] == now:
            deaths += event[i]
            i += 1
        level *= 1.0 - deaths / risk
        if risk > deaths:
            variance += to_come * to_come * deaths / (risk * (risk - deaths))
    return area, variance


@compiled
def _rmst(time: Any, event: Any, arm: Any, horizon: float) -> Any:
    order = np.argsort(time)
    one_t, one_e = np.empty(time.size), np.empty(time.size)
    none_t, none_e = np.empty(time.size), np.empty(time.size)
    ones = nones = 0
    for place in range(time.size):
        i = order[place]
        if arm[i] > 0.0:
            one_t[ones], one_e[ones] = time[i], event[i]
            ones += 1
        else:
            none_t[nones], none_e[nones] = time[i], event[i]
            nones += 1
    a, va = restricted_mean(one_t[:ones], one_e[:ones], horizon)
    b, vb = restricted_mean(none_t[:nones], none_e[:nones], horizon)
    return a - b, math.sqrt(va + vb)


@compiled
def _stacked(time: Any, event: Any, arm: Any, layer: Any, strata: int, room: Any, table: Any) -> int:
    """Tables of `ranks.tabulate`, stratum after stratum; log-rank and Cox add over their rows."""
    keys, other, counts, part = room
    rows = 0
    for level in range(strata):
        for i in range(time.size):
            part[i] = time[i] if layer[i] == level else math.nan
        found = pack(part[: time.size], event, arm, keys)
        if found > 0:
            sort_keys(keys[:found], other[:found], counts)
            rows += tabulate(keys[:found], table[rows:])
    return rows


@compiled
def event_trials(
    door: Door,
    first: int,
    sizes: Sizes,
    times: Floats,
    events: Floats,
    method: int,
    horizon: float,
) -> Floats:
    """Trials first … first + sizes.size − 1 → the table of `trials`.

    `times` and `events` (people, 2): follow-up and whether the event happened, untreated and treated.
    Estimates: log-rank (O − E) / V, a log hazard ratio to first order, with error 1/√V; Cox the log hazard
    ratio; RMST the difference in the unit of the times.
    """
    answers = np.empty((sizes.size, 4))
    room = room_for(sizes, door.strata)
    most = sizes.max()
    time, event = np.empty(most), np.empty(most)
    space = (
        np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(257, np.int64), np.empty(most)
    )  # fmt: skip
    table = np.empty((most, 4))
    for row in range(sizes.size):
        n = sizes[row]
        answers[row, 3] = admit(door, first + row, n, room)
        for i in range(n):
            person = room.entrants[i]
            treated = int(room.arm[i])
            time[i] = times[person, treated]
            event[i] = events[person, treated]
        answers[row, 0] = math.nan
        answers[row, 1] = math.nan
        if method == RMST:
            answers[row, 0], answers[row, 1] = _rmst(time[:n], event[:n], room.arm[:n], horizon)
        else:
            rows = _stacked(time[:n], event[:n], room.arm[:n], room.layer[:n], door.strata, space, table)
            if method == COX:
                answers[row, 0], answers[row, 1] = cox_two_arms(table, rows)
            else:
                gap, variance = logrank_sums(table, rows)
                if variance > 0.0:
                    answers[row, 0] = gap / variance
                    answers[row, 1] = 1.0 / math.sqrt(variance)
        answers[row, 2] = math.inf
    return answers
