"""The few fields of a record that tell what it is about, read many times faster than the whole.

Of a registry's hundreds of thousands of studies nearly all concern other diseases. Their records are
checked to be whole JSON, but nothing is built of them beyond the id, titles, conditions and keywords.
"""

from __future__ import annotations

import re

import msgspec

from scleroscope.model.study import Study

_NCT = re.compile(r"NCT\d{8}")


class _Identification(msgspec.Struct, frozen=True, rename="camel"):
    nct_id: str
    brief_title: str | None = None
    official_title: str | None = None


class _Conditions(msgspec.Struct, frozen=True):
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class _Protocol(msgspec.Struct, frozen=True, rename="camel"):
    identification_module: _Identification
    conditions_module: _Conditions = _Conditions()


class _Mesh(msgspec.Struct, frozen=True):
    term: str | None = None


class _Browse(msgspec.Struct, frozen=True):
    meshes: tuple[_Mesh, ...] = ()


class _Derived(msgspec.Struct, frozen=True, rename="camel"):
    condition_browse_module: _Browse = _Browse()


class _Record(msgspec.Struct, frozen=True, rename="camel"):
    protocol_section: _Protocol
    derived_section: _Derived = _Derived()


_decode = msgspec.json.Decoder(_Record).decode


def glance_v2(raw: bytes) -> Study | None:
    """A study with id, titles, conditions, keywords and condition terms only, as `read_v2` gives them.

    None where a glance does not suffice: the bytes are not whole JSON, a field is not of its usual
    kind, the id is none. Such a record is for the whole reader to take or to refuse.
    """
    try:
        record = _decode(raw)
    except msgspec.MsgspecError:
        return None
    about = record.protocol_section.identification_module
    if not _NCT.fullmatch(about.nct_id):
        return None
    listed = record.protocol_section.conditions_module
    return Study(
        id=about.nct_id,
        registry="ctgov",
        title=about.brief_title,
        official_title=about.official_title,
        conditions=listed.conditions,
        keywords=listed.keywords,
        condition_mesh=tuple(
            mesh.term for mesh in record.derived_section.condition_browse_module.meshes if mesh.term
        ),
    )
