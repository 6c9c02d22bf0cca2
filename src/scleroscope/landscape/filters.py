"""The filters of the landscape: one row each, alike in every command and in the Python API.

A filter asks one column of the trials frame. Its answer for a trial is yes, no or *not stated*,
and filters join by Kleene's *and*: a trial that some filter refuses is out; a trial that no filter
refuses but whose field is not stated is left out too, and counted. The value `not_stated` asks
for exactly those trials.

Several values of one filter mean any of them; several filters mean all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from scleroscope.landscape import vocabulary
from scleroscope.model.problem import BadRequest

if TYPE_CHECKING:
    from polars import DataFrame, Expr

NOT_STATED = "not_stated"

Wanted = Mapping[str, str | Sequence[str] | None]
"""Filter name → value or values; None is no filter."""


def any_of(column: str, values: Sequence[str]) -> Expr:
    """Some entry of the list is one of the values; an empty list is not stated."""
    import polars as pl

    stated = pl.col(column).list.drop_nulls().list.len() > 0
    hit = pl.col(column).list.eval(pl.element().is_in(list(values))).list.any()
    return pl.when(stated).then(hit)


def one_of(column: str, values: Sequence[str]) -> Expr:
    """The text is one of the values; null is not stated."""
    import polars as pl

    return pl.col(column).is_in(list(values))


def any_target_of(column: str, values: Sequence[str]) -> Expr:
    """As `any_of`, but a treatment that is known and has no molecular target answers no."""
    import polars as pl

    known = (pl.col("treatments").list.len() > 0) | (pl.col(column).list.len() > 0)
    hit = pl.col(column).list.eval(pl.element().is_in(list(values))).list.any()
    return pl.when(known).then(hit.fill_null(value=False))


def known_or_not(column: str, values: Sequence[str]) -> Expr:
    """The flag is set (`known`) or not set (`none_known`)."""
    import polars as pl

    return pl.when(pl.col(column)).then(pl.lit("known")).otherwise(pl.lit("none_known")).is_in(list(values))


def on_or_after(column: str, values: Sequence[str]) -> Expr:
    """The date is not before the earliest of the values."""
    import polars as pl

    return pl.col(column) >= pl.lit(min(values)).str.to_date()


class Filter(NamedTuple):
    """One filter: its name, the column that it asks, how typed text becomes a value, how it tests."""

    name: str
    column: str
    read: Callable[[str], str]
    test: Callable[[str, Sequence[str]], Expr]
    help: str
    known: Callable[[], Iterable[str]] | None = None  # the values that exist, whether or not a trial has them

    @property
    def flag(self) -> str:
        """The option of the command line."""
        return "--" + self.name.replace("_", "-")


FILTERS = (
    Filter(
        "family", "families", vocabulary.read_id, any_of,
        "Family of mechanism, as the overview names them.", vocabulary.families,
    ),
    Filter(
        "target", "targets", vocabulary.read_target, any_target_of,
        "Molecular target: IL6, PDE5A, MS4A1 (or CD20).", vocabulary.targets,
    ),
    Filter("phase", "phases", vocabulary.read_phase, any_of, "1, 2, 3, 4, early_1 or not_applicable.",
           vocabulary.phases),
    Filter("status", "status", vocabulary.read_id, one_of, "recruiting, completed, terminated, …",
           vocabulary.statuses),
    Filter("country", "countries", vocabulary.read_country, any_of, "A site there: FR, France.",
           vocabulary.countries),
    Filter("since", "start", vocabulary.read_day, on_or_after, "Started on or after: 2015, 2015-06."),
    Filter(
        "sponsor_class", "sponsor_class", vocabulary.read_id, one_of,
        "industry, academic, government, patient_organisation, network, other.", vocabulary.sponsor_classes,
    ),
    Filter(
        "endpoint", "endpoints", vocabulary.read_id, any_of,
        "Measured at any level: mrss, fvc_percent_predicted, …", vocabulary.instruments,
    ),
    Filter("subset", "subsets", vocabulary.read_id, any_of, "Takes this subset: diffuse, limited, sine.",
           vocabulary.subsets),
    Filter(
        "results", "has_published_results", vocabulary.read_id, known_or_not,
        "known: published or posted results are known here; none_known: not so.", vocabulary.results,
    ),
)  # fmt: skip

NAMES = tuple(each.name for each in FILTERS)


class LeftOut(NamedTuple):
    """Trials that no filter refuses, but whose field behind this filter is not stated."""

    filter: str
    trials: int


class Selection(NamedTuple):
    """The trials that were asked for, and those that might belong to them."""

    trials: DataFrame
    left_out: tuple[LeftOut, ...] = ()
    not_stated: int = 0  # how many trials `left_out` is about; one trial may lack several fields

    @property
    def notes(self) -> tuple[str, ...]:
        """One line per filter that could not be answered for some trials."""
        return tuple(
            f"{_trials(each.trials)} left out because {each.filter.replace('_', ' ')} is not stated "
            f"(--{each.filter.replace('_', '-')} {NOT_STATED} lists them)"
            for each in self.left_out
        )


def select(trials: DataFrame, wanted: Wanted) -> Selection:
    """The trials that pass every filter, with the number left out because a field is not stated.

    `wanted` names filters of `FILTERS`; BadRequest on an unknown filter or value, naming near ones.
    """
    import polars as pl

    asked = {each.name: values for each in FILTERS if (values := read(each, wanted.get(each.name), trials))}
    if unknown := [name for name in wanted if name not in NAMES]:
        raise BadRequest(f"unknown filter {unknown[0]!r}; there are {', '.join(NAMES)}")
    if not asked:
        return Selection(trials)
    answers = trials.select(
        _answer(each, asked[each.name]).alias(each.name) for each in FILTERS if each.name in asked
    )
    # all_horizontal is Kleene's and: false wins, then null.
    verdict = answers.select(pl.all_horizontal(pl.all()).alias("verdict"))["verdict"]
    unsettled = answers.filter(verdict.is_null())
    left_out = tuple(
        LeftOut(name, count) for name in answers.columns if (count := unsettled[name].null_count())
    )
    return Selection(trials.filter(verdict.fill_null(value=False)), left_out, unsettled.height)


def read(each: Filter, typed: str | Sequence[str] | None, trials: DataFrame | None = None) -> tuple[str, ...]:
    """Typed text (`2,3`, `France`) as the filter's values; BadRequest names near ones."""
    if typed is None:
        return ()
    parts = [typed] if isinstance(typed, str) else list(typed)
    texts = [text.strip() for part in parts for text in str(part).split(",") if text.strip()]
    values = tuple(
        NOT_STATED if text.lower().replace(" ", "_") == NOT_STATED else each.read(text) for text in texts
    )
    if each.known is None:
        return values
    known = {*each.known(), NOT_STATED, *(_present(trials, each.column) if trials is not None else ())}
    for text, value in zip(texts, values, strict=True):
        if value not in known:
            near = get_close_matches(value, sorted(known), n=4, cutoff=0.5) or sorted(known)[:12]
            raise BadRequest(f"{each.flag} {text}: no such value; perhaps {', '.join(near)}?")
    return values


def _answer(each: Filter, values: Sequence[str]) -> Expr:
    """The filter's test; with `not_stated` among the values, a missing answer counts as yes."""
    import polars as pl

    stated = [value for value in values if value != NOT_STATED]
    # Whatever is asked, a test is null exactly where the field is not stated.
    test = each.test(each.column, stated or ["9999-12-31"])
    if NOT_STATED not in values:
        return test
    return test.is_null() | (test.fill_null(value=False) if stated else pl.lit(value=False))


def _present(trials: DataFrame, column: str) -> list[str]:
    import polars as pl

    series = trials[column]
    if series.dtype == pl.Boolean:
        return []
    if series.dtype.is_nested():
        series = series.explode()
    return [str(value) for value in series.drop_nulls().unique().to_list()]


def _trials(count: int) -> str:
    return f"{count} trial is" if count == 1 else f"{count} trials are"
