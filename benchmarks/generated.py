"""Invented registry records in the shape of the ClinicalTrials.gov API, version 2, from a seed.

No trial here exists. Sizes of the parts follow what a registry's records measure on average (per
record: eligibility 2 kB, outcomes 2.4 kB, sites 2.8 kB, description 1.6 kB, arms 1.1 kB, terms 1.5 kB;
one in twenty with results of some 50 kB), and words follow Zipf's law over a vocabulary of 8,000, so
that parsing, compression and full-text indexing meet realistic work.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

OTHER_DISEASES = (
    "Breast Cancer", "Type 2 Diabetes", "Hypertension", "Asthma", "Multiple Sclerosis", "Depression",
    "Rheumatoid Arthritis", "Heart Failure", "COPD", "Stroke", "HIV Infections", "Obesity", "Psoriasis",
    "Amyotrophic Lateral Sclerosis", "Crohn Disease", "Chronic Kidney Disease", "Lymphoma", "Migraine",
    "Pulmonary Arterial Hypertension", "Idiopathic Pulmonary Fibrosis", "Tuberous Sclerosis", "Anxiety",
)  # fmt: skip
SCLERODERMA = (
    "Systemic Sclerosis", "Scleroderma", "Diffuse Cutaneous Systemic Sclerosis", "Raynaud Phenomenon",
    "Scleroderma, Systemic", "Interstitial Lung Disease Due to Systemic Disease", "Digital Ulcer", "Morphea",
)  # fmt: skip
MEASURES = (
    "Modified Rodnan Skin Score", "Forced Vital Capacity", "Overall survival", "Adverse events",
    "Six minute walk distance", "HAQ-DI", "Quality of life", "Change from baseline in HbA1c", "Mortality",
)  # fmt: skip
PLACES = (
    ("Lyon", "France", 45.75, 4.85), ("Ann Arbor", "United States", 42.28, -83.74),
    ("Leeds", "United Kingdom", 53.8, -1.55),
    ("Ghent", "Belgium", 51.05, 3.72), ("Osaka", "Japan", 34.69, 135.5), ("Padua", "Italy", 45.41, 11.88),
    ("Toronto", "Canada", 43.7, -79.42), ("Warsaw", "Poland", 52.23, 21.01), ("Delhi", "India", 28.65, 77.23),
    ("São Paulo", "Brazil", -23.55, -46.64), ("Cairo", "Egypt", 30.06, 31.25),
    ("Seoul", "Korea, Republic of", 37.57, 126.98),
)  # fmt: skip
STATUSES = ("COMPLETED",) * 10 + (
    "RECRUITING", "RECRUITING", "TERMINATED", "UNKNOWN", "UNKNOWN", "ACTIVE_NOT_RECRUITING",
    "NOT_YET_RECRUITING", "WITHDRAWN",
)  # fmt: skip
_COMMON = (
    "the of and in to with a for or patients at treatment by study be is on are as will weeks from dose "
    "baseline disease clinical days day were trial after subjects who an not change this that months time "
    "during prior least blood randomized safety assessed history test participants placebo any than group "
    "therapy years daily efficacy response within use known pregnant screening severe renal hepatic "
    "function"
)
COMMON = tuple(_COMMON.split())


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Words and their cumulative weights: the commonest are English, the others are made of syllables."""
    chance = random.Random(7)
    syllables = [a + b for a in "bcdfghlmnprstvz" for b in ("a", "e", "i", "o", "u", "al", "en", "or", "is")]
    rare = {"".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))) for _ in range(9000)}
    words = (*COMMON, *sorted(rare)[: 8000 - len(COMMON)])
    order = list(words[len(COMMON) :])
    chance.shuffle(order)
    ranked = (*COMMON, *order)
    weights = itertools.accumulate(1 / (rank + 3) for rank in range(len(ranked)))
    return ranked, tuple(weights)


@cache
def interventions() -> tuple[str, ...]:
    """Names of drugs that knowledge has, and some that it has not."""
    from scleroscope.knowledge.load import rows

    return (*(row["name"] for row in rows("drugs")), *(f"Compound {number}" for number in range(200)))


def prose(chance: random.Random, size: float) -> str:
    """Sentences of about `size` characters in all."""
    words, weights = vocabulary()
    drawn = chance.choices(words, cum_weights=weights, k=max(3, int(size / 5.6)))
    sentences = []
    at = 0
    while at < len(drawn):
        length = chance.randint(6, 22)
        sentences.append(" ".join(drawn[at : at + length]).capitalize() + ".")
        at += length
    return " ".join(sentences)


def _size(chance: random.Random, mean: float) -> float:
    """Sizes of texts are skewed: many short ones, few very long."""
    return mean * chance.lognormvariate(-0.32, 0.8)


def _date(chance: random.Random, first: int, last: int) -> str:
    month = f"{chance.randint(first, last)}-{chance.randint(1, 12):02d}"
    return month if chance.random() < 0.3 else f"{month}-{chance.randint(1, 28):02d}"


def record(number: int, *, seed: int = 1, scleroderma: float = 0.002) -> dict[str, Any]:
    """The invented trial NCT9… of this number; `scleroderma` is the chance that it is one of ours."""
    chance = random.Random(seed * 1_000_003 + number)
    ours = chance.random() < scleroderma
    conditions = chance.sample(SCLERODERMA if ours else OTHER_DISEASES, chance.choice((1, 1, 2)))
    names = chance.sample(interventions(), chance.choice((1, 2, 2, 3)))
    status = chance.choice(STATUSES)
    start = _date(chance, 1999, 2025)
    title = f"{names[0]} in {conditions[0]}: {prose(chance, 40)[:-1]}"
    protocol = {
        "identificationModule": {
            "nctId": f"NCT9{number:07d}",
            "orgStudyIdInfo": {"id": f"ORG-{chance.randint(100, 99999)}"},
            "secondaryIdInfos": [
                {
                    "id": f"20{number % 25:02d}-{number % 1000000:06d}-{number % 90 + 10}",
                    "type": "EUDRACT_NUMBER",
                }
            ],
            "organization": {"fullName": f"{prose(chance, 12)[:-1]} Hospital", "class": "OTHER"},
            "briefTitle": title,
            "officialTitle": f"A Randomized Trial of {title}",
            "acronym": "".join(chance.choices("ABCDEFGHILMNOPRSTUV", k=5)),
        },
        "statusModule": {
            "statusVerifiedDate": _date(chance, 2020, 2025)[:7],
            "overallStatus": status,
            "expandedAccessInfo": {"hasExpandedAccess": False},
            "startDateStruct": {"date": start, "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": _date(chance, 2026, 2029), "type": "ESTIMATED"},
            "completionDateStruct": {"date": _date(chance, 2026, 2030), "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2020-02-03", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {
                "date": f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
                "type": "ACTUAL",
            },
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {
                "name": f"{prose(chance, 14)[:-1].title()} University",
                "class": chance.choice(("OTHER", "INDUSTRY", "NIH")),
            },
        },
        "descriptionModule": {
            "briefSummary": prose(chance, _size(chance, 700)),
            "detailedDescription": prose(chance, _size(chance, 900)),
        },
        "conditionsModule": {
            "conditions": conditions,
            "keywords": [prose(chance, 14)[:-1] for _ in range(3)],
        },
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": [chance.choice(("PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"))],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "maskingInfo": {"masking": "DOUBLE"},
            },
            "enrollmentInfo": {
                "count": chance.randint(10, 900),
                "type": "ACTUAL" if status == "COMPLETED" else "ESTIMATED",
            },
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": f"{name} arm",
                    "type": "EXPERIMENTAL",
                    "description": prose(chance, _size(chance, 150)),
                    "interventionNames": [f"Drug: {name}"],
                }
                for name in names
            ],
            "interventions": [
                {
                    "type": "DRUG",
                    "name": name,
                    "description": prose(chance, _size(chance, 150)),
                    "armGroupLabels": [f"{name} arm"],
                }
                for name in names
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [_outcome(chance)],
            "secondaryOutcomes": [_outcome(chance) for _ in range(chance.choice((2, 4, 6, 9, 14)))],
        },
        "eligibilityModule": {
            "eligibilityCriteria": _eligibility(chance, conditions[0]),
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "stdAges": ["ADULT", "OLDER_ADULT"],
        },
        "contactsLocationsModule": {
            "locations": [_site(chance, status) for _ in range(chance.choice((1, 1, 2, 5, 12, 60)))]
        },
    }
    terms = [{"id": f"D{chance.randint(1000, 99999):06d}", "term": name} for name in conditions]
    whole: dict[str, Any] = {
        "protocolSection": protocol,
        "derivedSection": {
            "miscInfoModule": {"versionHolder": "2025-12-09"},
            "conditionBrowseModule": {
                "meshes": terms,
                "ancestors": [{"id": "D003240", "term": prose(chance, 20)[:-1]} for _ in range(5)],
                "browseLeaves": [
                    {
                        "id": f"M{chance.randint(100, 9999)}",
                        "name": prose(chance, 18)[:-1],
                        "relevance": "LOW",
                    }
                    for _ in range(8)
                ],
            },
        },
        "hasResults": False,
    }
    if chance.random() < 0.05:
        whole["hasResults"] = True
        whole["resultsSection"] = _results(chance)
    return whole


def _outcome(chance: random.Random) -> dict[str, str]:
    measure = f"{chance.choice(MEASURES)} {prose(chance, 20)[:-1]}"
    return {
        "measure": measure,
        "description": prose(chance, _size(chance, 230)),
        "timeFrame": f"Week {chance.choice((12, 24, 48, 52))}",
    }


def _eligibility(chance: random.Random, condition: str) -> str:
    def entries(count: int) -> str:
        return "\n".join(f"* {prose(chance, _size(chance, 110))}" for _ in range(count))

    wanted = f"* Diagnosis of {condition}\n* Age \\>= {chance.randint(16, 40)} years\n"
    return (
        f"Inclusion Criteria:\n\n{wanted}{entries(chance.randint(2, 9))}\n\n"
        f"Exclusion Criteria:\n\n{entries(chance.randint(3, 14))}"
    )


def _site(chance: random.Random, status: str) -> dict[str, Any]:
    city, country, latitude, longitude = chance.choice(PLACES)
    site = {
        "facility": f"{prose(chance, 22)[:-1].title()} Hospital",
        "city": city,
        "zip": f"{chance.randint(10000, 99999)}",
        "country": country,
        "geoPoint": {"lat": latitude, "lon": longitude},
    }
    return {**site, "status": "RECRUITING"} if status == "RECRUITING" else site


def _results(chance: random.Random) -> dict[str, Any]:
    return {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                {
                    "type": "SECONDARY",
                    "title": prose(chance, 60),
                    "description": prose(chance, 300),
                    "classes": [
                        {
                            "categories": [
                                {
                                    "measurements": [
                                        {
                                            "groupId": f"OG00{group}",
                                            "value": f"{chance.gauss(10, 4):.2f}",
                                            "spread": "3.1",
                                        }
                                        for group in range(3)
                                    ]
                                }
                            ]
                        }
                        for _ in range(8)
                    ],
                }
                for _ in range(chance.randint(10, 40))
            ]
        }
    }


def write_lines(path: Path, count: int, *, seed: int = 1, scleroderma: float = 0.002) -> Path:
    """`count` invented records as JSON lines."""
    with path.open("wb") as file:
        for line in lines(count, seed=seed, scleroderma=scleroderma):
            file.write(line + b"\n")
    return path


def lines(count: int, *, seed: int = 1, scleroderma: float = 0.002) -> Iterator[bytes]:
    """`count` invented records, each as the bytes of one line of JSON."""
    for number in range(count):
        whole = record(number, seed=seed, scleroderma=scleroderma)
        yield json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
