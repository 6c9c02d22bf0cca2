"""A study: what a registry says of one clinical trial, in one shape whatever the registry.

An absent field is None or an empty tuple, never a default value. The registry's own words
(status, phase, sponsor class) stand beside ours. Foreign field names stop in `registries`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from scleroscope.model.date import PartialDate
from scleroscope.model.quantity import Quantity

Registry = Literal["ctgov", "ctis", "isrctn", "euctr", "ictrp", "curated"]

Status = Literal[
    "not_yet_recruiting",
    "recruiting",
    "enrolling_by_invitation",
    "active_not_recruiting",
    "suspended",
    "terminated",
    "completed",
    "withdrawn",
    "unknown",
    "expanded_access",
]

Phase = Literal["early_phase_1", "phase_1", "phase_2", "phase_3", "phase_4", "not_applicable"]

StudyType = Literal["interventional", "observational", "expanded_access"]

# "estimated" is a day in the past that the registry had to estimate (posting dates before 2017).
DateKind = Literal["actual", "anticipated", "estimated"]

OutcomeLevel = Literal["primary", "secondary", "other"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all parts of a study share: frozen, keyword-only, absent fields not written."""


class RegistryId(_Part, frozen=True, kw_only=True):
    """An id under which a registry, sponsor or funder knows the study."""

    scheme: str  # nct, euctr, ctis, isrctn, utn …, "grant", "sponsor" for the sponsor's own, "other"
    value: str  # in the scheme's own spelling, so that equal ids are equal text
    registered_as: str | None = None  # the registry's own name of the kind


class StudyDate(_Part, frozen=True, kw_only=True):
    """A date, as precise as registered, and whether it has happened."""

    date: PartialDate
    kind: DateKind | None = None


class Design(_Part, frozen=True, kw_only=True):
    """How the study is built, in the registry's vocabulary, lower case with underscores."""

    allocation: str | None = None
    masking: str | None = None
    who_masked: tuple[str, ...] = ()
    intervention_model: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None


class Enrolment(_Part, frozen=True, kw_only=True):
    """How many participants, and whether that is a plan or a count."""

    count: int
    kind: DateKind | None = None
    planned: int | None = None  # beside an actual count, where one source tells both


class Arm(_Part, frozen=True, kw_only=True):
    """One group of participants and what it is given."""

    label: str
    kind: str | None = None
    description: str | None = None
    interventions: tuple[str, ...] = ()


class Intervention(_Part, frozen=True, kw_only=True):
    """Something given or done, as registered; `studies.classify` says what it is."""

    name: str
    kind: str | None = None
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


class Outcome(_Part, frozen=True, kw_only=True):
    """What is measured and when, in the registry's words."""

    level: OutcomeLevel
    measure: str
    description: str | None = None
    time_frame: str | None = None


class AgeBound(_Part, frozen=True, kw_only=True):
    """A lower or upper age: a quantity, or open (the registry says that there is no limit).

    A bound that the registry does not mention is None in `EligibilityText`, which is neither.
    """

    age: Quantity | None = None

    @property
    def is_open(self) -> bool:
        """Whether the registry says that there is no limit."""
        return self.age is None


class EligibilityText(_Part, frozen=True, kw_only=True):
    """Who may take part, in the registry's words (escapes undone, lines kept)."""

    text: str | None = None
    minimum_age: AgeBound | None = None
    maximum_age: AgeBound | None = None
    sex: Literal["all", "female", "male"] | None = None
    healthy_volunteers: bool | None = None
    sampling: str | None = None
    population: str | None = None


class Contact(_Part, frozen=True, kw_only=True):
    """Whom to ask."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    email: str | None = None


class Site(_Part, frozen=True, kw_only=True):
    """A place that takes part; its status may differ from the study's."""

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None  # as registered
    country_code: str | None = None  # ISO 3166-1 alpha-2
    latitude: float | None = None
    longitude: float | None = None
    status: Status | None = None
    contacts: tuple[Contact, ...] = ()


class Country(_Part, frozen=True, kw_only=True):
    """A country as registered, with its ISO 3166-1 alpha-2 code where the name has one today."""

    name: str
    code: str | None = None


class Organisation(_Part, frozen=True, kw_only=True):
    """A sponsor or collaborator, with the registry's class of it (INDUSTRY, NIH, …)."""

    name: str
    registered_class: str | None = None


class Investigator(_Part, frozen=True, kw_only=True):
    """A person responsible for the study."""

    name: str
    role: str | None = None
    affiliation: str | None = None


class Reference(_Part, frozen=True, kw_only=True):
    """A publication or a link."""

    citation: str | None = None
    pmid: str | None = None
    url: str | None = None
    kind: str | None = None
    retracted_by: tuple[str, ...] = ()  # PubMed ids of retraction notices


class Document(_Part, frozen=True, kw_only=True):
    """A protocol, analysis plan or consent form that the registry holds."""

    label: str
    date: PartialDate | None = None
    url: str | None = None
    comment: str | None = None


class Study(_Part, frozen=True, kw_only=True):
    """One trial as one registry tells it."""

    id: str  # the registry's primary id
    registry: Registry
    url: str | None = None
    ids: tuple[RegistryId, ...] = ()
    title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    summary: str | None = None
    description: str | None = None

    status: Status | None = None
    registered_status: str | None = None
    status_date: PartialDate | None = None  # when the status was last verified
    why_stopped: str | None = None
    study_type: StudyType | None = None
    phases: tuple[Phase, ...] = ()
    registered_phase: str | None = None
    design: Design | None = None
    enrolment: Enrolment | None = None

    start: StudyDate | None = None
    primary_completion: StudyDate | None = None
    completion: StudyDate | None = None
    first_posted: StudyDate | None = None
    results_posted: StudyDate | None = None
    last_update: StudyDate | None = None

    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    condition_mesh: tuple[str, ...] = ()
    intervention_mesh: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    eligibility: EligibilityText | None = None
    sites: tuple[Site, ...] = ()
    countries: tuple[Country, ...] = ()  # of the sites, and those that the registry lists apart from them
    contacts: tuple[Contact, ...] = ()

    sponsor: Organisation | None = None
    collaborators: tuple[Organisation, ...] = ()
    investigators: tuple[Investigator, ...] = ()
    references: tuple[Reference, ...] = ()
    documents: tuple[Document, ...] = ()
    results: dict[str, Any] | None = None  # posted results, whole, as the registry structures them

    notes: tuple[str, ...] = ()  # what the reader could not take over (a day that does not exist, say)
