"""What if criteria fell, or were relaxed: read off the masks that screening left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import assert_never

import msgspec

from scleroscope.match.readings import Reading
from scleroscope.match.screen import Drop, Together
from scleroscope.model.criterion import All, Any, AtLeast, Compare, Criterion, Has, Is, Not, Opaque, Taking
from scleroscope.model.problem import BadRequest

MOST = 3  # criteria that are dropped together


def verdicts(sets: Mapping[tuple[int, int], int], dropped: int = 0) -> dict[str, int]:
    """Patients by verdict when the criteria of a mask do not count."""
    found: Counter[str] = Counter()
    for (not_met, unknown), patients in sets.items():
        stands, is_open = not_met & ~dropped, unknown & ~dropped
        found["ineligible" if stands else "possible" if is_open else "eligible"] += patients
    return {verdict: found[verdict] for verdict in ("eligible", "possible", "ineligible")}


def best_drops(reading: Reading, sets: Mapping[tuple[int, int], int], several: int = 5) -> tuple[Drop, ...]:
    """For one, two and three criteria the `several` drops that gain most; none that gain nothing more.

    A patient is gained by a set of criteria when all that rule the patient out are in it: so a set's gain
    is the sum over its subsets.
    """
    by_mask: Counter[int] = Counter()
    for (not_met, _), patients in sets.items():
        if 0 < not_met.bit_count() <= MOST:
            by_mask[not_met] += patients
    places = sorted({place for mask in by_mask for place in _bits(mask)})
    found: list[Drop] = []
    for size in range(1, MOST + 1):
        gains = []
        for chosen in combinations(places, size):
            gained = sum(
                by_mask[sum(1 << place for place in part)]
                for count in range(1, size + 1)
                for part in combinations(chosen, count)
            )
            if gained:
                gains.append((-gained, chosen))
        found += [
            Drop(criteria=tuple(reading.clauses[place].id for place in chosen), gained=-gained)
            for gained, chosen in sorted(gains)[:several]
        ]
    return tuple(found)


def most_together(
    reading: Reading, sets: Mapping[tuple[int, int], int], several: int = 14
) -> tuple[Together, ...]:
    """The sets of criteria that rule out most patients, each patient counted once."""
    by_mask: Counter[int] = Counter()
    for (not_met, _), patients in sets.items():
        if not_met:
            by_mask[not_met] += patients
    ranked = sorted(by_mask.items(), key=lambda one: (-one[1], one[0]))[:several]
    return tuple(
        Together(criteria=tuple(reading.clauses[place].id for place in _bits(mask)), patients=patients)
        for mask, patients in ranked
    )


def mask_of(reading: Reading, criteria: Collection[str]) -> int:
    """The mask of criteria by their ids; BadRequest names those that there are."""
    places = {clause.id: place for place, clause in enumerate(reading.clauses)}
    for identity in criteria:
        if identity not in places:
            raise BadRequest(f"--drop {identity}: {reading.id} has the criteria {', '.join(places)}")
    return sum(1 << places[identity] for identity in set(criteria))


def relaxed(reading: Reading, rule: Compare) -> Reading:
    """The trial with other bounds of one number, wherever its criteria bound that number.

    `fvc_percent_predicted >= 45` takes the place of every bound on that field; of an exclusion such as
    `fvc_percent_predicted < 50` it is the contrary that keeps a patient in. BadRequest when no criterion
    bounds the field.
    """
    clauses = tuple(
        msgspec.structs.replace(clause, tree=_with(clause.tree, rule, clause.kind == "inclusion"))
        for clause in reading.clauses
    )
    if clauses == reading.clauses:
        bounded = sorted({field for clause in reading.clauses for field in _bounded(clause.tree)})
        raise BadRequest(
            f"--relax {rule.field}: no criterion of {reading.id} says otherwise; "
            f"its criteria bound {', '.join(bounded) or 'no number'}"
        )
    return msgspec.structs.replace(reading, clauses=clauses)


def _with(tree: Criterion, rule: Compare, wanted: bool) -> Criterion:
    """The tree with the rule in place of each bound on its field; `wanted`: holding keeps a patient in."""
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return msgspec.structs.replace(tree, parts=tuple(_with(part, rule, wanted) for part in parts))
        case Not(part=part):
            return msgspec.structs.replace(tree, part=_with(part, rule, not wanted))
        case Compare(field=field) if field == rule.field:
            return rule if wanted else Not(part=rule)
        case Compare() | Has() | Is() | Taking() | Opaque():
            return tree
    assert_never(tree)


def _bounded(tree: Criterion) -> set[str]:
    match tree:
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts):
            return {field for part in parts for field in _bounded(part)}
        case Not(part=part):
            return _bounded(part)
        case Compare(field=field):
            return {field}
        case Has() | Is() | Taking() | Opaque():
            return set()
    assert_never(tree)


def _bits(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
