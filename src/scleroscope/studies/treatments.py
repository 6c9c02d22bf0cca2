"""Which drugs and procedures a study tests, and which are its comparators or background."""

from __future__ import annotations

from functools import cache
from typing import Literal

from scleroscope.knowledge import drugs
from scleroscope.model.labels import Treatment
from scleroscope.model.study import Intervention, Study

Role = Literal["tested", "comparator", "background"]

_EXPERIMENTAL = frozenset({"experimental", "active comparator", "other", ""})
_CONTROLS = frozenset({"placebo comparator", "sham comparator", "no intervention"})


def treatments_of(study: Study) -> tuple[list[Treatment], list[str]]:
    """The recognised treatments of a study, and the interventions in which nothing was recognised.

    An intervention is recognised by its name and other names; failing those, by its description,
    and failing that by the arms that receive it. Where no drug is named, a class may be ("Steroids").
    """
    known: dict[str, Treatment] = {}
    unknown: list[str] = []
    for intervention in study.interventions:
        found = _recognise(intervention, study)
        if not found:
            unknown.append(intervention.name)
        for identity, matched in found:
            role = _role(study, intervention, identity)
            before = known.get(identity)
            if before is None or (role == "tested" and before.role != "tested"):
                known[identity] = Treatment(id=identity, matched=matched, role=role)
    return list(known.values()), unknown


def _recognise(intervention: Intervention, study: Study) -> list[tuple[str, str]]:
    names = " ; ".join((intervention.name, *intervention.other_names))
    arms = " ; ".join(
        f"{arm.label} ; {arm.description or ''}"
        for arm in study.arms
        if intervention.name in arm.interventions or arm.label in intervention.arms
    )
    for find in (drugs.find_drugs, drugs.find):  # "Steroids" is no drug, but a class
        for text in (names, intervention.description or "", arms):
            found = {one.id: one.matched for one in find(text)}
            if found:
                return list(found.items())
    return []


def _role(study: Study, intervention: Intervention, identity: str) -> Role:
    if identity in _control_ids():
        return "comparator"
    kinds = [
        (arm.kind or "").lower().replace("_", " ").removeprefix("arm group ").strip()
        for arm in study.arms
        if intervention.name in arm.interventions
        or arm.label in intervention.arms
        or any(name.partition(": ")[2] == intervention.name for name in arm.interventions)
    ]
    everywhere = len(kinds) == len(study.arms) > 1
    if not kinds:
        return "tested"
    if everywhere and "experimental" in kinds and len(study.interventions) > 1:
        others = {kind for kind in kinds if kind != "experimental"}
        if others:
            return "background"
    if "experimental" in kinds:
        return "tested"
    has_experimental = any((arm.kind or "").lower() == "experimental" for arm in study.arms)
    if any(kind in _CONTROLS for kind in kinds) and not any(kind in _EXPERIMENTAL for kind in kinds):
        return "comparator"
    return "comparator" if has_experimental and "active comparator" in kinds else "tested"


@cache
def _control_ids() -> frozenset[str]:
    return drugs.expand("control")
