"""Which records of different registries tell of one trial: those that share a registry id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Ids that are issued once for one trial. A sponsor's own number is not: two sponsors may use the same.
_SCHEMES = {
    "nct": re.compile(r"NCT\d{8}"),
    "euctr": re.compile(r"\d{4}-\d{6}-\d{2}"),
    "ctis": re.compile(r"\d{4}-5\d{5}-\d{2}"),
    "isrctn": re.compile(r"ISRCTN\d{8}"),
    "utn": re.compile(r"U1111-\d{4}-\d{4}"),
    "jrct": re.compile(r"jRCTs?\d{9,10}", re.IGNORECASE),
    "ctri": re.compile(r"CTRI/\d{4}/\d{2,3}/\d{6}"),
    "chictr": re.compile(r"ChiCTR[A-Z-]*\d{8,10}", re.IGNORECASE),
    "actrn": re.compile(r"ACTRN\d{14}"),
    "drks": re.compile(r"DRKS\d{8}"),
    "umin": re.compile(r"UMIN\d{9}"),
    "irct": re.compile(r"IRCT\d{8,14}N?\d*"),
    "ntr": re.compile(r"NL-OMON\d+|NTR\d{2,5}"),
}
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _SCHEMES.values()), re.IGNORECASE)


def registry_ids(texts: Iterable[str]) -> frozenset[str]:
    """The registry ids that stand in the texts, in one spelling.

    EudraCT numbers lose their country (one trial has one record a country).

    >>> sorted(registry_ids(["EudraCT 2015-001106-33-GB", "also nct02453256"]))
    ['2015-001106-33', 'NCT02453256']
    """
    return frozenset(match[0].upper() for text in texts for match in _ANY.finditer(text))


def linked(ids: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Records grouped by trial: record → its registry ids in, groups of records out, each sorted.

    Two records belong together when a chain of shared ids leads from one to the other. A record
    that shares none is a group of its own.

    >>> linked({"A": ["NCT02453256"], "B": ["2015-001106-33", "nct02453256"], "C": ["ISRCTN54371254"]})
    [('A', 'B'), ('C',)]
    """
    leader: dict[str, str] = {}

    def find(one: str) -> str:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for record, texts in ids.items():
        for identity in registry_ids((record, *texts)):
            leader[find(f"id {identity}")] = find(f"record {record}")
    groups: dict[str, list[str]] = {}
    for record in ids:
        groups.setdefault(find(f"record {record}"), []).append(record)
    return sorted(tuple(sorted(group)) for group in groups.values())
