"""A raw record, read and classified; or refused, with the reason. What is in a record never raises."""

from __future__ import annotations

from scleroscope.catalogue.prepare import PassedOver, Prepared, Refused, mark, prepared
from scleroscope.catalogue.scope import groups, may_concern_scleroderma
from scleroscope.model.study import Study
from scleroscope.registries import ctgov
from scleroscope.registries.ctgov.glance import glance_v2
from scleroscope.registries.curated import read_curated
from scleroscope.registries.record import RawRecord, RecordRefusedError
from scleroscope.studies import classify, disease_of


def study_of(record: RawRecord) -> Study:
    """The study that a raw record tells of; RecordRefusedError if it tells of none."""
    return read_curated(record.raw) if record.form == "toml" else ctgov.read(record)


def surely_out_of_scope(record: RawRecord) -> bool:
    """Whether a glance shows that the record is not of the scleroderma landscape; False decides nothing."""
    if record.form != "v2":
        return False
    seen = glance_v2(record.raw)
    if seen is None:
        return False
    return not may_concern_scleroderma(seen) or disease_of(seen).group not in groups()


def read_record(record: RawRecord, *, everything: bool) -> Prepared | PassedOver | Refused:
    """What becomes of a record, as far as it alone decides; with `everything` any disease is stored."""
    try:
        study = study_of(record)
        if not everything and disease_of(study).group not in groups():
            return PassedOver(study.id, mark(record.raw))
        return prepared(record, study, classify(study))
    except RecordRefusedError as error:
        return Refused(record.source, str(error), record.raw)
    except Exception as error:  # noqa: BLE001  a reader's own fault must not stop the other records
        reason = f"the reader failed, which is a fault of scleroscope: {type(error).__name__}: {error}"
        return Refused(record.source, reason[:500], record.raw)
