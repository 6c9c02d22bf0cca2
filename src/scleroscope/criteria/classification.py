"""Classification criteria ("2013 ACR/EULAR", "ACR 1980 or LeRoy") as one condition."""

from __future__ import annotations

from functools import cache

from scleroscope.criteria.items import Fact, Item, Quantity
from scleroscope.criteria.vocabulary import facts
from scleroscope.knowledge.load import rows
from scleroscope.model.criterion import Has, Is

_FEW = 3  # items of an entry that says no more than "limited" or "diffuse or limited"
_JOINTS = ("and", "or", "andor", "slash", "comma", "dash")


@cache
def _years() -> frozenset[str]:
    return frozenset(row["year"] for row in rows("phrases_classification") if row["year"])


def classified(items: list[Item]) -> list[Item]:
    """The items with each run of society names, years and "criteria" as one fact.

    A run that names no society is no classification: its words go back to what they were.
    """
    items = _either(_subsets(items))
    for item in items:
        if isinstance(item.value, list) and not _belongs([item], 0, started=True):
            item.value = classified(item.value)
    if not any(item.kind == "crit" for item in items):
        return [item for item in items if item.kind != "critword"]
    answer: list[Item] = []
    place, count = 0, len(items)
    while place < count:
        end = place
        seen = False
        while end < count and _belongs(items, end, started=seen or end > place):
            seen = seen or items[end].kind == "crit"
            end += 1
        while end > place and items[end - 1].kind in _JOINTS:
            end -= 1
        if not seen or end == place:
            answer.append(items[place])
            place += 1
            continue
        answer.append(Item("fact", items[place].start, items[end - 1].end, _meant(items[place:end])))
        place = end
    return [item for item in answer if item.kind != "critword"]


def _subsets(items: list[Item]) -> list[Item]:
    """ "Diffuse" alone is a subset where the disease is named beside it, or where nothing else is."""
    if not any(item.kind == "subset" for item in items):
        return items
    about = any(
        isinstance(item.value, Fact) and item.value.group in ("subject", "subset", "criteria")
        for item in items
    )
    about = about or any(item.kind == "crit" for item in items) or len(items) <= _FEW
    return [
        item if item.kind != "subset"
        else Item("fact", item.start, item.end, facts()[str(item.value)]) if about
        else Item("word", item.start, item.end, item.value)
        for item in items
    ]  # fmt: skip


def _either(items: list[Item]) -> list[Item]:
    """ "Diffuse or limited" is one condition, whatever stands around it."""
    answer: list[Item] = []
    for item in items:
        one = _subset_values(item)
        before = _subset_values(answer[-2]) if len(answer) > 1 and answer[-1].kind in _JOINTS else ()
        if one and before:
            values = tuple(dict.fromkeys((*before, *one)))
            tree = Is(field=_field(item), values=values)
            answer[-2:] = [
                Item("fact", answer[-2].start, item.end, Fact("subsets", tree, tree, tree, (), "subset"))
            ]
            continue
        answer.append(item)
    return answer


def _subset_values(item: Item) -> tuple[str, ...]:
    fact = item.value
    return (
        fact.bare.values
        if isinstance(fact, Fact) and isinstance(fact.bare, Is) and fact.group == "subset"
        else ()
    )


def _field(item: Item) -> str:
    assert isinstance(item.value, Fact)
    assert isinstance(item.value.bare, Is)
    return item.value.bare.field


def _belongs(items: list[Item], place: int, *, started: bool) -> bool:
    item = items[place]
    if item.kind in ("crit", "critword"):
        return True
    if isinstance(item.value, Quantity) and item.kind == "quantity":
        return not item.value.unit and 1900 < item.value.value < 2200
    if not started:
        return False
    if item.kind in _JOINTS:
        return (
            place + 1 < len(items)
            and _belongs(items, place + 1, started=started)
            and items[place + 1].kind not in _JOINTS
        )
    if item.kind == "paren":
        inner = item.value
        assert isinstance(inner, list)
        own = [one for one in inner if one.kind in ("crit", "critword") or _is_year(one)]
        return (
            bool(own)
            and all(one.kind in ("crit", "critword", "word", *_JOINTS) or _is_year(one) for one in inner)
            and len(inner) <= 8
        )
    return False


def _is_year(item: Item) -> bool:
    value = item.value
    return isinstance(value, Quantity) and not value.unit and 1900 < value.value < 2200


def _flat(run: list[Item]) -> list[Item]:
    return [one for item in run for one in (item.value if isinstance(item.value, list) else [item])]


def _meant(run: list[Item]) -> Fact:
    """The condition that a run means: with "or" between whole criteria, either of them."""
    groups: list[list[Item]] = [[]]
    for item in _flat(run):
        if item.kind in ("or", "andor") and any(one.kind == "crit" for one in groups[-1]):
            groups.append([])
        else:
            groups[-1].append(item)
    named = [{str(one.value) for one in group if one.kind == "crit"} for group in groups]
    years = [
        {f"{one.value.value:.0f}" for one in group if isinstance(one.value, Quantity)} for group in groups
    ]
    if len(groups) == 1 or not all(named):
        everything: set[str] = set().union(*named)
        return _single(everything, set().union(*years))
    single = {_single(name, year).id for name, year in zip(named, years, strict=True)}
    if len(single) > 1 and all(isinstance(facts()[one].bare, Has) or one == _EITHER for one in single):
        return facts()[_EITHER]
    return facts()[single.pop()] if len(single) == 1 else facts()["criteria_alternatives"]


_EITHER = "acr_any"  # the row of either of the two classifications that a record holds


def _single(named: set[str], years: set[str]) -> Fact:
    for row in rows("phrases_classification"):
        if row["year"] and row["year"] not in years:
            continue
        if set(row["societies"].split()) <= named:
            return facts()[row["fact"]]
    return facts()["criteria_other"]
