"""Options that commands share: the filters, the catalogue, JSON.

A command takes every filter with one line, and gets them together as one argument:

    @with_filters
    def overview(*, filters: Wanted, json: Json = False) -> None: ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from scleroscope.api.filters import FILTERS, Filter, Wanted

if TYPE_CHECKING:
    from scleroscope.api.scope import Scope

__all__ = ["CatalogueOption", "Json", "Wanted", "scope", "with_filters"]

CATALOGUE_HELP = "The catalogue file; without it SCLEROSCOPE_CATALOGUE, else your own, else the shipped one."

CatalogueOption = Annotated[
    Path | None, typer.Option("--catalogue", metavar="FILE", help=CATALOGUE_HELP, show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]


def scope(catalogue: Path | None = None) -> Scope:
    """The scope of this command line: its own --catalogue, else as `connect` says."""
    from scleroscope.api.scope import connect

    return connect(catalogue)


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every filter as an option; it gets them together as `filters`."""

    @functools.wraps(command)
    def filtered(*arguments: Any, **options: Any) -> None:
        filters: Wanted = {each.name: options.pop(each.name, None) for each in FILTERS}
        command(*arguments, filters={name: value for name, value in filters.items() if value}, **options)

    hints = get_type_hints(command, include_extras=True)
    own = [
        each.replace(annotation=hints[each.name])
        for each in inspect.signature(command).parameters.values()
        if each.name != "filters"
    ]
    shared = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[list[str] | None, _option(each)],
        )
        for each in FILTERS
    ]
    filtered.__doc__ = f"{inspect.getdoc(command)}\n\n{_FILTERS_HELP}"
    filtered.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    filtered.__annotations__ = {each.name: each.annotation for each in [*own, *shared]} | {"return": None}
    return filtered


_FILTERS_HELP = (
    f"Filters ({FILTERS[0].flag} to {FILTERS[-1].flag}): repeat one, or separate its values by commas, for "
    "any of them; several filters mean all of them."
)


def _option(each: Filter) -> Any:
    return typer.Option(
        each.flag,
        metavar=each.name.rsplit("_", 1)[-1].upper(),
        help=each.help,
        show_default=False,
        autocompletion=_completion(each),
    )


def _completion(each: Filter) -> Callable[[str], list[str]]:
    """What the shell offers for a filter's value."""

    def complete(incomplete: str) -> list[str]:
        return sorted(value for value in (each.known() if each.known else ()) if value.startswith(incomplete))

    return complete
