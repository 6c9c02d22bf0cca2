"""What comes out of a file or a registry before it is read: a raw record, or a refusal."""

from __future__ import annotations

import re
from typing import Any, Literal
from xml.parsers import expat

import msgspec

from scleroscope.model.study import Registry

Form = Literal["v2", "legacy", "xml", "toml"]  # toml: a curated file


class RawRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One registry record as it came, byte for byte; its form and its id have been checked."""

    source: str  # file, member, line or element: "trials.zip/NCT01234567.json", "page.json[3]"
    registry: Registry = "ctgov"
    form: Form
    id: str
    raw: bytes
    about: str | None = None  # titles, conditions, keywords, summary, as JSON; None where not looked for


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be taken, and why. `raw` is what there is of it, when there is one record."""

    source: str
    reason: str
    raw: bytes | None = None


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies beside records and is none: passed over, but never unsaid."""

    source: str
    why: str  # text or table, hidden, …


class RecordRefusedError(ValueError):
    """A record that cannot become a study; the message says why, in one line."""


# The registry's own names.
# ruff: noqa: N815


_NOTHING = msgspec.Raw(b"")


class _V2Description(msgspec.Struct):
    briefSummary: msgspec.Raw = _NOTHING


class _V2Protocol(msgspec.Struct):
    identificationModule: msgspec.Raw = _NOTHING
    conditionsModule: msgspec.Raw = _NOTHING
    descriptionModule: _V2Description | None = None


class _LegacyDescription(msgspec.Struct):
    BriefSummary: msgspec.Raw = _NOTHING


class _LegacyProtocol(msgspec.Struct):
    IdentificationModule: msgspec.Raw = _NOTHING
    ConditionsModule: msgspec.Raw = _NOTHING
    DescriptionModule: _LegacyDescription | None = None


class _V2Browse(msgspec.Struct):
    meshes: msgspec.Raw = _NOTHING


class _V2Derived(msgspec.Struct):
    conditionBrowseModule: _V2Browse | None = None


class _LegacyDerived(msgspec.Struct):
    ConditionBrowseModule: msgspec.Raw = _NOTHING


class _Glance(msgspec.Struct):
    """As much of a JSON record as tells its form, id and matter; the rest is checked but not built."""

    protocolSection: _V2Protocol | None = None
    ProtocolSection: _LegacyProtocol | None = None
    derivedSection: _V2Derived | None = None
    DerivedSection: _LegacyDerived | None = None


class _V2Ids(msgspec.Struct):
    identificationModule: msgspec.Raw = _NOTHING


class _LegacyIds(msgspec.Struct):
    IdentificationModule: msgspec.Raw = _NOTHING


class _Ids(msgspec.Struct):
    """As much as tells its form and its id alone."""

    protocolSection: _V2Ids | None = None
    ProtocolSection: _LegacyIds | None = None


class _Id(msgspec.Struct):
    nctId: Any = None
    NCTId: Any = None


_glance = msgspec.json.Decoder(_Glance)
_ids = msgspec.json.Decoder(_Ids)
_id = msgspec.json.Decoder(_Id)
_NCT = re.compile(r"NCT\d{8}")
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_XML_ID = re.compile(rb"<nct_id>\s*(NCT\d{8})\s*</nct_id>")


def record(source: str, raw: bytes) -> RawRecord | Refusal:
    """The record that the bytes hold, with its form and id; or why they hold none.

    >>> record("here", b"<html>").reason
    'an HTML page, not a record (an error page that was saved?): download it again'
    """
    try:
        if raw.lstrip()[:1] == b"<":
            return RawRecord(source=source, form="xml", id=_xml_id(raw), raw=raw)
        return _json_record(source, raw)
    except RecordRefusedError as refused:
        return Refusal(source=source, reason=str(refused), raw=raw)


def _json_record(source: str, raw: bytes) -> RawRecord:
    seen = _look(raw)
    form: Form
    if seen.protocolSection is not None:
        form, ids, name = "v2", seen.protocolSection.identificationModule, "nctId"
    elif seen.ProtocolSection is not None:
        form, ids, name = "legacy", seen.ProtocolSection.IdentificationModule, "NCTId"
    else:
        raise RecordRefusedError("not a ClinicalTrials.gov study: it has no protocolSection")
    written = bytes(ids)
    number = getattr(_id.decode(whole_pairs(written)), name) if written.startswith(b"{") else None
    if not isinstance(number, str) or not _NCT.fullmatch(number):
        raise RecordRefusedError(f"not a ClinicalTrials.gov study: id {number!r} is not NCT and eight digits")
    about = _about(seen) if isinstance(seen, _Glance) else None
    return RawRecord(source=source, form=form, id=number, raw=raw, about=about)


def _about(seen: _Glance) -> str:
    # Looked at as it is written: what stands between the values (keys, commas) is no word of a disease.
    parts: list[msgspec.Raw] = []
    if v2 := seen.protocolSection:
        parts += (v2.identificationModule, v2.conditionsModule)
        parts += (v2.descriptionModule.briefSummary,) if v2.descriptionModule else ()
    if old := seen.ProtocolSection:
        parts += (old.IdentificationModule, old.ConditionsModule)
        parts += (old.DescriptionModule.BriefSummary,) if old.DescriptionModule else ()
    if (derived := seen.derivedSection) and derived.conditionBrowseModule:
        parts.append(derived.conditionBrowseModule.meshes)
    if seen.DerivedSection:
        parts.append(seen.DerivedSection.ConditionBrowseModule)
    text = b"\n".join(parts)
    if b"\\u" in text:
        # Letters may hide in escapes: each part is read as the value that it is.
        values = [msgspec.json.decode(whole_pairs(bytes(part))) for part in parts if part]
        return msgspec.json.encode(values).decode()
    return text.decode()


def whole_pairs(raw: bytes) -> bytes:
    r"""The JSON with U+FFFD for each half of a surrogate pair, which is legal JSON but no text.

    >>> whole_pairs(rb'"\ud83d\ude00 \ud83d"')
    b'"\\ud83d\\ude00 \\ufffd"'
    """
    if b"\\u" not in raw:
        return raw
    return _ESCAPES.sub(lambda found: rb"\ufffd" if found[1] else found[0], raw)


def _look(raw: bytes) -> _Glance | _Ids:
    try:
        return _look_at(raw)
    except RecordRefusedError:
        whole = whole_pairs(raw)
        if whole == raw:
            raise
        return _look_at(whole)


def _look_at(raw: bytes) -> _Glance | _Ids:
    try:
        raw.decode()
        return _glance.decode(raw)
    except UnicodeDecodeError as error:
        raise RecordRefusedError(f"not UTF-8 text (byte {error.start})") from None
    except msgspec.ValidationError:
        # A field of the wrong kind somewhere is no reason to lose the study; without an id it is none.
        try:
            return _ids.decode(raw)
        except msgspec.ValidationError as error:
            raise RecordRefusedError(f"not a ClinicalTrials.gov study: {error}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise RecordRefusedError(f"not valid JSON: {error}") from None


def _xml_id(raw: bytes) -> str:
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
    return found[1].decode()
