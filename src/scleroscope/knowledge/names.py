"""Display names."""

from __future__ import annotations

from scleroscope.knowledge import drugs


def treatment_name(identity: str) -> str:
    """The display name of a drug, procedure or class; the id as words where there is none.

    >>> treatment_name("endothelin_receptor_antagonist")
    'endothelin receptor antagonist'
    """
    try:
        return drugs.name(identity)
    except KeyError:
        return identity.replace("_", " ")
