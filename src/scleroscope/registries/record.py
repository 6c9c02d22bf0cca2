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
    about: str | None = None  # titles, conditions, keywords, summary, run together; None where not looked for


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


class _V2Description(msgspec.Struct):
    briefSummary: Any = None


class _V2Protocol(msgspec.Struct):
    identificationModule: Any = None
    conditionsModule: Any = None
    descriptionModule: _V2Description | None = None


class _LegacyDescription(msgspec.Struct):
    BriefSummary: Any = None


class _LegacyProtocol(msgspec.Struct):
    IdentificationModule: Any = None
    ConditionsModule: Any = None
    DescriptionModule: _LegacyDescription | None = None


class _V2Browse(msgspec.Struct):
    meshes: Any = None


class _V2Derived(msgspec.Struct):
    conditionBrowseModule: _V2Browse | None = None


class _LegacyDerived(msgspec.Struct):
    ConditionBrowseModule: Any = None


class _Glance(msgspec.Struct):
    """As much of a JSON record as tells its form, id and matter; the rest is checked but not built."""

    protocolSection: _V2Protocol | None = None
    ProtocolSection: _LegacyProtocol | None = None
    derivedSection: _V2Derived | None = None
    DerivedSection: _LegacyDerived | None = None


class _V2Ids(msgspec.Struct):
    identificationModule: Any = None


class _LegacyIds(msgspec.Struct):
    IdentificationModule: Any = None


class _Ids(msgspec.Struct):
    """As much as tells its form and its id alone."""

    protocolSection: _V2Ids | None = None
    ProtocolSection: _LegacyIds | None = None


_glance = msgspec.json.Decoder(_Glance)
_ids = msgspec.json.Decoder(_Ids)
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
    number = ids.get(name) if isinstance(ids, dict) else None
    if not isinstance(number, str) or not _NCT.fullmatch(number):
        raise RecordRefusedError(f"not a ClinicalTrials.gov study: id {number!r} is not NCT and eight digits")
    about = _about(seen) if isinstance(seen, _Glance) else None
    return RawRecord(source=source, form=form, id=number, raw=raw, about=about)


def _about(seen: _Glance) -> str:
    words: list[str] = []
    if v2 := seen.protocolSection:
        _gather([v2.identificationModule, v2.conditionsModule], words)
        _gather(v2.descriptionModule and v2.descriptionModule.briefSummary, words)
    if old := seen.ProtocolSection:
        _gather([old.IdentificationModule, old.ConditionsModule], words)
        _gather(old.DescriptionModule and old.DescriptionModule.BriefSummary, words)
    if (derived := seen.derivedSection) and derived.conditionBrowseModule:
        _gather(derived.conditionBrowseModule.meshes, words)
    if seen.DerivedSection:
        _gather(seen.DerivedSection.ConditionBrowseModule, words)
    return "\n".join(words)


def whole_pairs(raw: bytes) -> bytes:
    r"""The JSON with U+FFFD for each half of a surrogate pair, which is legal JSON but no text.

    >>> whole_pairs(rb'"\ud83d\ude00 \ud83d"')
    b'"\\ud83d\\ude00 \\ufffd"'
    """
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


def _gather(value: object, words: list[str]) -> None:
    """All texts in a value, however deep."""
    if isinstance(value, str):
        words.append(value)
    elif isinstance(value, dict):
        for part in value.values():
            _gather(part, words)
    elif isinstance(value, list):
        for part in value:
            _gather(part, words)


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
