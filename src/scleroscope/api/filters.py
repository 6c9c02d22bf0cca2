"""The one definition of the filters, for every face."""

from __future__ import annotations

from scleroscope.landscape.filters import FILTERS, NAMES, NOT_STATED, Filter, Selection, Wanted, select

__all__ = ["FILTERS", "NAMES", "NOT_STATED", "Filter", "Selection", "Wanted", "select"]
