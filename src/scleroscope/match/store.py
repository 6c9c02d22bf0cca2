"""What matching needs of a catalogue, kept in the user's cache: made once, then loaded in milliseconds.

What is kept are trials' criteria and virtual people, never anything of a patient. A file's name changes
with all that its content is made from; a file that cannot be read is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from scleroscope.catalogue.kept import kept
from scleroscope.catalogue.made_from import sources, state_of
from scleroscope.match.readings import Reading, readings
from scleroscope.model.patient import Patient
from scleroscope.model.study import Study

_PACKAGES = ("catalogue/data", "criteria", "knowledge", "match", "model", "registries")


def kept_readings(
    catalogue: Path, studies: Callable[[], Iterable[Study]], folder: Path | None = None
) -> tuple[Reading, ...]:
    """The reading of every study of the catalogue file, from the cache where it is there.

    `studies` is asked for only when it is not. `folder` is where to keep it; by default the platform's
    cache folder of the user. Where nothing can be written, nothing is kept.
    """
    of_catalogue = hashlib.sha256(str(catalogue.resolve()).encode()).hexdigest()[:8]
    files = [catalogue, catalogue.with_name(catalogue.name + "-wal"), *sources(_PACKAGES)]
    made_from = state_of(files)
    return kept(
        f"criteria-{of_catalogue}", made_from, tuple[Reading, ...], lambda: tuple(readings(studies())), folder
    )


def kept_sample(draw: Callable[[], tuple[Patient, ...]], folder: Path | None = None) -> tuple[Patient, ...]:
    """A sample of virtual people, from the cache where it is there; `draw` is asked only when it is not."""
    made_from = state_of(sources(("design/population", "knowledge", "model")))
    return kept("population", made_from, tuple[Patient, ...], draw, folder)
