"""OMOP CDM 5.4 in, a cohort out: tables of a DuckDB file, a folder of Parquet or of CSV files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scleroscope.patients.books import booked
from scleroscope.patients.frame import frame_of
from scleroscope.patients.omop.people import take_tables
from scleroscope.patients.omop.tables import is_omop, open_tables
from scleroscope.patients.record import Aside, Read
from scleroscope.patients.understood import understood

if TYPE_CHECKING:
    from polars import DataFrame

__all__ = ["Cohort", "is_omop", "people", "read"]


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort as read: `patients` has the columns of a cohort file, a row a person.

    Of the `found` rows, `mapped` are understood and the others are counted in `not_mapped`, of all people
    together: found = mapped + the counts there of whole rows.
    """

    patients: DataFrame
    not_mapped: tuple[Aside, ...]
    found: int
    mapped: int


def read(source: Path | str, *, as_of: date | None = None) -> Cohort:
    """The people of a CDM: a DuckDB file, or a folder of Parquet or CSV files named as the tables.

    `as_of` is the day to which ages and times run; without it, for each person, the end of observation.
    PatientError where there is no table `person`.
    """
    loose: list[Aside] = []
    reads = list(people(source, as_of=as_of, loose=loose))
    books = booked(reads, loose)
    return Cohort(
        patients=frame_of(each.patient for each in reads),
        not_mapped=books.not_mapped,
        found=books.found,
        mapped=books.mapped,
    )


def people(
    source: Path | str, *, as_of: date | None = None, loose: list[Aside] | None = None
) -> Iterator[Read]:
    """The same people one by one, each with what every fact rests on. `loose` takes rows about nobody."""
    seen = take_tables(open_tables(Path(source)))
    if loose is not None:
        loose.extend(seen.loose)
    for identity, person in seen.people.items():
        yield understood(person, as_of or seen.until.get(identity))
