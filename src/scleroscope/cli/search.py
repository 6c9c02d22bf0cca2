"""`scleroscope search`, `show` and `gaps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scleroscope.cli.options import CatalogueOption, Json, Wanted, scope, with_filters
from scleroscope.cli.output import note, print_json, screen

if TYPE_CHECKING:
    from scleroscope.api.search import Group

Sort = Literal["relevance", "start", "distance"]


@with_filters
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]...",
            help="Words, drugs, targets, measures; synonyms are added.",
            show_default=False,
        ),
    ] = None,
    *,
    near: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE", help="A town (Lyon, France) or LATITUDE,LONGITUDE.", show_default=False
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="At most so far from --near: 200km, 120mi.", show_default=False),
    ] = None,
    sort: Annotated[
        Sort | None,
        typer.Option(
            metavar="ORDER",
            help="relevance (default with words), distance (default with --near) or start.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many trials to list; 0 lists all.")] = 20,
    filters: Wanted | None = None,
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Find trials by words, filters and place, with counts by facet."""
    chosen: dict[str, Any] = dict(filters or {})
    with scope(catalogue) as opened:
        found = opened.search(
            " ".join(words or ()),near=near, within=within, sort=sort,
            limit=limit or None, **chosen,
        )  # fmt: skip
    note(*(_told(group) for group in found.expansion if group.meaning))
    note(*found.notes)
    if json:
        print_json(found.to_dict())
        return
    from scleroscope.cli.search_screen import show_found

    show_found(found, screen())


def _told(group: Group, most: int = 8) -> str:
    """What a word was taken for, on one line."""
    others = [each for each in group.phrases if each.casefold() != group.typed.casefold()]
    line = f"{group.typed}: {group.meaning}"
    if others:
        line += f"; also {', '.join(others[:most])}"
    return line + (f" and {len(others) - most} more" if len(others) > most else "")


def show(
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="A registry id or an acronym.")],
    json: Json = False,
    catalogue: CatalogueOption = None,
) -> None:
    """One trial in full."""
    with scope(catalogue) as opened:
        shown = opened.show(trial)
    if json:
        print_json(shown)
        return
    from scleroscope.cli.show_screen import show_trial

    show_trial(shown, screen())


@with_filters
def gaps(
    *,
    criteria: Annotated[
        bool, typer.Option("--criteria", help="The commonest wordings of criteria that are not understood.")
    ] = False,
    filters: Wanted | None = None,
    json: Json = False,
    limit: Annotated[int, typer.Option(min=0, help="How many rows a table shows; 0 shows all.")] = 25,
    catalogue: CatalogueOption = None,
) -> None:
    """What is not known yet: words that no knowledge row explains, fields that records leave open."""
    from scleroscope.cli.search_screen import show_criteria_gaps, show_gaps

    with scope(catalogue) as opened:
        note(*(opened.select(**filters).notes if filters else ()))
        if criteria:
            unread = opened.criteria_gaps(**(filters or {}))
        else:
            found = opened.gaps(**(filters or {}))
    if criteria and json:
        print_json(unread)
    elif criteria:
        show_criteria_gaps(unread, screen(), limit)
    elif json:
        print_json({name: table.to_dicts() for name, table in found.items()})
    else:
        show_gaps(found, screen(), limit)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(search)
    app.command()(show)
    app.command()(gaps)
