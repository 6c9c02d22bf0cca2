"""Which codes the concepts of a CDM stand for: by its vocabulary tables, or by the ids in `codes_*.csv`.

A concept that means nothing itself may be mapped to one that does (`Maps to`), or lie below one
(`concept_ancestor`): then it means what the nearest ones above it mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scleroscope.knowledge.codes import Code, drug, finding, known_concepts, measures, system_of
from scleroscope.knowledge.drugs import is_class
from scleroscope.knowledge.phrases import Found
from scleroscope.patients.omop.tables import Tables


class Concept(NamedTuple):
    """A concept: its code where that vocabulary is known here, its name, and the codes that it stands for."""

    code: Code | None
    written: str
    name: str
    means: tuple[Code, ...]


UNKNOWN = Concept(None, "", "", ())


def concepts(tables: Tables, wanted: Iterable[str]) -> dict[str, Concept]:
    """Concept id → concept, for the wanted ids; those of no use are left out."""
    ids = {one for one in wanted if one not in ("", "0")}
    own = _rows(tables, ids)
    if "concept" not in tables:
        return own
    return _upwards(tables, _mapped(tables, own))


def _rows(tables: Tables, ids: set[str]) -> dict[str, Concept]:
    known = known_concepts()
    if "concept" not in tables:
        return {one: Concept(known[one], f"{known[one]}", "", (known[one],)) for one in ids if one in known}
    import polars as pl

    columns = ("concept_id", "vocabulary_id", "concept_code", "concept_name")
    frame = tables["concept"]().filter(pl.col("concept_id").is_in(sorted(ids))).select(columns).collect()
    found = {}
    for one, vocabulary, code, name in frame.iter_rows():
        system = system_of(vocabulary or "")
        own = Code(system, code) if system and code else None
        written = f"{vocabulary} {code}"
        found[one] = Concept(own, written, name or "", (own,) if own and _means(own) else ())
    return found


def _means(code: Code) -> bool:
    return bool(measures(code) or finding(code) or drug(code))


def _mapped(tables: Tables, own: Mapping[str, Concept]) -> dict[str, Concept]:
    """Concepts without a meaning through what they are mapped to."""
    open_ids = [one for one, concept in own.items() if not concept.means]
    if "concept_relationship" not in tables or not open_ids:
        return dict(own)
    import polars as pl

    pairs = (
        tables["concept_relationship"]()
        .filter(pl.col("relationship_id").is_in(["Maps to"]) & pl.col("concept_id_1").is_in(open_ids))
        .filter(pl.col("concept_id_1") != pl.col("concept_id_2"))
        .select("concept_id_1", "concept_id_2")
        .collect()
        .rows()
    )
    targets = _rows(tables, {target for _, target in pairs})
    found = dict(own)
    for one, target in pairs:
        means = targets.get(target, UNKNOWN).means
        found[one] = found[one]._replace(means=tuple(dict.fromkeys((*found[one].means, *means))))
    return found


def _upwards(tables: Tables, own: Mapping[str, Concept]) -> dict[str, Concept]:
    """Concepts without a meaning through the nearest concepts above them that have one."""
    open_ids = [one for one, concept in own.items() if not concept.means and not _over(concept.name)]
    if "concept_ancestor" not in tables or not open_ids:
        return dict(own)
    import polars as pl

    rows = (
        tables["concept_ancestor"]()
        .filter(pl.col("descendant_concept_id").is_in(open_ids))
        .filter(pl.col("ancestor_concept_id") != pl.col("descendant_concept_id"))
        .select(
            "descendant_concept_id",
            "ancestor_concept_id",
            pl.col("min_levels_of_separation").cast(pl.Int64, strict=False).fill_null(1),
        )
        .collect()
        .rows()
    )
    above = _rows(tables, {ancestor for _, ancestor, _ in rows})
    nearest: dict[str, tuple[int, tuple[Code, ...]]] = {}
    for one, ancestor, steps in sorted(rows, key=lambda row: row[2]):
        means = above.get(ancestor, UNKNOWN).means
        if not means:
            continue
        least, so_far = nearest.get(one, (steps, ()))
        if steps == least:
            nearest[one] = (least, tuple(dict.fromkeys((*so_far, *means))))
    return {
        one: concept._replace(means=nearest[one][1]) if one in nearest else concept
        for one, concept in own.items()
    }


def _over(name: str) -> bool:
    """Whether a concept speaks of an illness that is not there now, though it lies below that illness."""
    return "remission" in name.casefold()


def named_drugs(found: Iterable[Found]) -> tuple[str, ...]:
    """The drugs, and no classes, among what a name holds."""
    return tuple(dict.fromkeys(one.id for one in found if not is_class(one.id)))
