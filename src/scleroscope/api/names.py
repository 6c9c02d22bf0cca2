"""The names of ids, for every face."""

from __future__ import annotations

from scleroscope.landscape.vocabulary import name_of

__all__ = ["name_of"]
