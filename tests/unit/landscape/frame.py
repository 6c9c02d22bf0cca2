"""A seeded frame of invented trials in the shape that the catalogue gives."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl

TEXT = ("id", "registry", "title", "acronym", "status", "study_type", "enrolment_kind", "disease", "sponsor",
        "sponsor_class", "why_stopped", "sex", "allocation", "masking")  # fmt: skip
LISTS = ("phases", "manifestations", "subsets", "treatments", "classes", "targets", "families", "countries",
         "endpoints", "primary_endpoints", "purposes")  # fmt: skip
DATES = ("status_date", "start", "primary_completion", "completion")
MOMENTS = ("first_seen", "last_changed")
WHOLE = ("enrolment", "planned_enrolment", "sites", "recruiting_sites")
SCHEMA: dict[str, Any] = {
    **dict.fromkeys(TEXT, pl.String),
    **dict.fromkeys(LISTS, pl.List(pl.String)),
    **dict.fromkeys(DATES, pl.Date),
    **dict.fromkeys(MOMENTS, pl.Datetime("us", "UTC")),
    **dict.fromkeys(WHOLE, pl.Int64),
    "repurposed": pl.Boolean,
    "has_results": pl.Boolean,
    "has_published_results": pl.Boolean,
    "minimum_age": pl.Float64,
    "maximum_age": pl.Float64,
}

# drug, its classes, targets and family: invented pairs are enough, real ids make failures readable.
TREATMENTS = (
    ("tocilizumab", "il6_inhibitor", "IL6R", "targeted_biologic"),
    ("rituximab", "anti_cd20", "MS4A1", "targeted_biologic"),
    ("nintedanib", "antifibrotic", "KDR", "antifibrotic"),
    ("bosentan", "endothelin_receptor_antagonist", "EDNRA", "vascular"),
    ("sildenafil", "pde5_inhibitor", "PDE5A", "vascular"),
    ("hsct", "stem_cell_transplant", None, "cell_therapy"),
)


def trial(**given: Any) -> dict[str, Any]:
    """One trial: what is not given is absent."""
    assert not set(given) - set(SCHEMA), set(given) - set(SCHEMA)
    return {name: given.get(name, [] if name in LISTS else None) for name in SCHEMA}


def frame(*trials: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(trials), schema=SCHEMA)


def seeded(count: int = 200, seed: int = 7) -> pl.DataFrame:
    """`count` invented trials, some with every field, some with few."""
    dice = random.Random(seed)
    return frame(*(_invented(number, dice) for number in range(count)))


def _maybe(dice: random.Random, value: Any, chance: float = 0.9) -> Any:
    return value if dice.random() < chance else None


def _invented(number: int, dice: random.Random) -> dict[str, Any]:
    drug, kind, target, family = dice.choice(TREATMENTS)
    known = dice.random() < 0.9
    start = dt.date(dice.randint(1994, 2025), dice.randint(1, 12), 1)
    status = dice.choice(["completed"] * 5 + ["recruiting", "recruiting", "terminated", "withdrawn",
                                              "active_not_recruiting", "unknown", None])  # fmt: skip
    planned = dice.choice([20, 40, 60, 120, 300])
    ended = status in ("completed", "terminated", "withdrawn")
    endpoints = dice.sample(["mrss", "fvc_percent_predicted", "haq_di", "digital_ulcers"], dice.randint(0, 3))
    return trial(
        id=f"NCT{90000000 + number:08d}",
        registry="ctgov",
        title=f"Trial {number} of {drug} in systemic sclerosis",
        acronym=_maybe(dice, f"INV-{number}", 0.3),
        status=status,
        status_date=_maybe(dice, dt.date(2026, 1, 1)),
        phases=dice.choice([["phase_1"], ["phase_2"], ["phase_2"], ["phase_2", "phase_3"], ["phase_3"], []]),
        study_type="interventional",
        start=_maybe(dice, start),
        completion=_maybe(dice, start.replace(year=start.year + 2), 0.6) if ended else None,
        enrolment=_maybe(dice, max(0, int(planned * dice.uniform(0.2, 1.2))) if ended else planned),
        enrolment_kind="actual" if ended else "anticipated",
        planned_enrolment=_maybe(dice, planned, 0.5),
        disease="systemic_sclerosis",
        subsets=dice.choice([["diffuse"], ["diffuse", "limited"], []]),
        treatments=[drug] if known else [],
        classes=[kind] if known else [],
        targets=[target] if known and target else [],
        families=[family] if known else [],
        repurposed=_maybe(dice, dice.random() < 0.7),
        sponsor=dice.choice(["Acme Pharma", "University of Somewhere", "Hospital of Nowhere"]),
        sponsor_class=dice.choice(["industry", "academic", "government", None]),
        countries=dice.choice([["US"], ["FR"], ["US", "CA"], ["DE", "FR", "IT", "GB"], ["JP"], []]),
        sites=dice.randint(0, 60),
        recruiting_sites=dice.randint(0, 10) if status == "recruiting" else 0,
        endpoints=endpoints,
        primary_endpoints=endpoints[:1],
        why_stopped=_maybe(dice, "slow recruitment", 0.7) if status == "terminated" else None,
        has_results=(posted := dice.random() < 0.3),
        has_published_results=posted or number % 10 == 0,
        minimum_age=18.0,
        sex="all",
        first_seen=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        last_changed=dt.datetime(2026, 11, dice.choice([1, 1, 1, 20]), tzinfo=dt.UTC),
    )
