"""The questions *which trials?* and *what about this one?*"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from scleroscope.catalogue.history import Version
from scleroscope.catalogue.published import published
from scleroscope.knowledge.synonyms import Group
from scleroscope.landscape.ask import Asked, ask
from scleroscope.landscape.filters import select
from scleroscope.landscape.near import Place, Placed, find_place, nearest, read_km
from scleroscope.landscape.vocabulary import name_of
from scleroscope.model.labels import Labels
from scleroscope.model.problem import BadRequest, NotFound
from scleroscope.model.result import Published
from scleroscope.model.study import Study

if TYPE_CHECKING:
    from polars import DataFrame, Series

    from scleroscope.catalogue import Catalogue
    from scleroscope.landscape.filters import Wanted

__all__ = ["FACETS", "Found", "Group", "Shown", "Sort", "Version", "find", "search", "show"]

Sort = Literal["relevance", "start", "distance"]

FACETS = {
    "status": "statuses", "phases": "phases", "families": "families", "targets": "targets",
    "countries": "countries", "sponsor_class": "sponsor_classes",
}  # fmt: skip
SHOWN = (
    "id", "title", "acronym", "status", "status_date", "phases", "start", "treatments", "targets",
    "countries", "enrolment", "sponsor",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Found:
    """The answer of a search. `trials` is one page of `total`; facets count all of them."""

    total: int
    trials: (
        DataFrame  # SHOWN, with score and snippet (with words), distance_km, site, site_status (with a place)
    )
    facets: Mapping[str, Sequence[tuple[str | None, str, int]]]  # column → (id, name, trials)
    expansion: tuple[Group, ...] = ()
    place: Place | None = None
    notes: tuple[str, ...] = field(default=())  # what could not be settled, in words

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "total": self.total,
            "expansion": [group._asdict() for group in self.expansion],
            "near": self.place._asdict() if self.place else None,
            "notes": self.notes,
            "facets": {
                column: [{"id": value, "name": name, "trials": count} for value, name, count in rows]
                for column, rows in self.facets.items()
            },
            "trials": self.trials.to_dicts(),
        }


def search(
    catalogue: Catalogue,
    query: str = "",
    *,
    near: str | None = None,
    within: str | None = None,
    sort: Sort | None = None,
    limit: int | None = 20,
    offset: int = 0,
    wanted: Wanted | None = None,
) -> Found:
    """Trials by words, filters and place.

    `query` is widened by knowledge's synonyms (`knowledge.synonyms`); a trial must fit every word. Words that
    are a status, a phase or a country filter (`landscape.ask`), and notes tell what was made of a word
    that no trial holds.
    `near` is a town or `latitude,longitude`, `within` a length (`200km`, `120mi`). Sorted by
    relevance where there are words, else by start (newest first); `sort` says otherwise. BadRequest
    on what cannot be meant, naming what could.
    """
    import polars as pl

    if within and not near:
        raise BadRequest("--within needs --near: within that distance of what?")
    if sort == "distance" and not near:
        raise BadRequest("sorting by distance needs --near")
    chosen = dict(wanted or {})
    asked = ask(query, catalogue.sites, partial(_holding, catalogue), given=chosen)
    groups = asked.groups
    filters = {**chosen, **asked.filters}
    scores = _scores(catalogue, groups) if groups else None
    # Only what the words leave is read and filtered; a broad catalogue is far larger than that.
    selection = select(catalogue.trials(None if scores is None else scores["id"].to_list()), filters)
    trials, notes = selection.trials, [*asked.notes, *selection.notes]
    if query.strip() and asked == Asked((), {}):
        raise BadRequest(f"nothing to search for in {query!r}: give a word, a drug, a target, a measure")
    if asked.cities:
        there = catalogue.sites().filter(pl.col("city").is_in(asked.cities))
        trials = trials.filter(pl.col("id").is_in(there["id"].unique().implode()))
    if asked.absent and not (groups or asked.filters or asked.cities):
        trials = trials.clear()
    if scores is not None:
        if not trials.height:
            notes += _apart(catalogue, groups, filters)
        trials = trials.join(scores, on="id")
    place = find_place(near) if near else None
    if place:
        trials, more = _by_distance(trials, catalogue.sites(), place, within)
        notes += more
    order = sort or ("relevance" if groups else "distance" if place else "start")
    page = _sorted(trials, order if groups or order != "relevance" else "start").slice(offset, limit)
    shown = [
        *SHOWN,
        *(name for name in ("score", "distance_km", "site", "site_status") if name in page.columns),
    ]
    page = page.select(shown)
    if groups and page.height:
        page = page.with_columns(_snippets(catalogue, groups, page["id"].to_list()))
    return Found(
        total=trials.height,
        trials=page,
        facets=facets(trials),
        expansion=groups,
        place=place,
        notes=tuple(notes),
    )


def facets(trials: DataFrame) -> dict[str, list[tuple[str | None, str, int]]]:
    """How many of the trials have each value of each facet, most first; what is not stated comes last."""
    return {column: _counted(trials[column], table) for column, table in FACETS.items()}


def _counted(values: Series, table: str) -> list[tuple[str | None, str, int]]:
    if values.dtype.is_nested():
        values = values.list.unique().explode()
    rows = [(value, name_of(table, value), count) for value, count in values.value_counts().iter_rows()]
    return sorted(rows, key=lambda row: (row[0] is None, -row[2], row[1]))


def _holding(catalogue: Catalogue, group: Group) -> int:
    return catalogue.search([group.phrases], limit=0).total


def _scores(catalogue: Catalogue, groups: Sequence[Group]) -> DataFrame:
    """Every trial that holds all words: id, score."""
    import polars as pl

    hits = catalogue.search([group.phrases for group in groups], limit=None).hits
    return pl.DataFrame(
        [(hit.id, hit.score) for hit in hits], schema={"id": pl.String, "score": pl.Float64}, orient="row"
    )


def _apart(catalogue: Catalogue, groups: Sequence[Group], filters: Wanted) -> list[str]:
    """Where no trial holds all words: how many hold each, of those that the filters leave."""
    if len(groups) < 2:
        return []
    ids = select(catalogue.trials(), filters).trials["id"].to_list()
    found = [f"{each.typed} {catalogue.search([each.phrases], within=ids, limit=0).total}" for each in groups]
    return [f"no trial holds all of these; alone they are in: {', '.join(found)}"]


def _by_distance(
    trials: DataFrame, sites: DataFrame, place: Place, within: str | None
) -> tuple[DataFrame, list[str]]:
    import polars as pl

    placed = nearest(trials, sites, place)
    notes = []
    if placed.without_sites:
        count = f"{placed.without_sites} of {trials.height}"
        notes.append(
            f"{count} trials have no sites in this catalogue, so no distance is known"
            f"{_there(trials, placed, place)}; `scleroscope update` fetches the sites"
        )
    if placed.not_placed:
        notes.append(f"{_are(placed.not_placed)} left out because no site could be placed on the map")
    joined = trials.join(placed.nearest, on="id")
    if within:
        joined = joined.filter(pl.col("distance_km") <= read_km(within))
    return joined, notes


def _there(trials: DataFrame, placed: Placed, place: Place) -> str:
    """How many of the trials without a placed site run in the country of the place."""
    import polars as pl

    if place.country is None:
        return ""
    left = trials.filter(~pl.col("id").is_in(placed.nearest["id"].to_list()))
    count = left.filter(pl.col("countries").list.contains(place.country)).height
    if not count:
        return ""
    where = name_of("countries", place.country)
    return f"; {count} of them run in {where} (--country {place.country} lists them)"


def _are(count: int) -> str:
    return "1 trial is" if count == 1 else f"{count} trials are"


def _sorted(trials: DataFrame, order: Sort) -> DataFrame:
    if order == "relevance":
        return trials.sort("score", "id", descending=[True, False])
    if order == "distance":
        return trials.sort("distance_km", "id")
    return trials.sort("start", "id", descending=[True, False], nulls_last=True)


def _snippets(catalogue: Catalogue, groups: Sequence[Group], ids: list[str]) -> Any:
    import polars as pl

    snippets = catalogue.snippets([group.phrases for group in groups], ids)
    return pl.Series("snippet", [snippets.get(each) for each in ids], dtype=pl.String)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One trial in full: what the registry says, what classification makes of it, how its record changed."""

    study: Study
    labels: Labels
    versions: tuple[Version, ...]
    names: dict[str, str]  # id → name, for every id in `labels`
    published: Published | None = None  # results and harms that the curated facts know, with their sources


def show(catalogue: Catalogue, text: str) -> Shown:
    """The trial with this id or acronym; NotFound names near ones."""
    trial = find(catalogue, text)
    labels = catalogue.labels(trial)
    tables = {
        "drugs": [each.id for each in labels.treatments],
        "targets": labels.targets,
        "families": labels.families,
        "instruments": [each.instrument for each in labels.endpoints],
        "conditions": [*labels.disease.manifestations, *labels.disease.subsets],
    }
    return Shown(
        study=catalogue.study(trial),
        labels=labels,
        versions=tuple(catalogue.versions(trial)),
        published=published().get(trial),
        names={each: name_of(table, each) for table, values in tables.items() for each in values},
    )


def find(catalogue: Catalogue, text: str) -> str:
    """The id of the trial that an id or an acronym means; NotFound names near ones."""
    ids = catalogue.ids()
    wanted = text.strip()
    by_fold = {each.casefold(): each for each in ids}
    if wanted.casefold() in by_fold:
        return by_fold[wanted.casefold()]
    acronyms: dict[str, list[str]] = {}
    for trial, acronym in catalogue.acronyms():
        acronyms.setdefault(acronym.casefold(), []).append(trial)
    same = acronyms.get(wanted.casefold(), [])
    if len(same) == 1:
        return same[0]
    if same:
        raise BadRequest(f"{text} is the acronym of {' and '.join(same)}: which one?")
    near = [by_fold[each] for each in get_close_matches(wanted.casefold(), by_fold, n=3, cutoff=0.75)]
    near += [
        each
        for key in get_close_matches(wanted.casefold(), acronyms, n=3, cutoff=0.7)
        for each in acronyms[key]
    ]
    hint = f"; near it: {', '.join(near)}" if near else "; `scleroscope search` finds trials by words"
    raise NotFound(f"no trial {text!r} in this catalogue{hint}")
