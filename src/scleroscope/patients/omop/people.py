"""The rows of an OMOP CDM into statements, person by person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from scleroscope.knowledge import drugs
from scleroscope.knowledge.codes import Code, answer, drug
from scleroscope.knowledge.units import dose as understood_dose
from scleroscope.patients.days import Day, day
from scleroscope.patients.diagnosed import finding_of, take_finding, take_named
from scleroscope.patients.measured import NO_CODE, Result, take_result
from scleroscope.patients.omop.concepts import UNKNOWN, Concept, concepts, named_drugs
from scleroscope.patients.omop.tables import EVENTS, Tables, readable
from scleroscope.patients.record import Aside, Fact, Person, Said, Since, Taken
from scleroscope.patients.taken import GAP

if TYPE_CHECKING:
    from polars import LazyFrame

Row = dict[str, Any]
_GENDER = Code("omop", "gender")
_EQUAL = ("", "0", "4172703")  # operators under which a number is the value: none, or "=" (SNOMED 276136004)
# A diagnosis counts as new when the person was observed for so long before it (our choice).
_OBSERVED_BEFORE = timedelta(days=365)
_COLUMNS = {
    "condition_occurrence": ("condition", "condition_start_date"),
    "measurement": ("measurement", "measurement_date"),
    "drug_exposure": ("drug", "drug_exposure_start_date"),
    "drug_era": ("drug", "drug_era_start_date"),
    "procedure_occurrence": ("procedure", "procedure_date"),
    "observation": ("observation", "observation_date"),
}  # table → what its columns begin with, and the day of the event


class Seen:
    """What was read of a CDM: the people by id, and the books of the rows that belong to nobody."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.until: dict[str, date] = {}
        self.since: dict[str, date] = {}
        self.loose: list[Aside] = []


def take_tables(tables: Tables) -> Seen:
    """All statements on all people of the CDM."""
    seen = Seen()
    _take_people(seen, tables)
    _take_periods(seen, tables)
    events = [name for name in EVENTS if name in tables]
    if "drug_exposure" in events and "drug_era" in events:
        events.remove("drug_era")  # made from the exposures
    known = concepts(tables, _ids(tables, events))
    for name in events:
        _take_events(seen, tables, name, known)
    return seen


def _ids(tables: Tables, events: list[str]) -> set[str]:
    """Every concept id that the rows hold."""
    found: set[str] = set()
    for name in events:
        with readable(f"table {name}"):
            found |= _ids_of(tables[name]())
    return found


def _ids_of(frame: LazyFrame) -> set[str]:
    import polars as pl

    columns = [one for one in frame.collect_schema().names() if one.endswith("concept_id")]
    columns = [one for one in columns if not one.endswith("_type_concept_id")]
    if not columns:
        return set()
    stacked = pl.concat([frame.select(pl.col(one).alias("id")).unique() for one in columns])
    return {one for one in stacked.collect()["id"].unique().to_list() if one}


def _take_people(seen: Seen, tables: Tables) -> None:
    for row in _rows(tables, "person"):
        identity = row.get("person_id") or ""
        person = seen.people[identity] = Person(id=identity, found=1)
        here = person.said = Said(f"person {identity}", "person")
        person.born = _born(row)
        if person.born is None and row.get("year_of_birth"):
            person.leave(here, "the birth date: no such day", part="age", breaks=True)
        told = answer(_GENDER, Code("omop", row.get("gender_concept_id") or ""))
        if told is None and row.get("gender_concept_id") not in (None, "0"):
            person.leave(here, "gender: neither female nor male", part="sex")
        for name, value in told or ():
            person.statements.append(Fact(said=here, field=name, value=value, on=None))
    for row in _rows(tables, "death"):
        if (dead := seen.people.get(row.get("person_id") or "")) is not None:
            dead.died = (row.get("death_date") or "")[:10] or True
            dead.leave(dead.said, "the person has died", part="deceased")


def _born(row: Row) -> Day | None:
    parts = [row.get(name) for name in ("year_of_birth", "month_of_birth", "day_of_birth")]
    written = [part for part in parts if part]
    if len(written) < len(parts) and row.get("birth_datetime"):
        return day(row["birth_datetime"][:10])
    return day("-".join(part.zfill(2) for part in written))


def _take_periods(seen: Seen, tables: Tables) -> None:
    """Until when, and since when, each person was observed."""
    for row in _rows(tables, "observation_period"):
        identity = row.get("person_id") or ""
        begun, ended = _day(row, "observation_period_start_date"), _day(row, "observation_period_end_date")
        if ended:
            seen.until[identity] = max(ended.last, seen.until.get(identity, ended.last))
        if begun:
            seen.since[identity] = min(begun.first, seen.since.get(identity, begun.first))


def _take_events(seen: Seen, tables: Tables, table: str, known: dict[str, Concept]) -> None:
    prefix, when = _COLUMNS[table]
    take = _TAKERS[prefix]
    identity = f"{table}_id"
    for row in _rows(tables, table):
        ids = [row.get(f"{prefix}_{which}concept_id") or "" for which in ("source_", "")]
        both = [known.get(one, UNKNOWN) for one in ids]
        concept = min(both, key=lambda one: (not one.means, not one.written))
        place = f"{table} {row.get(identity) or ''}"
        source = row.get(f"{prefix}_source_value") or ""
        said = Said(place, table, concept.written or f"concept {ids[1]}", concept.name or source)
        person = seen.people.get(row.get("person_id") or "")
        if person is None:
            seen.loose.append(
                Aside(kind=table, code="", words="", reason="about nobody who is there", place=place)
            )
            continue
        person.found += 1
        on = _day(row, when)
        if row.get(when) and on is None:
            person.leave(said, "no such day", breaks=True)
            continue
        means = tuple(dict.fromkeys(code for one in both for code in one.means))
        take(seen, person, said, row, on, means, known)


Taker = Callable[[Seen, Person, Said, Row, Day | None, tuple[Code, ...], dict[str, Concept]], None]


def _take_condition(
    seen: Seen,
    person: Person,
    said: Said,
    row: Row,
    on: Day | None,
    means: tuple[Code, ...],
    known: dict[str, Concept],
) -> None:
    status = known.get(row.get("condition_status_concept_id") or "", UNKNOWN).name.casefold()
    if "preliminary" in status or "rule" in status:
        person.leave(said, "not confirmed")
        return
    found = finding_of(means)
    if found is None:
        person.leave(said, NO_CODE)
        return
    ended = _day(row, "condition_end_date")
    until = seen.until.get(person.id)
    last = ended or on
    over = "resolved" in status or (until is not None and last is not None and last.last + GAP < until)
    begun = on if found.event else None
    # The end of a row is the end of a visit as often as that of an illness: what lasts, lasts.
    lasts = "resolved" not in status
    take_finding(
        person,
        said,
        found,
        begun=begun,
        written=on,
        over=over,
        ended=None if lasts else ended,
        lasts=lasts,
    )
    observed = seen.since.get(person.id)
    if found.diagnosed and on and observed and on.first - observed >= _OBSERVED_BEFORE:
        person.statements.append(Since(said=said, field=found.diagnosed, on=on, earliest=True))


def _take_procedure(
    seen: Seen,
    person: Person,
    said: Said,
    row: Row,
    on: Day | None,
    means: tuple[Code, ...],
    known: dict[str, Concept],
) -> None:
    found = finding_of(means)
    if found is not None:
        take_finding(person, said, found, begun=on, written=on, over=False, ended=on)
    elif not take_named(person, said, done=on):
        person.leave(said, NO_CODE)


def _take_measurement(
    seen: Seen,
    person: Person,
    said: Said,
    row: Row,
    on: Day | None,
    means: tuple[Code, ...],
    known: dict[str, Concept],
) -> None:
    unit = known.get(row.get("unit_concept_id") or "", UNKNOWN).code
    answered = known.get(row.get("value_as_concept_id") or "", UNKNOWN).code
    result = Result(
        value=_number(row, "value_as_number"),
        unit=unit.code if unit else row.get("unit_source_value") or "",
        bound=(row.get("operator_concept_id") or "") not in _EQUAL,
        upper=_number(row, "range_high"),
        coded=(answered,) if answered else (),
        spoken=row.get("value_as_string") or row.get("value_source_value") or "",
    )
    take_result(person, said, list(means), result, on)


def _take_observation(
    seen: Seen,
    person: Person,
    said: Said,
    row: Row,
    on: Day | None,
    means: tuple[Code, ...],
    known: dict[str, Concept],
) -> None:
    """An observation is a result, or a history that is said by its concept alone."""
    found = finding_of(means)
    if found is None:
        _take_measurement(seen, person, said, row, on, means, known)
    else:
        take_finding(person, said, found, begun=None, written=on, over=False, ended=None)


def _take_drug(
    seen: Seen,
    person: Person,
    said: Said,
    row: Row,
    on: Day | None,
    means: tuple[Code, ...],
    known: dict[str, Concept],
) -> None:
    ids = tuple(dict.fromkeys(one for code in means if (one := drug(code)) is not None))
    ids = ids or named_drugs(drugs.find(said.words))
    if not ids:
        person.leave(said, "no drug that is known here")
        return
    ended = _day(row, "drug_exposure_end_date") or _day(row, "drug_era_end_date")
    sig = row.get("sig") or ""
    dose = sig if len(ids) == 1 and understood_dose(sig) is not None else None
    for one in ids:
        person.statements.append(
            Taken(said=said, treatment=one, taking=None, began=on, ended=ended, given=on, dose=dose)
        )


_TAKERS: dict[str, Taker] = {
    "condition": _take_condition,
    "procedure": _take_procedure,
    "measurement": _take_measurement,
    "observation": _take_observation,
    "drug": _take_drug,
}


def _rows(tables: Tables, name: str) -> Iterator[Row]:
    if name in tables:
        with readable(f"table {name}"):
            frame = tables[name]().collect(engine="streaming")
        yield from frame.iter_rows(named=True)


def _day(row: Row, name: str) -> Day | None:
    written = row.get(name)
    return day(written) if written else None


def _number(row: Row, name: str) -> float | None:
    try:
        return float(row[name]) if row.get(name) else None
    except ValueError:
        return None
