"""ClinicalTrials.gov: the three forms of its record, one study."""

from __future__ import annotations

import json

import msgspec

from scleroscope.model.study import Study
from scleroscope.registries.ctgov.legacy import read_legacy as read_legacy
from scleroscope.registries.ctgov.v2 import read_v2 as read_v2
from scleroscope.registries.ctgov.xml import read_xml as read_xml
from scleroscope.registries.record import RawRecord, RecordRefusedError


def read(record: RawRecord) -> Study:
    """The study that a raw record tells, whatever its form; `RecordRefusedError` when it tells none."""
    if record.form == "xml":
        return read_xml(record.raw)
    decoded = decode(record.raw)
    return read_legacy(decoded) if record.form == "legacy" else read_v2(decoded)


def decode(raw: bytes) -> dict[str, object]:
    """The JSON object in the bytes; `RecordRefusedError` when there is none.

    Half a surrogate pair (legal JSON, no text) passes here and becomes a note when it is read.
    """
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        try:
            decoded = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise RecordRefusedError(f"not valid JSON: {error}") from None
    if not isinstance(decoded, dict):
        raise RecordRefusedError("not a ClinicalTrials.gov study: the record is no JSON object")
    return decoded
