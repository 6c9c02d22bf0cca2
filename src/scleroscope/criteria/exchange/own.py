"""Criteria as versioned JSON of our own: everything, there and back, with its JSON Schema."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from scleroscope.model.criterion import Eligibility
from scleroscope.model.problem import BadRequest

VERSION = 1


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds: its format, its version, the criteria."""

    format: Literal["scleroscope-criteria"] = "scleroscope-criteria"
    version: int = VERSION
    eligibility: Eligibility


def to_json(eligibility: Eligibility) -> bytes:
    """The criteria as one JSON document (UTF-8, indented)."""
    return msgspec.json.format(msgspec.json.encode(Document(eligibility=eligibility)), indent=2)


def from_json(data: bytes) -> Eligibility:
    """The criteria of a JSON document. BadRequest names the place that does not fit, or the version."""
    try:
        document = msgspec.json.decode(data, type=Document)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise BadRequest(f"not a document of criteria: {error}") from None
    if document.version != VERSION:
        raise BadRequest(f"criteria of version {document.version}; this program reads version {VERSION}")
    return document.eligibility


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Eligibility criteria",
        **msgspec.json.schema(Document),
    }
