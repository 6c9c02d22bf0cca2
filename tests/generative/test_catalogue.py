"""Laws of the catalogue: for any inputs in any order the books balance and nothing is lost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.invented import trial, updated

from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.intake import import_files
from scleroscope.catalogue.search import match_expression
from scleroscope.catalogue.verify import verify

DAYS = ("2019-05-06", "2020-01-01", "2023-12-31")


@st.composite
def one_line(draw: st.DrawFn) -> str:
    """A record of one of a few trials, or something that is none."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(["{", "[]", '{"protocolSection": {}}', "\\", '"x"', "{}", "\x00"]))
    disease = draw(st.sampled_from(["Systemic Sclerosis", "Breast Cancer", "Multiple Sclerosis"]))
    return json.dumps(
        trial(
            f"NCT9000000{draw(st.integers(0, 3))}",
            conditionsModule__conditions=[disease],
            identificationModule__briefTitle=draw(st.sampled_from(["One", "Two", "\ud800 three", "4\x00"])),
            designModule__enrollmentInfo={
                "count": draw(st.integers(-1, 3)),
                "type": draw(st.sampled_from(["ACTUAL", "ESTIMATED"])),
            },
            **updated(draw(st.sampled_from(DAYS))),
        )
    )


inputs = st.lists(st.tuples(st.lists(one_line(), max_size=8), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@given(inputs)
def test_books_balance_versions_grow_and_repeats_are_unchanged(
    imports: list[tuple[list[str], bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with open_catalogue(place / "c.sqlite") as catalogue:
            versions = 0
            for number, (records, everything) in enumerate(imports):
                path = place / f"{number}.jsonl"
                path.write_text("".join(f"{each}\n" for each in records), encoding="utf-8")
                books = import_files(catalogue, [path], everything=everything)
                assert books.balanced
                assert books.complete
                grown = catalogue.connection.execute("SELECT count(*) FROM versions").fetchone()[0]
                assert grown == versions + books.stored
                versions = grown
                again = import_files(catalogue, [path], everything=everything)
                assert (again.read, again.refused) == (books.read, books.refused)
                # A record of another disease is followed once its trial is known. It may have come
                # before another record of its id made the trial known; then the next run takes it.
                assert again.stored <= books.out_of_scope
                versions += again.stored
                third = import_files(catalogue, [path], everything=everything)
                assert (third.stored, third.balanced) == (0, True)
            assert verify(catalogue).problems == ()
            assert catalogue.trials().height == len(catalogue)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(3)))
def test_the_order_of_downloads_does_not_change_what_is_current(first: list[int], second: list[int]) -> None:
    def outcome(order: list[int]) -> tuple[object, ...]:
        with tempfile.TemporaryDirectory() as folder, open_catalogue(Path(folder) / "c.sqlite") as catalogue:
            for at in order:
                path = Path(folder) / f"{at}.jsonl"
                kind = "ACTUAL" if at == 2 else "ESTIMATED"
                enrolment = {"count": 10 + at, "type": kind}
                record = trial(designModule__enrollmentInfo=enrolment, **updated(DAYS[at]))
                path.write_text(json.dumps(record))
                import_files(catalogue, [path])
            row = catalogue.trials().drop("first_seen", "last_changed").row(0)
            return (*map(str, row), *(each.digest for each in catalogue.versions("NCT90000001")))

    assert outcome(first) == outcome(second)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=3), max_size=3))
def test_any_typed_text_makes_a_query_that_sqlite_takes(groups: list[list[str]]) -> None:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (a)")
    wanted = match_expression(groups)
    if wanted is not None:
        connection.execute("SELECT * FROM texts WHERE texts MATCH ?", (wanted,)).fetchall()
    connection.close()
