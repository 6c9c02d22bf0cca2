"""Random numbers by address: (seed, trial, purpose, patient) in, the same number out.

A counter-based generator (Philox4x32-10) has no state to share, so a trial is the same trial whatever the
number of workers, whatever ran before it, and whichever patients the criteria let in. Two designs that draw
for the same purpose of the same patient get the same number: their difference is free of most of the noise
(common random numbers).

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11,
https://doi.org/10.1145/2063384.2063405. Normal numbers are made by inverting the distribution function
(Wichura's algorithm AS 241, https://doi.org/10.2307/2347330), which takes exactly one uniform for each
normal and so keeps the addresses.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.compiled import compiled, inlined

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_DROP = np.uint64(11)
_STEP = 1.0 / 9007199254740992.0  # 2**-53


@inlined
def _rounds(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Ten rounds of Philox4x32 on a counter and a key, each word a uint64 below 2**32."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _HALF) ^ c1 ^ k0, p1 & _LOW, (p0 >> _HALF) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@compiled
def philox(counter: NDArray[np.uint64], key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One block: four counter words and two key words (each below 2**32) in, four words out."""
    a, b, c, d = _rounds(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
    return np.array([a, b, c, d])


@inlined
def pair(seed: int, trial: int, purpose: int, index: int) -> Any:
    """Two independent uniforms of (0, 1) at an address, 53 bits each; never 0 and never 1.

    `index` is the patient (or any count below 2**32), `purpose` what the number is for (below 2**32).
    """
    s = np.uint64(seed)
    t = np.uint64(trial)
    a, b, c, d = _rounds(
        np.uint64(index) & _LOW, np.uint64(purpose) & _LOW, t & _LOW, t >> _HALF, s & _LOW, s >> _HALF
    )
    first = (np.int64(((a << _HALF) | b) >> _DROP) + 0.5) * _STEP
    second = (np.int64(((c << _HALF) | d) >> _DROP) + 0.5) * _STEP
    return first, second


# AS 241's coefficients, highest power first: middle, tail, far tail; numerator and denominator.
_MIDDLE_TOP = (
    2509.0809287301226727,
    33430.575583588128105,
    67265.770927008700853,
    45921.953931549871457,
    13731.693765509461125,
    1971.5909503065514427,
    133.14166789178437745,
    3.387132872796366608,
)
_MIDDLE_BOTTOM = (
    5226.495278852545925,
    28729.085735721942674,
    39307.89580009271061,
    21213.794301586595867,
    5394.1960214247511077,
    687.1870074920579083,
    42.313330701600911252,
    1.0,
)
_TAIL_TOP = (
    7.7454501427834140764e-4,
    0.0227238449892691845833,
    0.24178072517745061177,
    1.27045825245236838258,
    3.64784832476320460504,
    5.7694972214606914055,
    4.6303378461565452959,
    1.42343711074968357734,
)
_TAIL_BOTTOM = (
    1.05075007164441684324e-9,
    5.475938084995344946e-4,
    0.0151986665636164571966,
    0.14810397642748007459,
    0.68976733498510000455,
    1.6763848301838038494,
    2.05319162663775882187,
    1.0,
)
_FAR_TOP = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    0.0012426609473880784386,
    0.026532189526576123093,
    0.29656057182850489123,
    1.7848265399172913358,
    5.4637849111641143699,
    6.6579046435011037772,
)
_FAR_BOTTOM = (
    2.04426310338993978564e-15,
    1.4215117583164458887e-7,
    1.8463183175100546818e-5,
    7.868691311456132591e-4,
    0.0148753612908506148525,
    0.13692988092273580531,
    0.59983220655588793769,
    1.0,
)


@inlined
def _polynomial(a: Any, x: float) -> Any:
    """a₀x⁷ + … + a₇ by Horner's rule, written out: a loop would keep the caller from vector registers."""
    low = ((a[0] * x + a[1]) * x + a[2]) * x + a[3]
    return (((low * x + a[4]) * x + a[5]) * x + a[6]) * x + a[7]


@inlined
def _central(u: float) -> float:
    """AS 241 for |u − 1/2| ≤ 0.425: a rational function, no logarithm."""
    q = u - 0.5
    r = 0.180625 - q * q
    return float(q * _polynomial(_MIDDLE_TOP, r) / _polynomial(_MIDDLE_BOTTOM, r))


@compiled
def _tail(u: float) -> float:
    """AS 241 for the two tails."""
    low = u < 0.5
    r = math.sqrt(-math.log(u if low else 1.0 - u))
    if r <= 5.0:
        z = _polynomial(_TAIL_TOP, r - 1.6) / _polynomial(_TAIL_BOTTOM, r - 1.6)
    else:
        z = _polynomial(_FAR_TOP, r - 5.0) / _polynomial(_FAR_BOTTOM, r - 5.0)
    return float(-z if low else z)


@inlined
def normal(u: float) -> float:
    """The standard normal number below which a share `u` of (0, 1) lies; 16 digits (AS 241)."""
    return float(_central(u) if abs(u - 0.5) <= 0.425 else _tail(u))


@compiled
def fill_uniforms(seed: int, trial: int, purpose: int, out: NDArray[np.float64]) -> None:
    """Fill `out` with uniforms of (0, 1): entry i belongs to index i, whatever the length of `out`."""
    size = out.size
    for block in range(size // 2):
        out[2 * block], out[2 * block + 1] = pair(seed, trial, purpose, block)
    if size % 2:
        out[size - 1] = pair(seed, trial, purpose, size // 2)[0]


@compiled
def fill_normals(seed: int, trial: int, purpose: int, out: NDArray[np.float64]) -> None:
    """Fill `out` with standard normal numbers: entry i belongs to index i, whatever the length of `out`."""
    uniform = np.empty(out.size)
    outer = np.empty(out.size, np.int32)
    fill_uniforms(seed, trial, purpose, uniform)
    for index in range(
        out.size
    ):  # no branch, so that it runs in vector registers; the tails are mended below
        out[index] = _central(uniform[index])
    count = 0
    for index in range(out.size):
        outer[count] = index
        count += abs(uniform[index] - 0.5) > 0.425
    for place in range(count):
        index = outer[place]
        out[index] = _tail(uniform[index])


def uniforms(seed: int, trial: int, purpose: int, size: int) -> NDArray[np.float64]:
    """The first `size` uniforms of a trial's stream for one purpose.

    >>> bool((uniforms(7, 3, 0, 5) == uniforms(7, 3, 0, 9)[:5]).all())
    True
    """
    out = np.empty(size)
    fill_uniforms(seed, trial, purpose, out)
    return out


def normals(seed: int, trial: int, purpose: int, size: int) -> NDArray[np.float64]:
    """The first `size` standard normal numbers of a trial's stream for one purpose."""
    out = np.empty(size)
    fill_normals(seed, trial, purpose, out)
    return out


def generator(seed: int, trial: int) -> np.random.Generator:
    """NumPy's own generator for one trial, keyed the same way; for code that is not compiled."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, trial], dtype=np.uint64)))


def spans(trials: int, parts: int) -> list[tuple[int, int]]:
    """Cut trials 0…n−1 into (first, count) runs for the workers; the answers do not depend on the cut.

    >>> spans(10, 3)
    [(0, 4), (4, 3), (7, 3)]
    """
    parts = max(1, min(parts, trials))
    size, more = divmod(trials, parts)
    cuts = [part * size + min(part, more) for part in range(parts + 1)]
    return [(first, last - first) for first, last in pairwise(cuts)]
