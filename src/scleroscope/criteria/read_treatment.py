"""Treatments: which drugs, when, for how long, how much."""

from __future__ import annotations

import typing
from collections.abc import Callable

import msgspec

from scleroscope.criteria.items import Bound, Item, Quantity, Window
from scleroscope.criteria.parts import Part
from scleroscope.criteria.place import every, opposite, some
from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import rows
from scleroscope.knowledge.units import dose_in, tidy
from scleroscope.model.criterion import Criterion, Interval, Opaque, Span, Taking, When

_WEEK = 7


def treatment(part: Part, names: tuple[str, ...], span: Span, text: str, *, bars: bool) -> Criterion:
    """The tree of a list of treatments with one tense, window and dose.

    Where the tense is not said, taking it now settles it and never having taken it does;
    in between the answer stays unknown.
    """
    words = Opaque(text=text[span.start : span.end], span=span)
    flags = part.flags
    if flags & {"future", "vague"} or not (bars or _asked(part)):
        return words  # a drug that is only mentioned is asked of nobody
    if "hyper" in flags:
        return Taking(names=names, when="ever", intolerant=True, span=span)
    if part.spared_partly:  # who takes what is excepted in part is neither kept out nor let in
        whole = msgspec.structs.replace(part, spared_partly=False)
        main = treatment(whole, names, span, text, bars=bars)
        return some([main, every([Taking(names=_names(part.spared), when="ever", span=span), words])])
    dose, left = _dose(part, names)
    counted = _equivalent(part, names, dose)
    equivalent = counted[1] if counted else None
    if counted and not any(drugs.is_class(name) for name in names):
        names = (counted[0],)
    spared = _names(part.spared)
    routes = tuple(dict.fromkeys(str(item.value) for item in part.routes))

    def taking(when: When, **more: typing.Any) -> Criterion:
        return Taking(
            names=names,
            except_names=spared,
            when=when,
            dose=dose,
            equivalent=equivalent,
            routes=routes,
            span=span,
            **more,
        )

    parts: list[Criterion] = [words] if left else []
    if "start" in flags:
        return every([_started(part, taking, words, bars=bars), *parts])
    if "stable" in flags:
        tree = every([_stable(part, taking, words), *parts])
        # "Stable doses of X" may be asked only of those who take it.
        return (
            tree
            if bars or part.flags & {"must", "now"}
            else some([tree, every([opposite(taking("now")), words])])
        )
    tree = every([_when(part, taking, words, dosed=dose is not None, bars=bars), *parts])
    if bars or dose is None or dose.low is not None or "must" in flags:
        return tree
    # "X at most 10 mg" is kept by who takes none; "receiving X at most 10 mg" may ask that it is taken.
    none = opposite(Taking(names=names, except_names=spared, when="now", routes=routes, span=span))
    return some([tree, every([none, words]) if "now" in flags else none])


def _names(items: list[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(item.value) for item in items))


def _asked(part: Part) -> bool:
    """Whether the words ask that it be taken, rather than mention it."""
    if part.measures:  # "a stable skin score before X is begun"
        return False
    said = part.flags & {"now", "past", "stable", "start", "hyper"}
    return bool(said or part.lasting or part.bounds) and not part.words


def _when(
    part: Part, taking: Callable[..., Criterion], words: Opaque, *, dosed: bool, bars: bool
) -> Criterion:
    """Taken for so long, within a time, ever or now; where nothing is said, what now and never settle."""
    flags = part.flags
    if part.lasting:
        bound = part.lasting[0].value
        assert isinstance(bound, Bound)
        total = Interval(
            low=_whole(bound.low), high=bound.high, low_open=bound.low_open, high_open=bound.high_open,
            unit="weeks",
        )  # fmt: skip
        if part.windows:
            return every([taking("ever"), words])
        return taking("ever" if "past" in flags else "now", total_weeks=total)
    windows = [_window(item.value, taking, words, bars=bars) for item in part.windows]
    windows += [taking("ever", within_half_lives=float(str(item.value))) for item in part.half_lives]
    if windows:
        return some(windows)
    if "past" in flags:
        return taking("ever")
    if "now" in flags or dosed:
        return taking("now")
    return some([taking("now"), every([taking("ever"), words])])


def _window(window: object, taking: Callable[..., Criterion], words: Opaque, *, bars: bool) -> Criterion:
    assert isinstance(window, Window)
    if window.high is None:
        # "more than 6 months ago": taken, and not since
        weeks = tidy((window.low or 0) / _WEEK)
        return every([taking("ever"), opposite(taking("ever", within_weeks=weeks))])
    leaf = taking("ever", within_weeks=tidy(window.high / _WEEK))
    return leaf if window.low is None else every([leaf, words])


def _started(part: Part, taking: Callable[..., Criterion], words: Opaque, *, bars: bool) -> Criterion:
    """New, or at a new dose, within a time: taking it now, for less than that time at this dose."""
    window = part.windows[0].value if part.windows else None
    if not isinstance(window, Window) or window.high is None:
        return every([taking("now"), words])
    weeks = tidy(window.high / _WEEK)
    return taking("now", stable_weeks=Interval(high=weeks, high_open=True, unit="weeks"))


def _whole(weeks: float | None) -> float | None:
    """A least time in whole weeks, where months or years were said: 13 weeks are said to be 3 months."""
    return weeks if weeks is None or weeks < _MONTH else float(int(weeks))


_MONTH = 4  # weeks


def _stable(part: Part, taking: Callable[..., Criterion], words: Opaque) -> Criterion:
    """On a stable dose for some time. Who does not take it at all is left open."""
    bound = part.lasting[0].value if part.lasting else None
    if bound is None and part.windows and isinstance(part.windows[0].value, Window):
        high = part.windows[0].value.high
        bound = Bound(tidy(high / _WEEK), None, False, False, "weeks") if high is not None else None
    if not isinstance(bound, Bound) or bound.low is None:
        return every([taking("now"), words])
    least = _whole(bound.low)
    return taking("now", stable_weeks=Interval(low=least, low_open=bound.low_open, unit="weeks"))


def _dose(part: Part, names: tuple[str, ...]) -> tuple[Interval | None, list[Item]]:
    """The dose among the numbers of the part, and the numbers that are none."""
    dose: Interval | None = None
    left: list[Item] = []
    for item in part.bounds:
        bound = item.value
        if isinstance(bound, Quantity) or not isinstance(bound, Bound) or dose is not None:
            left.append(item)
            continue
        unit = bound.unit
        amount = dose_in(1.0, unit) if unit else None
        if amount is not None and not amount.per_day and _counted(names):
            unit, amount = f"{unit} daily", dose_in(1.0, f"{unit} daily")
        if amount is None or not amount.per_day:
            left.append(item)
            continue
        dose = Interval(
            low=bound.low, high=bound.high, low_open=bound.low_open, high_open=bound.high_open, unit=unit
        )
    return dose, left


def _equivalent(part: Part, names: tuple[str, ...], dose: Interval | None) -> tuple[str, str] | None:
    """The class whose doses are counted in equivalents of one drug, and that drug: steroids, prednisone."""
    found = _counted(names) if dose is not None else None
    if found and ("equiv" in part.flags or any(drugs.is_class(name) for name in names)):
        return found
    return None


def _counted(names: tuple[str, ...]) -> tuple[str, str] | None:
    for row in rows("phrases_equivalents"):
        if names and all(row["class"] in drugs.ancestors(name) for name in names):
            return row["class"], row["reference"]
    return None
