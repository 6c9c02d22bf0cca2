"""ClinicalTrials.gov: the three forms of its record, one study."""

from __future__ import annotations

from typing import Any

import msgspec

from scleroscope.model.study import Study
from scleroscope.registries.ctgov.legacy import read_legacy as read_legacy
from scleroscope.registries.ctgov.v2 import read_v2 as read_v2
from scleroscope.registries.ctgov.xml import read_xml as read_xml
from scleroscope.registries.record import RawRecord, RecordRefusedError, whole_pairs

_decoder = msgspec.json.Decoder(dict[str, Any])


_HALVES = "the record: halves of surrogate pairs, which are no text, replaced by U+FFFD"


def read(record: RawRecord) -> Study:
    """The study that a raw record tells, whatever its form; `RecordRefusedError` when it tells none."""
    if record.form == "xml":
        return read_xml(record.raw)
    reader = read_legacy if record.form == "legacy" else read_v2
    try:
        return reader(decode(record.raw))
    except RecordRefusedError:
        whole = whole_pairs(record.raw)
        if whole == record.raw:
            raise
        study = reader(decode(whole))
        return msgspec.structs.replace(study, notes=(*study.notes, _HALVES))


def decode(raw: bytes) -> dict[str, Any]:
    """The JSON object in the bytes; `RecordRefusedError` when there is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RecordRefusedError(f"not a JSON object: {error}") from None
