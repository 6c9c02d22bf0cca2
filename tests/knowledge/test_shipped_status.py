"""Which status of a curated trial is taken, and when it is believed no more."""

import datetime as dt

from scleroscope.registries.curated import (
    CuratedDate,
    CuratedPlaces,
    CuratedSite,
    CuratedStatus,
    CuratedTrial,
)
from scleroscope.registries.curated_study import CATALOGUE_DATE, study_of

LATELY = str(CATALOGUE_DATE - dt.timedelta(days=200))
LONG_AGO = "2018-05-29"
AHEAD = str(CATALOGUE_DATE + dt.timedelta(days=200))


def told(*status, dates=(), **facts):
    return study_of(
        CuratedTrial(
            id="NCT00000000",
            title="An invented trial",
            conditions=("systemic_sclerosis",),
            sources={},
            status=tuple(CuratedStatus(value=value, as_of=day, source=("x",)) for value, day in status),
            dates=tuple(CuratedDate(event=event, date=day, source=("x",)) for event, day in dates),
            **facts,
        )
    )


def test_an_ended_trial_does_not_recruit_again():
    assert told(("completed", None), ("recruiting", LATELY)).status == "completed"


def test_of_one_stage_the_latest_dated_counts_wherever_it_is_listed():
    study = told(("recruiting", LATELY), ("recruiting", LONG_AGO), ("recruiting", None))
    assert (study.status, str(study.status_date)) == ("recruiting", LATELY)


def test_what_was_last_seen_recruiting_years_ago_is_unknown_and_says_what_was_seen():
    study = told(("recruiting", LONG_AGO))
    assert (study.status, study.registered_status) == ("unknown", "recruiting")
    assert str(study.status_date) == LONG_AGO


def test_an_undated_open_status_is_believed_only_while_an_end_lies_ahead():
    assert told(("recruiting", None)).status == "unknown"
    assert told(("recruiting", None), dates=[("completion", "2020-01")]).status == "unknown"
    assert told(("recruiting", None), dates=[("completion", AHEAD)]).status == "recruiting"


def test_no_status_at_all_is_none_and_not_unknown():
    assert told().status is None


def test_a_study_that_only_observes_has_no_phase_and_a_trial_without_one_is_not_stated():
    assert told(type="observational").phases == ("not_applicable",)
    assert told(type="interventional").phases == ()


def test_a_site_is_told_once_and_its_country_counts():
    lyon = CuratedSite(country="FR", city="Lyon", facility="a hospital")
    places = (
        CuratedPlaces(source=("x",), at=(lyon,)),
        CuratedPlaces(source=("y",), at=(lyon,), countries=("IT",)),
    )
    study = told(places=places)
    assert [site.city for site in study.sites] == ["Lyon"]
    assert [country.code for country in study.countries] == ["FR", "IT"]
