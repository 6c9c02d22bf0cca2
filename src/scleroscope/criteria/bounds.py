"""Comparisons and time spans: "≥ 15 and ≤ 45", "between 18 and 75", "within 4 weeks before screening"."""

from __future__ import annotations

from scleroscope.criteria.items import Bound, Item, Quantity, Window
from scleroscope.knowledge.units import convert

_TIMES = ("days", "hours", "weeks", "months", "years")
_EVENTS = ("drug", "fact", "start")
_LINK = ("and", "but", "comma", "to", "dash", "or")


def reduce(items: list[Item]) -> list[Item]:
    """The items with comparison and number joined to `bound`, time spans to `window` and `lasting`."""
    return _spans(_merged(_bounds(items)))


def _bounds(items: list[Item]) -> list[Item]:
    answer: list[Item] = []
    place, count = 0, len(items)
    while place < count:
        item = items[place]
        if item.kind == "quantity" and place + 2 < count and _turned(items[place + 1], items[place + 2]):
            number = item.value  # "16 ≤ age ≤ 65"
            assert isinstance(number, Quantity)
            sign = str(items[place + 1].value).translate(_TURNED)
            answer.append(items[place + 2])
            answer.append(_compared(sign, number, item.start, items[place + 1].end))
            place += 3
        elif item.kind in ("quantity", "plus", "tunit"):
            made, place = _number_first(items, place, answer)
            answer.append(made)
        elif item.kind == "cmp" and (reached := _sign_first(items, place, answer)):
            place = reached
        else:
            answer.append(item)
            place += 1
    return answer


def _sign_first(items: list[Item], place: int, answer: list[Item]) -> int:
    """Append what a comparison and the number behind it say; the first place behind them, or 0."""
    count, item = len(items), items[place]
    if place + 2 < count and items[place + 1].kind == "measure":
        ahead = place + 2  # "minimum age: 18 years"
        ahead += items[ahead].kind in ("colon", "of")
        if ahead < count and isinstance(items[ahead].value, Quantity) and items[ahead].kind == "quantity":
            answer.append(items[place + 1])
            number = items[ahead]
            assert isinstance(number.value, Quantity)
            answer.append(_compared(str(item.value), number.value, item.start, number.end))
            return ahead + 1
    if place + 1 >= count:
        return 0
    if reached := _counted_dose(items, place, answer):
        return reached
    ahead = _past_repeated_sign(items, place, answer)
    follows = items[ahead] if ahead < count else item
    if follows.kind in ("quantity", "plus") and isinstance(follows.value, Quantity):
        answer.append(_compared(str(item.value), follows.value, item.start, follows.end))
    elif follows.kind == "uln":
        answer.append(_compared(str(item.value), Quantity(1.0, "x ULN"), item.start, follows.end))
    elif follows.kind == "pressures":
        answer.append(Item("pressures", item.start, follows.end, (item.value, follows.value)))
    else:
        return 0
    return ahead + 1


def _counted_dose(items: list[Item], place: int, answer: list[Item]) -> int:
    """ "Steroids exceeding the equivalent of prednisone 10 mg a day": the dose, counted as that drug's."""
    ahead = place + 1 + (items[place + 1].kind == "equiv")
    if ahead + 1 >= len(items) or items[ahead].kind != "drug" or items[ahead + 1].kind != "quantity":
        return 0
    sign, dose = items[place], items[ahead + 1]
    assert isinstance(dose.value, Quantity)
    if not any(item.kind == "drug" for item in answer):
        answer.append(items[ahead])
    answer.append(_compared(str(sign.value), dose.value, sign.start, dose.end))
    answer.append(Item("equiv", items[ahead].start, items[ahead].end))
    return ahead + 2


def _past_repeated_sign(items: list[Item], place: int, answer: list[Item]) -> int:
    """Where the number of a comparison stands: "less than or equal to (</=) 60", "> more than 60"."""
    count, item = len(items), items[place]
    ahead = place + 1
    if items[ahead].kind == "close" and answer and answer[-1].kind == "open":
        ahead += 1
    follows = items[ahead] if ahead < count else item
    if follows.kind == "open" and ahead + 2 < count and items[ahead + 1].kind == "cmp":
        ahead += 3 if items[ahead + 2].kind == "close" else 0
        follows = items[ahead] if ahead < count else item
    if follows.kind == "cmp" and follows.value == item.value and ahead + 1 < count:
        ahead += 1
    return ahead


_TURNED = str.maketrans("<>", "><")


def _turned(sign: Item, measure: Item) -> bool:
    """Whether a sign, written as one, and a measure stand behind a number."""
    return sign.kind == "cmp" and measure.kind == "measure" and sign.end - sign.start <= _SIGN


_SIGN = 2  # characters of "≥" and ">="; in words, a comparison looks ahead only


def _compared(sign: str, quantity: Quantity, start: int, end: int) -> Item:
    if sign == "lost":
        return Item("quantity", start, end, quantity)
    if "age" in sign and quantity.unit in ("", "years"):
        quantity = Quantity(quantity.value, "years", age=True)
    is_open = "=" not in sign
    low, high = (quantity.value, None) if sign[0] == ">" else (None, quantity.value)
    bound = Bound(
        low, high, is_open and low is not None, is_open and high is not None, quantity.unit, quantity.age
    )
    return Item("bound", start, end, bound)


def _number_first(items: list[Item], place: int, before: list[Item]) -> tuple[Item, int]:
    """A number that leads: "15 to 45", "18 years or older", "10+"; else the number itself."""
    item = items[place]
    if item.kind == "tunit":
        return Item("quantity", item.start, item.end, Quantity(1.0, str(item.value))), place + 1
    first = item.value
    assert isinstance(first, Quantity)
    if item.kind == "plus":
        return Item(
            "bound", item.start, item.end, Bound(first.value, None, False, False, first.unit, first.age)
        ), place + 1
    between = bool(before) and before[-1].kind == "between"
    follows = items[place + 1] if place + 1 < len(items) else None
    second = items[place + 2] if place + 2 < len(items) else None
    joints = ("to", "dash", "and", "cmp") if between else ("to", "dash")
    if follows and second and follows.kind == "to" and second.kind == "cmp" and str(second.value)[0] == "<":
        third = items[place + 3] if place + 3 < len(items) else None
        if third and isinstance(third.value, Quantity) and first.unit in ("", third.value.unit):
            most = third.value
            is_open = second.value == "<"
            ranged = Bound(first.value, most.value, False, is_open, most.unit, first.age or most.age)
            return Item("bound", item.start, third.end, ranged), place + 4
    if follows and second and follows.kind in joints and second.kind == "quantity":
        other = second.value
        assert isinstance(other, Quantity)
        if (first.unit in ("", other.unit) or _alike(first.unit, other.unit)) and first.value < other.value:
            start = item.start
            if between:
                start = before.pop().start
            bound = Bound(
                first.value, other.value, False, False, other.unit or first.unit, first.age or other.age
            )
            made = Item("bound", start, second.end, bound)
            return _aged(items, made, place + 3)
        if other.unit == "" and first.value < other.value:
            bound = Bound(first.value, other.value, False, False, first.unit, first.age)
            return _aged(items, Item("bound", item.start, second.end, bound), place + 3)
    ahead = place + 1
    if follows and follows.kind == "comma" and second and second.kind in ("or_more", "or_less"):
        ahead, follows = ahead + 1, second
    if follows and follows.kind in ("or_more", "or_less"):
        more = follows.kind == "or_more"
        bound = Bound(
            first.value if more else None, None if more else first.value, False, False, first.unit,
            first.age or follows.value == "age",
        )  # fmt: skip
        return Item("bound", item.start, follows.end, bound), ahead + 1
    return item, place + 1


def _alike(one: str, other: str) -> bool:
    """Units of which the first is the second, cut short: "30% to 89% of predicted"."""
    return other.startswith(one)


def _aged(items: list[Item], made: Item, place: int) -> tuple[Item, int]:
    return made, place


def _merged(items: list[Item]) -> list[Item]:
    """Two one-sided bounds of one measure as an interval: "≥ 15 and ≤ 45", "> 18 - 36 months"."""
    answer: list[Item] = []
    place, count = 0, len(items)
    while place < count:
        item = items[place]
        if item.kind == "bound" and isinstance(item.value, Bound):
            ahead = place + 1
            while (
                ahead < count
                and ahead - place <= 2
                and items[ahead].kind in _LINK
                and items[ahead].kind != "or"
            ):
                ahead += 1
            other = items[ahead] if ahead < count else None
            joined = _interval(item, other, linked=ahead > place + 1) if other is not None else None
            if joined:
                answer.append(joined)
                place = ahead + 1
                continue
        answer.append(item)
        place += 1
    return answer


def _interval(one: Item, other: Item, *, linked: bool) -> Item | None:
    a, b = one.value, other.value
    assert isinstance(a, Bound)
    if other.kind == "quantity" and linked and isinstance(b, Quantity):
        if a.high is None and a.low is not None and b.value > a.low and _fits(a, b):
            unit = b.unit or a.unit
            return Item(
                "bound", one.start, other.end, Bound(a.low, b.value, a.low_open, False, unit, a.age or b.age)
            )
        return None
    if (
        other.kind != "bound"
        or not isinstance(b, Bound)
        or (a.unit and b.unit and a.unit != b.unit and not _alike(a.unit, b.unit))
    ):
        return None
    unit, age = b.unit or a.unit, a.age or b.age
    if a.high is None and b.low is None and a.low is not None and b.high is not None and a.low < b.high:
        return Item("bound", one.start, other.end, Bound(a.low, b.high, a.low_open, b.high_open, unit, age))
    if a.low is None and b.high is None and a.high is not None and b.low is not None and b.low < a.high:
        return Item("bound", one.start, other.end, Bound(b.low, a.high, b.low_open, a.high_open, unit, age))
    return None


def _fits(bound: Bound, number: Quantity) -> bool:
    """Whether a number may be the upper end of what a bound begins: "aged from 18 to 80 years"."""
    return bool(number.unit and bound.unit in ("", number.unit)) or (bound.age and number.unit == "")


def days(value: float, unit: str) -> float:
    """A time in days."""
    return convert(value, unit, "days")


def is_time(item: Item) -> bool:
    """Whether the item is a number or an interval of time."""
    return isinstance(item.value, Quantity | Bound) and item.value.unit in _TIMES


def _spans(items: list[Item]) -> list[Item]:
    """Times with their markers: within …, … ago, … before screening, for at least …"""
    answer: list[Item] = []
    place, count = 0, len(items)
    while place < count:
        item = items[place]
        if (
            item.kind in ("within", "last")
            and place + 1 < count
            and (is_time(items[place + 1]) or _lives(items[place + 1]))
        ):
            place = _take_window(items, place, place + 1, answer)
            continue
        if _ago(items, place):
            assert isinstance(item.value, Bound)
            far = days(item.value.low or 0, item.value.unit)
            answer.append(Item("neg", item.start, items[place + 1].end))
            answer.append(Item("window", item.start, items[place + 1].end, Window(far, None, True)))
            place += 2
            continue
        if is_time(item) or _lives(item):
            follows = items[place + 1].kind if place + 1 < count else ""
            before = answer[-1].kind if answer else ""
            if before == "for" and is_time(item):
                answer.pop()
                ahead = place + 2 if follows == "prior" else place + 1
                ahead = ahead + 1 if ahead < count and items[ahead].kind == "moment" else ahead
                answer.append(Item("lasting", item.start, items[ahead - 1].end, _lasting(item)))
                place = ahead
                continue
            if follows in ("ago", "prior") and not (isinstance(item.value, Bound) and item.value.age):
                place = _take_window(items, place, place, answer)
                continue
        follows = items[place + 1].kind if place + 1 < count else ""
        if (item.kind == "within" and item.value == "whole") or (
            item.kind == "prior" and item.value == "past" and follows in _TAKEN
        ):
            item = Item("past", item.start, item.end)  # "X in the past", "prior X"
        answer.append(item)
        place += 1
    return answer


_TAKEN = ("drug", "fact", "route", "treat")


def _ago(items: list[Item], place: int) -> bool:
    """ "At least 4 weeks since X": not within 4 weeks."""
    value = items[place].value
    if (
        not isinstance(value, Bound)
        or not is_time(items[place])
        or value.low is None
        or value.high is not None
    ):
        return False
    behind = items[place + 1 : place + 4]
    return (
        len(behind) > 1
        and behind[0].kind == "since"
        and any(one.kind in ("drug", "fact") for one in behind[1:])
        and not any(one.kind == "measure" for one in behind)
    )


def _lives(item: Item) -> bool:
    return isinstance(item.value, Quantity | Bound) and item.value.unit == "half-lives"


def _lasting(item: Item) -> Bound:
    value = item.value
    if isinstance(value, Quantity):
        value = Bound(value.value, None, False, False, value.unit)
    assert isinstance(value, Bound)
    low = None if value.low is None else days(value.low, value.unit) / 7
    high = None if value.high is None else days(value.high, value.unit) / 7
    return Bound(low, high, value.low_open, value.high_open, "weeks")


def _take_window(items: list[Item], start: int, place: int, answer: list[Item]) -> int:
    """Append the window whose time stands at `place`; the first item behind it is returned."""
    item = items[place]
    value = item.value
    ahead = place + 1
    while ahead < len(items) and items[ahead].kind in ("prior", "ago", "moment", "of"):
        ahead += 1
    told = items[start].value == "whole" and items[ahead - 1].kind == "of"  # "in the last month of X"
    if (
        ahead < len(items)
        and items[ahead - 1].kind in ("prior", "of")
        and items[ahead].kind in _EVENTS
        and not told
    ):
        begins = items[ahead].kind == "start"
        ahead += 1  # "within 3 months before transplantation": what it is counted from
        while begins and ahead < len(items) and items[ahead].kind == "route":
            ahead += 1
        ahead += begins and ahead < len(items) and items[ahead].kind in _EVENTS
    end = items[ahead - 1].end
    if isinstance(value, Quantity):
        value = Bound(None, value.value, False, False, value.unit)
    assert isinstance(value, Bound)
    if value.unit == "half-lives":
        number = value.high if value.high is not None else value.low
        answer.append(Item("half_lives", items[start].start, end, number))
        return ahead
    if items[start].kind in ("within", "last") and value.high is None:
        value = Bound(None, value.low, False, False, value.unit)  # "within at least 4 weeks"
    high = None if value.high is None else days(value.high, value.unit)
    low = None if value.low is None else days(value.low, value.unit)
    answer.append(
        Item("window", items[start].start, end, Window(high, low, value.high_open or value.low_open))
    )
    return ahead
