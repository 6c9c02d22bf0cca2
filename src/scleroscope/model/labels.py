"""What classification says of a study, each label with the words that decided it."""

from __future__ import annotations

from typing import Literal

import msgspec

DiseaseGroup = Literal["systemic_sclerosis", "localized_scleroderma", "raynaud", "look_alike", "other"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all labels share."""


class Disease(_Part, frozen=True, kw_only=True):
    """Which disease group the study is about, and why."""

    group: DiseaseGroup
    why: tuple[str, ...] = ()  # "condition: Systemic Sclerosis"
    manifestations: tuple[str, ...] = ()  # ild, pah, digital_ulcers, skin, gut, calcinosis, …
    subsets: tuple[str, ...] = ()  # diffuse, limited, sine: as far as the study says


class Treatment(_Part, frozen=True, kw_only=True):
    """A drug or procedure under test, recognised in the study's interventions."""

    id: str  # of knowledge/data/drugs.csv
    matched: str  # the words that matched
    role: Literal["tested", "comparator", "background"] = "tested"


class Endpoint(_Part, frozen=True, kw_only=True):
    """An outcome recognised as an instrument, with its time point."""

    instrument: str  # of knowledge/data/instruments.csv
    level: Literal["primary", "secondary", "other"]
    weeks: float | None = None
    matched: str = ""


class Labels(_Part, frozen=True, kw_only=True):
    """Everything that is classified about one study."""

    disease: Disease
    treatments: tuple[Treatment, ...] = ()
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # HGNC symbols
    families: tuple[str, ...] = ()
    repurposed: bool | None = None  # first used in another disease; None when not known
    sponsor: str | None = None  # normalised name
    sponsor_class: str | None = None  # industry, government, academic, patient_organisation, network, other
    endpoints: tuple[Endpoint, ...] = ()
    purposes: tuple[str, ...] = ()  # what the phase is for: safety_and_dose, efficacy, long_term, extension
    unclassified: tuple[str, ...] = ()  # "intervention: XY-123", "sponsor: …", "outcome: …"

    @property
    def in_scope(self) -> bool:
        """Whether the study belongs to the scleroderma landscape."""
        return self.disease.group in ("systemic_sclerosis", "localized_scleroderma", "raynaud")
