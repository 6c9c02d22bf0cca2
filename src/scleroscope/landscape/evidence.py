"""Published results gathered by family, class or target, with harms; and the few that tell most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import msgspec

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import cells, rows
from scleroscope.landscape.findings import RANDOMISED
from scleroscope.landscape.vocabulary import name_of
from scleroscope.model.problem import BadRequest
from scleroscope.model.result import Result

if TYPE_CHECKING:
    from polars import DataFrame

By = Literal["family", "class", "target"]
COLUMNS: dict[By, str] = {"family": "families", "class": "classes", "target": "targets"}
LARGE = 50
"""Participants from which a trial is told before smaller ones: in fewer, chance decides much."""

Told = list[dict[str, Any]]  # a trial's findings


class Group(NamedTuple):
    """A family, class or target: how many trials it has, what they try, and the results of trials under it.

    A trial of several groups is told under the rarest of them, and named in the others (`elsewhere`).
    """

    id: str | None
    name: str
    trials: int
    with_results: int
    tried: list[tuple[str, int]]  # treatment and how many trials of this group test it
    told: list[Told]
    elsewhere: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        told = [{**row, "result": msgspec.json.decode(row["result"])} for each in self.told for row in each]
        tried = [{"id": each, "name": name_of("drugs", each), "trials": count} for each, count in self.tried]
        return {**self._asdict(), "tried": tried, "told": told}


def groups(trials: DataFrame, table: DataFrame, by: By = "family") -> list[Group]:
    """The trials and their findings by family, class or target; what most trials have first.

    BadRequest when `by` is none of these.
    """
    if by not in COLUMNS:
        raise BadRequest(f"no grouping {by!r}: one of {', '.join(get_args(By))}")
    size: Counter[str | None] = Counter()
    tried: dict[str | None, Counter[str]] = {}
    for values, treatments in trials.select(COLUMNS[by], "treatments").iter_rows():
        inside = set(values or (None,))
        size.update(inside)
        for each in treatments or ():
            own = _own(each, by) or {None}
            for one in own & inside:
                tried.setdefault(one, Counter())[each] += 1
    found = _by_trial(table)
    order = sorted(size, key=lambda each: (each is None, -size[each], each or ""))
    return [_group(each, by, size, tried.get(each, Counter()), found) for each in order]


def telling(table: DataFrame, most: int = 12, of_each: int = 3) -> list[dict[str, Any]]:
    """The findings to read first: one a trial, of randomised trials with a primary result in numbers.

    Of each family the largest trials, what was not tested before first; at most `of_each`. The finding is
    the trial's estimated difference, where there is one, at its last time point; `short` names the endpoint.
    """
    found = [each for each in _by_trial(table) if each[0]["design"] == RANDOMISED and _chosen(each)]
    size = Counter(family for each in found for family in each[0]["families"] or (None,))
    families: dict[str | None, list[Told]] = {}
    for each in found:
        families.setdefault(_rarest(each[0]["families"], size), []).append(each)
    ranked = [
        ((each[0]["enrolment"] or 0) < LARGE, rank, -(each[0]["enrolment"] or 0), family or "", each)
        for family, told in families.items()
        for rank, each in enumerate(varied(told)[:of_each])
    ]
    first = sorted(ranked, key=lambda each: each[:4])[:most]
    out = sorted(first, key=lambda each: (-size[each[3] or None], each[3], each[2]))
    return [{**row, "short": _short(row)} for *_, told in out if (row := _chosen(told))]


def varied(trials: Sequence[Told]) -> list[Told]:
    """The same trials, so that everything that was tested appears before anything is repeated."""
    seen: Counter[str] = Counter()
    rank = []
    for position, told in enumerate(trials):
        key = " ".join(sorted(told[0]["targets"] or told[0]["tests"] or ()))
        seen[key] += 1
        rank.append((seen[key], position))
    return [trials[position] for _, position in sorted(rank)]


def _group(
    value: str | None, by: By, size: Counter[str | None], tried: Counter[str], found: list[Told]
) -> Group:
    inside = [each for each in found if value in (each[0][COLUMNS[by]] or (None,))]
    told = [each for each in inside if _rarest(each[0][COLUMNS[by]], size) == value]
    return Group(
        id=value,
        name=_name(value, by),
        trials=size[value],
        with_results=len(inside),
        tried=sorted(tried.items(), key=lambda each: (-each[1], each[0])),
        told=told,
        elsewhere=[each[0]["trial"] for each in inside if each not in told],
    )


def _name(value: str | None, by: By) -> str:
    if value is None:
        return {"family": "In no family yet", "class": "In no class yet", "target": "No molecular target"}[by]
    if by == "class":
        return drugs.name(value) if drugs.is_class(value) else value.replace("_", " ")
    return f"{value}  {name_of('targets', value)}" if by == "target" else name_of("families", value)


def _own(treatment: str, by: By) -> set[str | None]:
    own: Iterable[str]
    if by == "target":
        own = drugs.targets(treatment)
    else:
        own = drugs.families(treatment) if by == "family" else drugs.ancestors(treatment)
    return set(own)


def _by_trial(table: DataFrame) -> list[Told]:
    trials: dict[str, Told] = {}
    for row in table.to_dicts():
        trials.setdefault(row["id"], []).append(row)
    return list(trials.values())


def _rarest(values: Sequence[str] | None, size: Counter[str | None]) -> str | None:
    return min(values or (None,), key=lambda each: (size[each], each or ""))


def _chosen(told: Told) -> dict[str, Any] | None:
    """The primary finding that stands for a trial; None where no number is printed."""
    known = [(msgspec.json.decode(row["result"], type=Result), row) for row in told]
    known = [(result, row) for result, row in known if result.level == "primary"]
    compared = [each for each in known if any(one.estimate is not None for one in each[0].contrasts)]
    shown = compared or [each for each in known if any(one.value is not None for one in each[0].arms)]
    return max(shown, key=lambda each: each[0].weeks or 0)[1] if shown else None


def _short(row: dict[str, Any]) -> str:
    """The endpoint by its initials, where it is known by them: FVC, mRSS."""
    endpoint = msgspec.json.decode(row["result"], type=Result).endpoint
    name = name_of("instruments", endpoint)
    known = next((each["aliases"] for each in rows("instruments") if each["id"] == endpoint), "")
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).casefold()
    return next((alias for alias in cells(known) if alias.casefold() == initials), name)
