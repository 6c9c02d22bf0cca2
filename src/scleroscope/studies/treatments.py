"""Which drugs and procedures a study tests, and which are its comparators or background."""

from __future__ import annotations

from functools import cache
from typing import Literal

from scleroscope.knowledge import drugs
from scleroscope.model.labels import Treatment
from scleroscope.model.study import Arm, Intervention, Study

Role = Literal["tested", "comparator", "background"]

_EXPERIMENTAL = "experimental"
_CONTROLS = frozenset({"placebo comparator", "sham comparator", "no intervention"})


def treatments_of(study: Study) -> tuple[list[Treatment], list[str]]:
    """The recognised treatments of a study, and the interventions in which nothing was recognised.

    An intervention is recognised by its name and other names; where no drug is named, a class may be
    ("Steroids"). Descriptions are not asked: they name what else is given, measured or compared.
    """
    known: dict[str, Treatment] = {}
    unknown: list[str] = []
    for intervention in study.interventions:
        found = _recognise(intervention)
        if not found:
            unknown.append(intervention.name)
        for identity, matched in found:
            role = _role(study, intervention, identity)
            before = known.get(identity)
            if before is None or (role == "tested" and before.role != "tested"):
                known[identity] = Treatment(id=identity, matched=matched, role=role)
    return list(known.values()), unknown


def _recognise(intervention: Intervention) -> list[tuple[str, str]]:
    names = " ; ".join((intervention.name, *intervention.other_names))
    found = drugs.find_drugs(names) or drugs.find(names)
    return list({one.id: one.matched for one in reversed(found)}.items())[::-1]


def _role(study: Study, intervention: Intervention, identity: str) -> Role:
    """Tested, unless the arms say otherwise.

    Where some arm is experimental: comparator if no experimental arm receives it, background if every
    arm does and something else is under test. Where none is: comparator if only control arms receive it.
    """
    if identity in _control_ids():
        return "comparator"
    all_kinds = [_kind(arm) for arm in study.arms]
    kinds = [_kind(arm) for arm in study.arms if _receives(arm, intervention)]
    if not kinds:
        return "tested"
    if _EXPERIMENTAL not in all_kinds:
        return "comparator" if set(kinds) <= _CONTROLS else "tested"
    if _EXPERIMENTAL not in kinds:
        return "comparator"
    everywhere = len(kinds) == len(all_kinds)
    compared = set(all_kinds) != {_EXPERIMENTAL}
    return "background" if everywhere and compared and len(study.interventions) > 1 else "tested"


def _kind(arm: Arm) -> str:
    return (arm.kind or "").lower().replace("_", " ")


def _receives(arm: Arm, intervention: Intervention) -> bool:
    # The newer records name an intervention as "Drug: Nintedanib".
    names = (name.partition(": ")[2] or name for name in arm.interventions)
    return (
        arm.label in intervention.arms or intervention.name in arm.interventions or intervention.name in names
    )


@cache
def _control_ids() -> frozenset[str]:
    return drugs.expand("control")
