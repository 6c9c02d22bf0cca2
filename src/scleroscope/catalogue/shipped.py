"""The catalogue that ships: the field's trials as curated facts, one file a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from scleroscope.model.study import Study
from scleroscope.registries.curated import CuratedTrial, decode_curated, study_of


def shipped_files() -> Iterator[tuple[str, bytes]]:
    """The name and the content of every curated file, in the order of their names."""
    folder = files("scleroscope.catalogue") / "data" / "trials"
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_bytes()


@cache
def shipped_trials() -> Mapping[str, CuratedTrial]:
    """Every curated trial by its id. ValueError names the file that does not fit the schema.

    >>> shipped_trials()["NCT02453256"].acronym
    'focuSSced'
    """
    trials: dict[str, CuratedTrial] = {}
    for name, raw in shipped_files():
        try:
            trial = decode_curated(raw)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise ValueError(f"{name}: {error}") from error
        trials[trial.id] = trial
    return trials


@cache
def shipped_studies() -> tuple[Study, ...]:
    """The studies that the curated files tell, in the order of their files."""
    return tuple(study_of(trial) for trial in shipped_trials().values())
