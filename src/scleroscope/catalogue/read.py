"""A raw record, read and classified; or refused, with the reason. What is in a record never raises."""

from __future__ import annotations

from scleroscope.catalogue.prepare import PassedOver, Prepared, Refused, mark, prepared
from scleroscope.model.labels import Labels
from scleroscope.model.study import Study
from scleroscope.registries import ctgov
from scleroscope.registries.curated_study import read_curated
from scleroscope.registries.record import RawRecord, RecordRefusedError
from scleroscope.studies import classify, disease_of


def study_of(record: RawRecord) -> Study:
    """The study that a raw record tells of; RecordRefusedError if it tells of none."""
    return read_curated(record.raw) if record.form == "toml" else ctgov.read(record)


def read_record(record: RawRecord, *, everything: bool) -> Prepared | PassedOver | Refused:
    """What becomes of a record, as far as it alone decides; with `everything` any disease is stored."""
    try:
        study = study_of(record)
        if not everything and not Labels(disease=disease_of(study)).in_scope:
            return PassedOver(study.id, mark(record.raw), study.notes)
        return prepared(record, study, classify(study))
    except RecordRefusedError as error:
        return Refused(record.source, str(error), record.raw)
    except Exception as error:  # noqa: BLE001  a reader's own fault must not stop the other records
        reason = f"the reader failed, which is a fault of scleroscope: {type(error).__name__}: {error}"
        return Refused(record.source, reason[:500], record.raw)
