"""A study and its labels as the rows that the catalogue keeps. Pure: nothing here touches a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from scleroscope.catalogue import schema
from scleroscope.model.labels import Labels
from scleroscope.model.study import AgeBound, Enrolment, Study, StudyDate

Cell = bool | int | float | str | None

_encode = msgspec.json.Encoder().encode

# Years in one of a registry's units of age.
_YEARS = {
    "year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25, "hour": 1 / 8766,
    "minute": 1 / 525960,
}  # fmt: skip


def trial_row(study: Study, labels: Labels) -> dict[str, Cell]:
    """The columns of `trials` that the record itself decides; the history decides the others."""
    eligibility, design, enrolment = study.eligibility, study.design, study.enrolment
    return {
        "id": study.id,
        "registry": study.registry,
        "title": study.title or study.official_title,
        "acronym": study.acronym,
        "status": study.status,
        "status_date": str(study.status_date) if study.status_date else None,
        "phases": listed(study.phases),
        "study_type": study.study_type,
        "start": _day(study.start),
        "primary_completion": _day(study.primary_completion),
        "completion": _day(study.completion),
        "enrolment": enrolment.count if enrolment else None,
        "enrolment_kind": enrolment.kind if enrolment else None,
        "planned_enrolment": _planned(enrolment),
        "disease": labels.disease.group,
        "manifestations": listed(labels.disease.manifestations),
        "subsets": listed(labels.disease.subsets),
        "treatments": listed(each.id for each in labels.treatments if each.role == "tested"),
        "classes": listed(labels.classes),
        "targets": listed(labels.targets),
        "families": listed(labels.families),
        "repurposed": labels.repurposed,
        "sponsor": labels.sponsor or (study.sponsor.name if study.sponsor else None),
        "sponsor_class": labels.sponsor_class,
        "countries": listed(each.code for each in study.countries if each.code),
        "sites": len(study.sites) or None,
        "recruiting_sites": _recruiting_sites(study),
        "endpoints": listed(each.instrument for each in labels.endpoints),
        "primary_endpoints": listed(each.instrument for each in labels.endpoints if each.level == "primary"),
        "purposes": listed(labels.purposes),
        "why_stopped": study.why_stopped,
        "has_results": study.results is not None,
        "minimum_age": _years(eligibility.minimum_age) if eligibility else None,
        "maximum_age": _years(eligibility.maximum_age) if eligibility else None,
        "sex": eligibility.sex if eligibility else None,
        "allocation": design.allocation if design else None,
        "masking": design.masking if design else None,
    }


def text_row(study: Study, labels: Labels) -> tuple[str, ...]:
    """What the full-text index reads, in the order of `schema.TEXT_COLUMNS`."""
    sponsors = (study.sponsor, *study.collaborators)
    columns: Mapping[str, Iterable[str | None]] = {
        "id": (study.id, *(each.value for each in study.ids)),
        "title": (study.title, study.official_title),
        "acronym": (study.acronym,),
        "conditions": (*study.conditions, *study.keywords, *study.condition_mesh),
        "interventions": _of_interventions(study, labels),
        "outcomes": (text for each in study.outcomes for text in (each.measure, each.description)),
        "summary": (study.summary, study.description),
        "eligibility": (study.eligibility.text if study.eligibility else None,),
        "sponsor": (*(each.name for each in sponsors if each), labels.sponsor, *_towns(study)),
    }
    return tuple("\n".join(filter(None, columns[name])) for name in schema.TEXT_COLUMNS)


def _towns(study: Study) -> list[str]:
    """Where it runs: each town once, so that a town among the words finds it."""
    return sorted({site.city for site in study.sites if site.city})


def _of_interventions(study: Study, labels: Labels) -> Iterable[str | None]:
    for each in study.interventions:
        yield each.name
        yield from each.other_names
        yield each.description
    for arm in study.arms:
        yield arm.label
    # Whatever name the registry used, the trial is found under ours as well.
    yield from (each.id.replace("_", " ") for each in labels.treatments)
    yield from study.intervention_mesh


def site_rows(study: Study) -> list[tuple[Cell, ...]]:
    """One row a site, in the order of the table `sites` after its number."""
    return [
        (
            site.facility,
            site.city,
            site.state,
            site.country_code or site.country,
            site.latitude,
            site.longitude,
            site.status,
        )
        for site in study.sites
    ]


def listed(values: Iterable[str]) -> str:
    """A JSON array of the distinct values, in their order.

    >>> listed(["IL6", "TNF", "IL6"])
    '["IL6","TNF"]'
    """
    distinct = list(dict.fromkeys(values))
    return _encode(distinct).decode() if distinct else "[]"


def _planned(enrolment: Enrolment | None) -> int | None:
    """The plan as this record alone tells it; earlier versions of the record may tell more."""
    if enrolment is None or enrolment.kind == "anticipated":
        return enrolment.count if enrolment else None
    return enrolment.planned


def _day(date: StudyDate | None) -> str | None:
    return str(date.date) if date else None


def _years(bound: AgeBound | None) -> float | None:
    """An age in years. Open and unmentioned bounds are both None here; the study tells them apart."""
    if bound is None or bound.age is None:
        return None
    per_unit = _YEARS.get(bound.age.unit)
    return None if per_unit is None else round(bound.age.value * per_unit, 4)


def _recruiting_sites(study: Study) -> int | None:
    """How many sites recruit. A study that recruits without saying where is not stated, not zero."""
    if any(site.status for site in study.sites):
        return sum(site.status == "recruiting" for site in study.sites)
    if study.status in (None, "unknown", "recruiting", "enrolling_by_invitation"):
        return None
    return 0
