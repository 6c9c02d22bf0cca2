"""Posted results of the XML form, in the shape of the API's resultsSection."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any


def results_section(root: ET.Element) -> dict[str, Any]:
    """`<clinical_results>` in the API's shape."""
    return {}
