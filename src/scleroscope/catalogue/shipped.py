"""The catalogue that ships: the field's trials as curated facts, one file a trial.

The files are the truth; the SQLite file that commands open is made from them on first use and kept in
the user's cache, under a name that changes with the files and with everything that reads them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from scleroscope.catalogue.made_from import sources, state_of
from scleroscope.model.study import Study
from scleroscope.registries.curated import CuratedTrial, decode_curated
from scleroscope.registries.curated_study import study_of

_PACKAGES = ("catalogue", "knowledge", "model", "registries", "studies")


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


def shipped_catalogue(folder: Path | None = None) -> Path:
    """The shipped catalogue as a file, made first if this version of it is not there yet.

    `folder`: where to keep it; by default the platform's cache folder of the user. Two processes that
    both find it missing both make it, each under a name of its own, and the last to finish puts its
    (equal) file in place in one step: nobody ever opens half a catalogue.
    """
    if folder is None:
        from platformdirs import user_cache_path

        folder = user_cache_path("scleroscope", appauthor=False)
    path = folder / f"shipped-{_fingerprint()}.sqlite"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="shipped-") as place:
            made = Path(place) / path.name
            _make(made)
            made.replace(path)
        _forget_others(path)
    return path


def _make(path: Path) -> None:
    from scleroscope.catalogue.catalogue import open_catalogue
    from scleroscope.catalogue.intake import intake
    from scleroscope.registries.record import RawRecord

    with (
        open_catalogue(path) as catalogue,
        intake(catalogue, "files", "the trials that ship with scleroscope", everything=False) as taking,
    ):
        taking.take(
            RawRecord(source=name, registry="curated", form="toml", id=decode_curated(raw).id, raw=raw)
            for name, raw in shipped_files()
        )


def _fingerprint() -> str:
    """Names the trials' files and everything that decides how they are read."""
    return state_of(sources(_PACKAGES))


def _forget_others(current: Path) -> None:
    """Remove what other versions left, logs included; what is in use elsewhere may stay."""
    for other in current.parent.glob("shipped-*.sqlite*"):
        if not other.name.startswith(current.name):
            with suppress(OSError):
                other.unlink()
