"""What an address asks for: filters, words, place, order, page; and the address that asks otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, cast, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from scleroscope.api.filters import FILTERS, NAMES
from scleroscope.model.problem import BadRequest

Order = Literal["relevance", "start", "distance"]
WORDS = ("q", "near", "within", "sort", "page")
LONGEST = 400  # characters of one value
FURTHEST = 10_000  # pages


class Asked(NamedTuple):
    """One request for trials."""

    filters: Mapping[str, tuple[str, ...]]
    q: str = ""
    near: str = ""
    within: str = ""
    sort: Order | None = None
    page: int = 1

    def pairs(self, *, page: int | None = None) -> list[tuple[str, str]]:
        """The parts of the address; without a page the first."""
        found = [(name, value) for name, values in self.filters.items() for value in values]
        found += [
            (name, value)
            for name, value in (("q", self.q), ("near", self.near), ("within", self.within))
            if value
        ]
        found += [("sort", self.sort)] if self.sort else []
        return [*found, ("page", str(page))] if page and page > 1 else found

    def address(self, path: str, *, page: int | None = None) -> str:
        """The same request at another path or page."""
        query = urlencode(self.pairs(page=page))
        return f"{path}?{query}" if query else path

    def toggled(self, name: str, value: str) -> Asked:
        """The request with one value of a filter more, or less if it is there."""
        values = self.filters.get(name, ())
        changed = tuple(each for each in values if each != value) if value in values else (*values, value)
        rest = {key: each for key, each in self.filters.items() if key != name}
        return self._replace(filters={**rest, name: changed} if changed else rest, page=1)


def read(query: QueryParams, *, only_filters: bool = False) -> Asked:
    """The request of an address; BadRequest names what it cannot mean."""
    known = NAMES if only_filters else (*NAMES, *WORDS)
    for name, value in query.multi_items():
        if name not in known:
            raise BadRequest(f"the address asks for something unknown; there are {', '.join(known)}")
        if len(value) > LONGEST:
            raise BadRequest(f"{name}: longer than {LONGEST} characters")
    filters = {name: given for name in NAMES if (given := tuple(filter(None, query.getlist(name))))}
    if only_filters:
        return Asked(filters)
    sort = query.get("sort") or None
    if sort is not None and sort not in get_args(Order):
        raise BadRequest(f"sort: one of {', '.join(get_args(Order))}")
    return Asked(
        filters,
        q=query.get("q", "").strip(),
        near=query.get("near", "").strip(),
        within=query.get("within", "").strip(),
        sort=cast("Order | None", sort),
        page=_page(query.get("page", "1")),
    )


def _page(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= FURTHEST:
        raise BadRequest(f"page: a number from 1 to {FURTHEST}")
    return int(text)


def parameters(*, only_filters: bool = False) -> list[dict[str, Any]]:
    """The same, as OpenAPI describes it."""
    text = {"type": "string", "maxLength": LONGEST}
    described: list[dict[str, Any]] = [
        {
            "name": each.name,
            "in": "query",
            "description": each.help,
            "schema": {"type": "array", "items": text},
        }
        for each in FILTERS
    ]
    if only_filters:
        return described
    return [
        *described,
        {"name": "q", "in": "query", "description": "Words; synonyms are added.", "schema": text},
        {"name": "near", "in": "query", "description": "A town, or latitude,longitude.", "schema": text},
        {"name": "within", "in": "query", "description": "At most so far from near: 200km.", "schema": text},
        {"name": "sort", "in": "query", "schema": {"type": "string", "enum": list(get_args(Order))}},
        {
            "name": "page",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": FURTHEST, "default": 1},
        },
    ]


def in_page_words(lines: Iterable[str]) -> list[str]:
    """Notes of the api without the command line's dashes.

    >>> in_page_words(["left out (--sponsor-class not_stated lists them)"])
    ['left out (sponsor class “not stated” lists them)']
    """
    plain = (
        re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda flag: flag[1].replace("-", " "), line) for line in lines
    )
    return [line.replace("not_stated", "“not stated”") for line in plain]
