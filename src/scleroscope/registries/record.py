"""What comes out of a file or a registry before it is read: a raw record, or a refusal."""

from __future__ import annotations

import re
from typing import Any, Literal
from xml.parsers import expat

import msgspec

from scleroscope.model.study import Registry

Form = Literal["v2", "legacy", "xml"]


class RawRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One registry record as it came, byte for byte; its form and its id have been checked."""

    source: str  # file, member, line or element: "trials.zip/NCT01234567.json", "page.json[3]"
    registry: Registry = "ctgov"
    form: Form
    id: str
    raw: bytes


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be taken, and why. `raw` is what there is of it, when there is one record."""

    source: str
    reason: str
    raw: bytes | None = None


class RecordRefusedError(ValueError):
    """A record that cannot become a study; the message says why, in one line."""


class _V2Identification(msgspec.Struct):
    nctId: Any = None  # noqa: N815 - the registry's name


class _V2Protocol(msgspec.Struct):
    identificationModule: _V2Identification | None = None  # noqa: N815


class _LegacyIdentification(msgspec.Struct):
    NCTId: Any = None


class _LegacyProtocol(msgspec.Struct):
    IdentificationModule: _LegacyIdentification | None = None


class _Glance(msgspec.Struct):
    """As much of a JSON record as tells its form and its id; the rest is checked but not built."""

    protocolSection: _V2Protocol | None = None  # noqa: N815
    ProtocolSection: _LegacyProtocol | None = None


_glance = msgspec.json.Decoder(_Glance)
_NCT = re.compile(r"NCT\d{8}")
_XML_ID = re.compile(rb"<nct_id>\s*(NCT\d{8})\s*</nct_id>")


def record(source: str, raw: bytes) -> RawRecord | Refusal:
    """The record that the bytes hold, with its form and id; or why they hold none.

    >>> record("here", b"<html>").reason
    'an HTML page, not a record (an error page that was saved?): download it again'
    """
    try:
        form, number = _xml_glance(raw) if raw.lstrip()[:1] == b"<" else _json_glance(raw)
    except RecordRefusedError as refused:
        return Refusal(source=source, reason=str(refused), raw=raw)
    return RawRecord(source=source, form=form, id=number, raw=raw)


def _json_glance(raw: bytes) -> tuple[Form, str]:
    try:
        raw.decode()
        seen = _glance.decode(raw)
    except UnicodeDecodeError as error:
        raise RecordRefusedError(f"not UTF-8 text (byte {error.start})") from None
    except msgspec.ValidationError as error:
        raise RecordRefusedError(f"not a ClinicalTrials.gov study: {error}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise RecordRefusedError(f"not valid JSON: {error}") from None
    form: Form
    if seen.protocolSection is not None:
        form, ids = "v2", seen.protocolSection.identificationModule
        number = ids and ids.nctId
    elif seen.ProtocolSection is not None:
        form, old = "legacy", seen.ProtocolSection.IdentificationModule
        number = old and old.NCTId
    else:
        raise RecordRefusedError("not a ClinicalTrials.gov study: it has no protocolSection")
    if not isinstance(number, str) or not _NCT.fullmatch(number):
        raise RecordRefusedError(f"not a ClinicalTrials.gov study: id {number!r} is not NCT and eight digits")
    return form, number


def _xml_glance(raw: bytes) -> tuple[Form, str]:
    start = raw.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise RecordRefusedError(
            "an HTML page, not a record (an error page that was saved?): download it again"
        )
    if b"<!ENTITY" in raw:
        raise RecordRefusedError("the XML declares entities, which no registry record does")
    try:
        expat.ParserCreate().Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise RecordRefusedError(f"not well-formed XML: {error}") from None
    found = _XML_ID.search(raw)
    if b"<clinical_study" not in raw or found is None:
        raise RecordRefusedError("not a ClinicalTrials.gov study: no <clinical_study> with an <nct_id>")
    return "xml", found[1].decode()
