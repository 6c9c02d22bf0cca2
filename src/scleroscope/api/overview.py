"""The question *what does the field look like?*"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scleroscope.landscape.overview import Overview
from scleroscope.landscape.overview import overview as count

if TYPE_CHECKING:
    from scleroscope.catalogue import Catalogue
    from scleroscope.landscape.filters import Wanted

__all__ = ["Overview", "overview"]


def overview(catalogue: Catalogue, wanted: Wanted | None = None) -> Overview:
    """The landscape of a catalogue's trials, or of those that the filters ask for.

    BadRequest on a filter value that does not exist, naming near ones.
    """
    return count(catalogue.trials(), wanted=wanted)
