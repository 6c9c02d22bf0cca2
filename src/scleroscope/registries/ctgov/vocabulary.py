"""ClinicalTrials.gov's words in our words. Its three forms spell them differently: ACTIVE_NOT_RECRUITING,
"Active, not recruiting"; all are compared by their letters and digits alone.

The API's own list: https://clinicaltrials.gov/data-api/about-api/study-data-structure
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeVar

from scleroscope.model.date import PartialDate
from scleroscope.model.quantity import Quantity
from scleroscope.model.study import AgeBound, DateKind, Phase, Status, StudyDate, StudyType

T = TypeVar("T")
Sex = Literal["all", "female", "male"]

_STATUSES: dict[str, Status] = {
    "notyetrecruiting": "not_yet_recruiting",
    "recruiting": "recruiting",
    "enrollingbyinvitation": "enrolling_by_invitation",
    "activenotrecruiting": "active_not_recruiting",
    "suspended": "suspended",
    "terminated": "terminated",
    "completed": "completed",
    "withdrawn": "withdrawn",
    "unknown": "unknown",
    "unknownstatus": "unknown",
    "available": "expanded_access",
    "nolongeravailable": "expanded_access",
    "temporarilynotavailable": "expanded_access",
    "approvedformarketing": "expanded_access",
}
_PHASES: dict[str, Phase] = {
    "phase0": "early_phase_1",
    "earlyphase1": "early_phase_1",
    "phase1": "phase_1",
    "phase2": "phase_2",
    "phase3": "phase_3",
    "phase4": "phase_4",
    "na": "not_applicable",
    "notapplicable": "not_applicable",
}
_STUDY_TYPES: dict[str, StudyType] = {
    "interventional": "interventional",
    "observational": "observational",
    "observationalpatientregistry": "observational",
    "expandedaccess": "expanded_access",
}
_DATE_KINDS: dict[str, DateKind] = {
    "actual": "actual",
    "anticipated": "anticipated",
    "estimated": "anticipated",
}
_SEXES: dict[str, Sex] = {"all": "all", "both": "all", "female": "female", "male": "male"}
_SAME = {
    "na": "not_applicable",
    "n_a": "not_applicable",
    "ect": "educational_counseling_training",
    "none_open_label": "none",
    "open_label": "none",
    "double_blind": "double",
    "single_blind": "single",
    "subject": "participant",
    "caregiver": "care_provider",
    "u_s_fed": "fed",
}
_AGE_UNITS = {
    "year": "year",
    "month": "month",
    "week": "week",
    "day": "day",
    "hour": "hour",
    "minute": "minute",
}


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """Letters and digits in lower case: what the registry's three spellings have in common."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _known(words: dict[str, T], text: str) -> T:
    try:
        return words[letters(text)]
    except KeyError:
        raise ValueError(text) from None


def status(text: str) -> Status:
    """The registry's status; ValueError on an unknown one."""
    return _known(_STATUSES, text)


def phases(text: str) -> tuple[Phase, ...]:
    """`PHASE2`, `Phase 2/Phase 3`; ValueError on an unknown one."""
    if letters(text) == "na":  # "N/A" is one word, "Phase 1/Phase 2" are two
        return ("not_applicable",)
    return tuple(_known(_PHASES, part) for part in text.split("/"))


def sex(text: str) -> Sex:
    """All, female or male; ValueError on another."""
    return _known(_SEXES, text)


def study_type(text: str) -> StudyType:
    """Interventional, observational or expanded access; ValueError on another."""
    return _known(_STUDY_TYPES, text)


@lru_cache(maxsize=4096)
def word(text: str) -> str:
    """A word of the registry in lower case with underscores.

    >>> word("Active Comparator"), word("SINGLE_GROUP"), word("Single Group Assignment"), word("N/A")
    ('active_comparator', 'single_group', 'single_group', 'not_applicable')
    """
    slug = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_").removesuffix("_assignment")
    return _SAME.get(slug, slug)


def organisation_class(text: str) -> str:
    """The registry's class of a sponsor, in the API's spelling: INDUSTRY, NIH, FED, OTHER …"""
    return word(text).upper()


def date_kind(text: str) -> DateKind:
    """Whether a date or a count has happened; ValueError on an unknown kind."""
    return _known(_DATE_KINDS, text)


def posted(date: PartialDate, kind: str | None) -> StudyDate:
    """A posting date: an estimated one lies in the past all the same."""
    estimated = kind is not None and letters(kind).startswith("estimate")
    return StudyDate(date=date, kind="estimated" if estimated else "actual" if kind else None)


@lru_cache(maxsize=1024)
def age_bound(text: str) -> AgeBound:
    """`18 Years`, `6 Months`, `N/A` (no limit); ValueError on anything else.

    >>> age_bound("6 Months").age
    Quantity(value=6.0, unit='month')
    """
    if letters(text) in ("na", "nolimit"):
        return AgeBound()
    match = re.fullmatch(r"(\d{1,4}(?:\.\d+)?)\s*([A-Za-z]+?)s?", text.strip())
    if match is None or match[2].casefold() not in _AGE_UNITS:
        raise ValueError(text)
    return AgeBound(age=Quantity(value=float(match[1]), unit=match[2].casefold()))
