"""Studies in one SQLite file, and back."""

from __future__ import annotations

from scleroscope.catalogue.catalogue import Catalogue, open_catalogue
from scleroscope.catalogue.database import default_path

__all__ = ["Catalogue", "default_path", "open_catalogue"]
