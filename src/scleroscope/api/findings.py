"""How published results are told: what was found, in words and numbers as printed."""

from __future__ import annotations

from scleroscope.landscape.findings import (
    RANDOMISED,
    arm,
    by_family,
    contrast,
    endpoint,
    finding,
    findings,
    harm,
    origin,
    varied,
)
from scleroscope.model.result import Published

__all__ = [
    "RANDOMISED", "Published", "arm", "by_family", "contrast", "endpoint", "finding", "findings", "harm",
    "origin", "varied",
]  # fmt: skip
