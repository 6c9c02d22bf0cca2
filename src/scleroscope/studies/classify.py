"""Classify a study with the knowledge files: disease, treatments, sponsor, endpoints, purpose."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from scleroscope.knowledge import drugs
from scleroscope.model.labels import Labels, Treatment
from scleroscope.model.study import Study
from scleroscope.studies.disease import disease_of
from scleroscope.studies.endpoints import endpoints_of
from scleroscope.studies.purposes import purposes_of
from scleroscope.studies.sponsors import sponsor_of
from scleroscope.studies.treatments import treatments_of

HOME_DISEASE = "systemic_sclerosis"


def classify(study: Study) -> Labels:
    """All labels of one study. What could not be classified is listed in `unclassified`, not dropped."""
    given, unknown_interventions = treatments_of(study)
    measured, unknown_outcomes = endpoints_of(study)
    tested = [one for one in given if one.role == "tested"] or given
    name, kind = sponsor_of(study.sponsor) if study.sponsor else (None, None)
    unclassified = [f"intervention: {one}" for one in unknown_interventions]
    unclassified += [f"outcome: {one}" for one in unknown_outcomes]
    if study.sponsor and kind is None:
        unclassified.append(f"sponsor: {study.sponsor.name}")
    return Labels(
        disease=disease_of(study),
        treatments=tuple(given),
        classes=_merged(drugs.ancestors(one.id) for one in tested),
        targets=_merged(drugs.targets(one.id) for one in tested),
        families=_merged(drugs.families(one.id) for one in tested),
        repurposed=_repurposed(tested),
        sponsor=name,
        sponsor_class=kind,
        endpoints=tuple(measured),
        purposes=purposes_of(study),
        unclassified=tuple(unclassified),
    )


def _merged(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({one for group in groups for one in group}))


def _repurposed(tested: list[Treatment]) -> bool | None:
    origins = {_origin(one.id) for one in tested} - {""}
    if not origins:
        return None
    return origins != {HOME_DISEASE}


@cache
def _origin(identity: str) -> str:
    return drugs.drugs()[identity]["first_disease"] if identity in drugs.drugs() else ""
