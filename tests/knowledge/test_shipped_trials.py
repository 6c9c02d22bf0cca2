"""The shipped trials are sound: canonical, sourced, resolved, plausible."""

import datetime as dt
import itertools
import re

import pytest

from scleroscope.catalogue.shipped import shipped_files, shipped_studies, shipped_trials
from scleroscope.catalogue.tidy import canonical
from scleroscope.knowledge import drugs
from scleroscope.knowledge.load import rows
from scleroscope.model.date import partial_date
from scleroscope.registries.curated import decode_curated
from scleroscope.registries.curated_study import CATALOGUE_DATE
from scleroscope.studies.classify import classify

REPAIR = "python -m scleroscope.catalogue.tidy"


@pytest.fixture(scope="module")
def trials():
    return shipped_trials()


def test_at_least_220_trials_ship(trials):
    assert len(trials) >= 220


def test_files_are_canonical():
    untidy = [name for name, raw in shipped_files() if canonical(decode_curated(raw)).encode() != raw]
    assert not untidy, f"run `{REPAIR}` for {untidy}"


def test_a_file_is_named_after_its_trial():
    for name, raw in shipped_files():
        assert name == decode_curated(raw).id.replace("/", "-") + ".toml"


def test_no_trial_is_there_twice(trials):
    ids = [trial.id for trial in trials.values()]
    further = [
        entry.value
        for trial in trials.values()
        for entry in trial.ids
        if entry.scheme in ("nct", "isrctn", "jrct", "actrn") and entry.value != trial.id
    ]
    registered = [entry for entry in further if entry in ids]
    assert not registered


def test_every_source_key_is_explained_and_every_source_used(trials):
    for trial in trials.values():
        used = set(re.findall(r"[\w-]+", " ".join(_source_keys(trial))))
        assert used == set(trial.sources), trial.id


def test_a_source_has_an_address_or_a_registry_record(trials):
    for trial in trials.values():
        for key, source in trial.sources.items():
            assert source.url or (source.registry and source.record), (trial.id, key)
            assert source.url is None or source.url.startswith("http"), (trial.id, key)
            if source.date:
                assert partial_date(source.date).first_day <= CATALOGUE_DATE, (trial.id, key)


def test_knowledge_ids_resolve(trials):
    instruments = {row["id"] for row in rows("instruments")}
    conditions = {row["id"] for row in rows("conditions")}
    for trial in trials.values():
        assert set(trial.conditions) <= conditions, trial.id
        for entry in trial.interventions:
            assert entry.id is None or entry.id in drugs.drugs(), (trial.id, entry.id)
        for entry in trial.endpoints:
            assert entry.instrument is None or entry.instrument in instruments, (trial.id, entry.instrument)
        for entry in trial.results:
            assert entry.endpoint in instruments, (trial.id, entry.endpoint)


def test_dates_exist_and_follow_one_another(trials):
    order = ["start", "enrolment_end", "primary_completion", "completion"]
    for trial in trials.values():
        for entry in trial.dates:
            assert dt.date(1975, 1, 1) <= partial_date(entry.date).first_day <= dt.date(2045, 1, 1), trial.id
        for first, second in itertools.pairwise(order):
            for before in trial.dates:
                for after in trial.dates:
                    if (before.event, after.event) == (first, second) and before.source == after.source:
                        assert partial_date(before.date).first_day <= partial_date(after.date).last_day, (
                            trial.id
                        )


def test_a_status_is_never_dated_in_the_future(trials):
    for trial in trials.values():
        for entry in trial.status:
            if entry.as_of:
                assert partial_date(entry.as_of).first_day <= CATALOGUE_DATE, trial.id


def test_titles_are_short_and_differ(trials):
    titles = [trial.title for trial in trials.values()]
    assert len(set(titles)) == len(titles)
    assert max(len(title) for title in titles) <= 100


def test_every_study_is_in_scope():
    outside = {study.id for study in shipped_studies() if not classify(study).in_scope}
    assert not outside


def test_the_curated_treatments_are_the_ones_that_classification_finds(trials):
    for study in shipped_studies():
        curated = {entry.id for entry in trials[study.id].interventions if entry.id}
        assert curated <= {entry.id for entry in classify(study).treatments}, study.id


def test_every_result_says_where_it_stands(trials):
    for trial in trials.values():
        for entry in (*trial.results, *trial.harms):
            assert entry.source, trial.id


def test_a_result_names_its_arms_consistently(trials):
    for trial in trials.values():
        for entry in trial.results:
            arms = {arm.arm for arm in entry.arms}
            for contrast in entry.contrasts:
                assert contrast.arm != contrast.against, trial.id
                assert not arms or {contrast.arm, contrast.against} <= arms, (trial.id, entry)


def test_an_interval_holds_its_estimate(trials):
    for trial in trials.values():
        for entry in trial.results:
            for low, middle, high in [
                *((arm.low, arm.value, arm.high) for arm in entry.arms),
                *((contrast.low, contrast.estimate, contrast.high) for contrast in entry.contrasts),
            ]:
                assert low is None or low <= middle, (trial.id, entry)
                assert high is None or middle <= high, (trial.id, entry)


def test_a_probability_lies_between_nought_and_one(trials):
    for trial in trials.values():
        for entry in trial.results:
            for contrast in entry.contrasts:
                for value in (contrast.p, contrast.p_below):
                    assert value is None or 0 < value < 1, (trial.id, entry)


def test_a_mean_difference_is_the_difference_of_the_arms_as_far_as_rounding_goes(trials):
    checked = 0
    for trial in trials.values():
        for entry in trial.results:
            values = {arm.arm: arm.value for arm in entry.arms}
            for contrast in entry.contrasts:
                both = values.get(contrast.arm), values.get(contrast.against)
                if entry.contrast_statistic == "mean_difference" and None not in (*both, contrast.estimate):
                    assert contrast.estimate == pytest.approx(both[0] - both[1], abs=0.15), (trial.id, entry)
                    checked += 1
    assert checked >= 10


def test_no_arm_of_a_result_is_larger_than_the_trial(trials):
    for trial in trials.values():
        most = max((entry.count for entry in trial.enrolment), default=None)
        if most is not None:
            for entry in (*trial.results, *trial.harms):
                assert all(arm.n is None or arm.n <= most for arm in entry.arms), (trial.id, entry)


def test_a_count_of_harm_fits_its_group_and_its_percentage(trials):
    for trial in trials.values():
        for entry in trial.harms:
            for arm in entry.arms:
                if arm.count is not None and arm.n is not None:
                    assert arm.count <= arm.n, (trial.id, entry)
                    if arm.percent is not None:
                        assert arm.percent == pytest.approx(100 * arm.count / arm.n, abs=0.6), (
                            trial.id,
                            entry,
                        )


def _source_keys(trial):
    groups = [
        *trial.ids,
        *trial.status,
        *trial.dates,
        *trial.enrolment,
        *trial.interventions,
        *trial.endpoints,
        *trial.places,
        *trial.results,
        *trial.harms,
    ]
    groups += [group for group in (trial.design, trial.sponsor, trial.eligibility) if group]
    if trial.eligibility:
        for line in (*trial.eligibility.inclusion, *trial.eligibility.exclusion):
            if not isinstance(line, str):
                groups += [line, *line.disputed, *line.earlier]
    return [*trial.about, *(key for group in groups for key in group.source)]
