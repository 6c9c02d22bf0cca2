"""A curated trial file (TOML): what it may say. `curated_study` makes a `Study` of it.

One file tells one trial as facts in our own words, each group of facts with the source that
it was read in. Where sources disagree, both facts stand: lists of status, dates, enrolment and
places may hold several entries for one thing, each with its source and date. What no source says
is absent. `docs/explanation/shipped-catalogue.md` explains the format to a curator.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from scleroscope.model.result import Harm, Result
from scleroscope.model.study import DateKind, OutcomeLevel, Phase, Status, StudyType

Model = Literal["single_group", "parallel", "crossover", "factorial", "sequential", "platform"]


class _Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all groups of facts share; a misspelt key is an error, not a lost fact."""


class Source(_Facts, frozen=True, kw_only=True):
    """Where facts were read: a registry's record of a date, or a page."""

    registry: str | None = None  # "ClinicalTrials.gov", …
    record: str | None = None  # its id there
    url: str | None = None
    date: str | None = None  # of the record's version, or of the page, where it says so
    what: str | None = None  # "abstract", "registry record", "table 2"


class CuratedId(_Facts, frozen=True, kw_only=True):
    """A further id of the trial."""

    scheme: str
    value: str
    source: tuple[str, ...]


class CuratedStatus(_Facts, frozen=True, kw_only=True):
    """A status, as of the date on which the source had it (absent: the source is undated)."""

    value: Status
    source: tuple[str, ...]
    as_of: str | None = None
    why_stopped: str | None = None


class CuratedDate(_Facts, frozen=True, kw_only=True):
    """A date of the trial, as precise as its source."""

    event: Literal["start", "enrolment_end", "primary_completion", "completion", "first_posted"]
    date: str
    source: tuple[str, ...]
    kind: DateKind | None = None


class CuratedDesign(_Facts, frozen=True, kw_only=True):
    """How the trial is built."""

    source: tuple[str, ...]
    allocation: Literal["randomized", "non_randomized"] | None = None
    masking: Literal["none", "single", "double", "triple", "quadruple", "masked"] | None = None
    model: Literal["single_group", "parallel", "crossover", "factorial", "sequential", "platform"] | None = (
        None
    )
    purpose: str | None = None
    arms: int | None = None  # how many
    ratio: str | None = None  # of allocation, "2:1"
    weeks: float | None = None  # of the main (masked) part
    note: str | None = None


class CuratedIntervention(_Facts, frozen=True, kw_only=True):
    """What is given or done: a knowledge id where there is one, else a plain name."""

    name: str
    source: tuple[str, ...]
    id: str | None = None  # of knowledge/data/drugs.csv
    role: Literal["tested", "comparator", "background"] = "tested"
    kind: str | None = None  # drug, biological, device, procedure, behavioral, …
    regimen: str | None = None


class CuratedSponsor(_Facts, frozen=True, kw_only=True):
    """Who is responsible, and who helps."""

    source: tuple[str, ...]
    name: str | None = None
    collaborators: tuple[str, ...] = ()


class CuratedSite(_Facts, frozen=True, kw_only=True):
    """One place that takes part: its town and, where the source tells it, who works there."""

    country: str  # ISO 3166-1 alpha-2
    city: str | None = None
    state: str | None = None  # of a town whose name its country bears twice
    facility: str | None = None


class CuratedPlaces(_Facts, frozen=True, kw_only=True):
    """Where."""

    source: tuple[str, ...]
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    sites: int | None = None
    at: tuple[CuratedSite, ...] = ()  # the places that the source names
    incomplete: bool = False  # the source names some countries, or sites, of more


class CuratedEnrolment(_Facts, frozen=True, kw_only=True):
    """How many: planned (anticipated) or counted (actual)."""

    count: int
    source: tuple[str, ...]
    kind: DateKind | None = None
    note: str | None = None


class CuratedEndpoint(_Facts, frozen=True, kw_only=True):
    """What is measured and when, in own words."""

    level: OutcomeLevel
    measure: str
    source: tuple[str, ...]
    instrument: str | None = None  # of knowledge/data/instruments.csv
    weeks: float | None = None


class Reading(_Facts, frozen=True, kw_only=True):
    """One other source's form of a criterion."""

    criterion: str
    source: tuple[str, ...]
    note: str | None = None


class Line(_Facts, frozen=True, kw_only=True):
    """One entry of the eligibility list, in the criteria notation.

    `disputed`: other sources tell it otherwise, and nothing says which is right; the answer is
    then unknown wherever they differ. `earlier`: what stood before an amendment.
    """

    criterion: str
    source: tuple[str, ...] = ()  # absent: the list's
    disputed: tuple[Reading, ...] = ()
    earlier: tuple[Reading, ...] = ()
    note: str | None = None


class CuratedEligibility(_Facts, frozen=True, kw_only=True):
    """Who may take part, as computable lines.

    `extent`: how much of the eligibility the source showed. Only `whole` lists every criterion;
    from an `excerpt` or a `summary` (a paper, a table) no one can be called eligible.
    """

    source: tuple[str, ...]
    extent: Literal["whole", "excerpt", "summary"]
    reviewed: str  # the date of the reading
    text_sha256: str | None = None  # of the text that was read, where it is known
    inclusion: tuple[str | Line, ...] = ()
    exclusion: tuple[str | Line, ...] = ()


class CuratedTrial(_Facts, frozen=True, kw_only=True):
    """One file of `catalogue/data/trials`."""

    id: str
    title: str
    conditions: tuple[str, ...]  # ids of knowledge/data/conditions.csv
    sources: dict[str, Source]
    other_conditions: tuple[str, ...] = ()  # in plain words, where knowledge has no row
    acronym: str | None = None
    type: StudyType | None = None
    phases: tuple[Phase, ...] = ()
    note: str | None = None
    ids: tuple[CuratedId, ...] = ()
    status: tuple[CuratedStatus, ...] = ()
    dates: tuple[CuratedDate, ...] = ()
    enrolment: tuple[CuratedEnrolment, ...] = ()
    interventions: tuple[CuratedIntervention, ...] = ()
    endpoints: tuple[CuratedEndpoint, ...] = ()
    places: tuple[CuratedPlaces, ...] = ()
    about: tuple[str, ...] = ()  # sources of acronym, type, phases and conditions
    design: CuratedDesign | None = None
    sponsor: CuratedSponsor | None = None
    eligibility: CuratedEligibility | None = None
    results: tuple[Result, ...] = ()
    harms: tuple[Harm, ...] = ()


def decode_curated(raw: bytes) -> CuratedTrial:
    """The facts of one file; `msgspec.ValidationError` names what does not fit the schema and where."""
    return msgspec.toml.decode(raw, type=CuratedTrial)
