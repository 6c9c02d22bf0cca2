"""Compare each treated patient with each control, endpoint by endpoint: wins, losses, ties.

The endpoints stand in order of importance; a pair that the first cannot tell apart is decided by the second,
and so on. From the pairs come the win ratio, the net benefit, and the test of Finkelstein and Schoenfeld.

An endpoint is described by one row of `kinds`: 0 a measure of which more is better, 1 a measure of which less
is better, 2 a time to an event that one wants late. `thresholds` says by how much two patients must differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from scleroscope.design.compiled import compiled
from scleroscope.design.random import fill_normals, fill_uniforms
from scleroscope.design.refuse import RefusedError

Array = NDArray[np.float64]
MORE_IS_BETTER, LESS_IS_BETTER, LATER_IS_BETTER = 0, 1, 2


@compiled
def compare(values: Any, events: Any, kinds: Any, thresholds: Any, i: int, j: int) -> int:
    """Patient i against j: endpoint + 1 if i wins there, −(endpoint + 1) if j does, 0 if none decides.

    `values` and `events` are (endpoints, n). A time to an event decides only when the earlier one was seen to
    happen and the other was still followed (Gehan's rule); a missing measure (NaN) decides nothing.
    """
    for endpoint in range(kinds.size):
        gap = values[endpoint, i] - values[endpoint, j]
        if kinds[endpoint] == 2:
            if gap > 0.0:
                if events[endpoint, j] > 0.0 and gap >= thresholds[endpoint]:
                    return endpoint + 1
            elif gap < 0.0:
                if events[endpoint, i] > 0.0 and -gap >= thresholds[endpoint]:
                    return -endpoint - 1
            elif thresholds[endpoint] == 0.0 and events[endpoint, i] != events[endpoint, j]:
                return endpoint + 1 if events[endpoint, j] > 0.0 else -endpoint - 1
        else:
            if kinds[endpoint] == 1:
                gap = -gap
            if gap > 0.0 and gap >= thresholds[endpoint]:
                return endpoint + 1
            if gap < 0.0 and -gap >= thresholds[endpoint]:
                return -endpoint - 1
    return 0


@compiled
def pair_scores(
    values: Any, events: Any, treated: Any, kinds: Any, thresholds: Any, wins: Any, losses: Any, scores: Any
) -> None:
    """Fill wins and losses of each patient against the *other* arm, and scores, wins − losses against all."""
    size = treated.size
    wins[:] = 0.0
    losses[:] = 0.0
    scores[:] = 0.0
    for i in range(size):
        for j in range(i):
            result = compare(values, events, kinds, thresholds, i, j)
            if result == 0:
                continue
            winner, loser = (i, j) if result > 0 else (j, i)
            scores[winner] += 1.0
            scores[loser] -= 1.0
            if treated[i] != treated[j]:
                wins[winner] += 1.0
                losses[loser] += 1.0


@compiled
def win_sums(treated: Any, wins: Any, losses: Any) -> Any:
    """(share of wins, share of losses, their variances, their covariance) from the scores of each patient.

    Variances of two-sample U-statistics, first order (Hoeffding): the spread between treated patients of
    their mean score ÷ treated, plus that between controls ÷ controls.
    """
    treated_n = 0.0
    win = 0.0
    loss = 0.0
    for i in range(treated.size):
        if treated[i] != 0:
            treated_n += 1.0
            win += wins[i]
            loss += losses[i]
    control_n = treated.size - treated_n
    pairs = treated_n * control_n
    win /= pairs
    loss /= pairs
    variance = np.zeros(3)
    for i in range(treated.size):
        if treated[i] != 0:
            a = wins[i] / control_n - win
            b = losses[i] / control_n - loss
            weight = 1.0 / (treated_n * treated_n)
        else:
            a = losses[i] / treated_n - win
            b = wins[i] / treated_n - loss
            weight = 1.0 / (control_n * control_n)
        variance[0] += a * a * weight
        variance[1] += b * b * weight
        variance[2] += a * b * weight
    return win, loss, variance[0], variance[1], variance[2]


@compiled
def finkelstein_schoenfeld(treated: Any, scores: Any) -> float:
    """z of the treated patients' summed scores under the hypothesis that treatment changes nothing.

    The variance is that of drawing the treated at random from all (Finkelstein, Schoenfeld 1999,
    https://doi.org/10.1002/(sici)1097-0258(19990615)18:11<1341::aid-sim129>3.0.co;2-7).
    """
    size = treated.size
    total = 0.0
    squares = 0.0
    treated_n = 0.0
    for i in range(size):
        squares += scores[i] * scores[i]
        if treated[i] != 0:
            treated_n += 1.0
            total += scores[i]
    spread = treated_n * (size - treated_n) / (size * (size - 1.0)) * squares
    return total / math.sqrt(spread) if spread > 0.0 else math.nan


@dataclass(frozen=True, kw_only=True)
class Wins:
    """The answer of all pairs. `by_endpoint` holds (wins, losses) decided by each endpoint, in pairs.

    `net_benefit` is wins − losses as shares of all pairs, `win_probability` counts ties as half, `win_ratio`
    is wins ÷ losses; each interval is two-sided at the level asked for. `p` tests no net benefit; `z` and
    `p_finkelstein_schoenfeld` belong to the permutation test.
    """

    pairs: int
    wins: int
    losses: int
    by_endpoint: tuple[tuple[int, int], ...]
    net_benefit: float
    net_benefit_se: float
    net_benefit_interval: tuple[float, float]
    win_ratio: float
    win_ratio_interval: tuple[float, float]
    win_probability: float
    p: float
    z: float
    p_finkelstein_schoenfeld: float


def wins(
    values: ArrayLike,
    events: ArrayLike,
    treated: ArrayLike,
    *,
    kinds: ArrayLike,
    thresholds: ArrayLike | None = None,
    level: float = 0.95,
) -> Wins:
    """Compare the arms of one trial; `values` and `events` of shape (endpoints, n), `treated` (n,) of 0/1.

    `events` matters where the endpoint is a time (kind 2). Intervals: net benefit on the inverse hyperbolic
    tangent, win ratio on the logarithm (Bebu, Lachin 2016, https://doi.org/10.1093/biostatistics/kxv032).

    >>> answer = wins([[5.0, 6.0, 1.0, 2.0]], [[1, 1, 1, 1]], [1, 1, 0, 0], kinds=[2])
    >>> answer.wins, answer.losses, answer.net_benefit
    (4, 0, 1.0)
    """
    value, happened, arm, kind, threshold = _checked(values, events, treated, kinds, thresholds)
    won, lost, scores = np.empty((3, arm.size))
    pair_scores(value, happened, arm, kind, threshold, won, lost, scores)
    win, loss, win_variance, loss_variance, shared = win_sums(arm, won, lost)
    net = win - loss
    se = math.sqrt(max(win_variance + loss_variance - 2 * shared, 0.0))
    z_reach = float(ndtri((1 + level) / 2))
    z = finkelstein_schoenfeld(arm, scores)
    pairs = int((arm == 1).sum() * (arm == 0).sum())
    by_endpoint = _by_endpoint(value, happened, arm, kind, threshold)
    log_se = math.nan
    if win > 0 and loss > 0:
        log_se = math.sqrt(win_variance / win**2 + loss_variance / loss**2 - 2 * shared / (win * loss))
    ratio = win / loss if loss > 0 else math.inf
    return Wins(
        pairs=pairs,
        wins=round(win * pairs),
        losses=round(loss * pairs),
        by_endpoint=by_endpoint,
        net_benefit=net,
        net_benefit_se=se,
        net_benefit_interval=_tanh_interval(net, se, z_reach),
        win_ratio=ratio,
        win_ratio_interval=(ratio * math.exp(-z_reach * log_se), ratio * math.exp(z_reach * log_se)),
        win_probability=win + (1 - win - loss) / 2,
        p=float(2 * ndtr(-abs(net) / se)) if se > 0 else math.nan,
        z=z,
        p_finkelstein_schoenfeld=float(2 * ndtr(-abs(z))),
    )


def _tanh_interval(net: float, se: float, reach: float) -> tuple[float, float]:
    if abs(net) >= 1:
        return net, net
    stretch = reach * se / (1 - net * net)
    return math.tanh(math.atanh(net) - stretch), math.tanh(math.atanh(net) + stretch)


def _by_endpoint(
    values: Array, events: Array, treated: Array, kinds: NDArray[np.int64], thresholds: Array
) -> tuple[tuple[int, int], ...]:
    counts = np.zeros((kinds.size, 2), int)
    for i in np.flatnonzero(treated == 1).tolist():
        for j in np.flatnonzero(treated == 0).tolist():
            result = compare(values, events, kinds, thresholds, i, j)
            if result:
                counts[abs(result) - 1, int(result < 0)] += 1
    return tuple((int(won), int(lost)) for won, lost in counts)


def _checked(values: Any, events: Any, treated: Any, kinds: Any, thresholds: Any) -> Any:
    value = np.ascontiguousarray(values, float)
    happened = np.ascontiguousarray(events, float)
    arm = np.ascontiguousarray(treated, float).ravel()
    kind = np.asarray(kinds, np.int64).ravel()
    threshold = np.zeros(kind.size) if thresholds is None else np.asarray(thresholds, float).ravel()
    if value.shape != (kind.size, arm.size) or happened.shape != value.shape:
        raise RefusedError("values", f"{value.shape} is not ({kind.size} endpoints, {arm.size} patients)")
    if not np.isin(kind, (0, 1, 2)).all():
        raise RefusedError("kinds", "each is 0 (more is better), 1 (less is better) or 2 (later is better)")
    if threshold.shape != kind.shape or (threshold < 0).any():
        raise RefusedError("thresholds", "one for each endpoint, 0 or above")
    if np.isnan(value[kind == 2]).any():
        raise RefusedError("values", "a time to an event is missing; censor at the last contact")
    if (arm == 1).sum() < 2 or (arm == 0).sum() < 2:
        raise RefusedError("treated", "each arm needs at least 2 patients")
    return value, happened, arm, kind, threshold


@compiled
def win_row(
    values: Any, events: Any, treated: Any, kinds: Any, thresholds: Any, room: Any, answer: Any
) -> None:
    """One trial into one row of `wins_batch`; `room` is working space of shape (3, n)."""
    won, lost, scores = room[0], room[1], room[2]
    pair_scores(values, events, treated, kinds, thresholds, won, lost, scores)
    win, loss, a, b, c = win_sums(treated, won, lost)
    answer[0] = win
    answer[1] = loss
    answer[2] = math.sqrt(max(a + b - 2.0 * c, 0.0))
    answer[3] = math.nan
    if win > 0.0 and loss > 0.0:
        answer[3] = math.sqrt(max(a / (win * win) + b / (loss * loss) - 2.0 * c / (win * loss), 0.0))
    answer[4] = finkelstein_schoenfeld(treated, scores)


@compiled
def wins_batch(values: Array, events: Array, treated: Array, kinds: Any, thresholds: Array) -> Array:
    """Many trials: (trials, endpoints, n) twice and (trials, n) → (trials, 5).

    Columns: share of wins, share of losses, standard error of the net benefit, standard error of the log win
    ratio, z of Finkelstein and Schoenfeld.
    """
    answers = np.empty((values.shape[0], 5))
    room = np.empty((3, values.shape[2]))
    for trial in range(values.shape[0]):
        win_row(values[trial], events[trial], treated[trial], kinds, thresholds, room, answers[trial])
    return answers


@compiled
def simulate_wins(
    seed: int,
    first: int,
    count: int,
    treated: int,
    control: int,
    hazards: Array,
    ratios: Array,
    effects: Array,
    thresholds: Array,
    end: float,
) -> Array:
    """Draw trials first … first+count−1 of a hierarchical composite → rows as in `wins_batch`.

    First one time to an event for each of `hazards` (control), multiplied by `ratios` in the treated and
    followed to `end`; then one standard normal measure, more being better, for each of `effects` (treated −
    control).
    """
    times = hazards.size
    endpoints = times + effects.size
    size = treated + control
    kinds = np.zeros(endpoints, np.int64)
    kinds[:times] = 2
    values = np.empty((endpoints, size))
    events = np.zeros((endpoints, size))
    arm = np.zeros(size)
    arm[:treated] = 1.0
    room = np.empty((3, size))
    answers = np.empty((count, 5))
    for row in range(count):
        for endpoint in range(endpoints):
            if endpoint < times:
                fill_uniforms(seed, first + row, 16 + endpoint, values[endpoint])
                for i in range(size):
                    hazard = hazards[endpoint] * (ratios[endpoint] if i < treated else 1.0)
                    time = -math.log(values[endpoint, i]) / hazard
                    events[endpoint, i] = time <= end
                    values[endpoint, i] = min(time, end)
            else:
                fill_normals(seed, first + row, 16 + endpoint, values[endpoint])
                values[endpoint, :treated] += effects[endpoint - times]
        win_row(values, events, arm, kinds, thresholds, room, answers[row])
    return answers
