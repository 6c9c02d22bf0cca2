"""The question *what does the field look like?*"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scleroscope.catalogue.published import published
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
    return count(catalogue.trials(), wanted=wanted, news_since=last_import(catalogue), published=published())


def last_import(catalogue: Catalogue) -> dt.datetime | None:
    """When the last import or update began; None if it was the first, for then nothing is news."""
    finished = [books for books in catalogue.imports() if books.finished]
    return dt.datetime.fromisoformat(finished[-1].started) if len(finished) > 1 else None
